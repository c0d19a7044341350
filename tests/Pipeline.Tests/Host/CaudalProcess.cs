using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Caudal.Tests;

/// <summary>What a <c>caudal</c> process that ended has said.</summary>
sealed record Said(int ExitCode, string Out, string Error)
{
    /// <summary>Its one JSON object on standard output.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    public IReadOnlyList<JsonElement> JsonLines =>
        [.. Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
}

/// <summary>The real executable as a real process, in a folder of the test's own.</summary>
sealed partial class CaudalProcess : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>What the clock shows is no matter of a role's test that does not say so.</summary>
    static readonly Dictionary<string, string> NoSchedule = new() { ["CAUDAL_Schedule__Cron"] = "off" };

    readonly Process _process;
    readonly Task<string> _out;
    readonly List<string> _errors = [];
    readonly TaskCompletionSource _errorsEnded = new();
    TaskCompletionSource _spoke = new(TaskCreationOptions.RunContinuationsAsynchronously);

    CaudalProcess(string folder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? variables, string? input)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "caudal"), arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder,
        };
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Heard(line.Data);
        _process.BeginErrorReadLine();
        _out = _process.StandardOutput.ReadToEndAsync();
        _process.StandardInput.Write(input);
        _process.StandardInput.Close();
    }

    public int Id => _process.Id;

    public static CaudalProcess Start(TemporaryFolder folder, params IEnumerable<string> arguments) =>
        new(folder.Path, arguments, NoSchedule, null);

    /// <summary>The same with environment variables, which may bring a schedule too.</summary>
    public static CaudalProcess StartWith(
        TemporaryFolder folder, IEnumerable<KeyValuePair<string, string>> variables, params IEnumerable<string> arguments) =>
        new(folder.Path, arguments, NoSchedule.Concat(variables).ToLookup(each => each.Key, each => each.Value)
            .ToDictionary(each => each.Key, each => each.Last()), null);

    /// <summary>Runs a verb to its end.</summary>
    public static Task<Said> RunAsync(TemporaryFolder folder, params IEnumerable<string> arguments) =>
        RunWithAsync(folder, null, null, arguments);

    /// <summary>The same with environment variables, and with something on standard input.</summary>
    public static async Task<Said> RunWithAsync(
        TemporaryFolder folder, IReadOnlyDictionary<string, string>? variables, string? input, params IEnumerable<string> arguments)
    {
        await using var process = new CaudalProcess(folder.Path, arguments, variables, input);
        return await process.EndAsync();
    }

    /// <summary>Runs <c>up</c> on a free port and returns once it serves.</summary>
    public static async Task<CaudalProcess> UpAsync(TemporaryFolder folder, params IEnumerable<string> more)
    {
        var up = Start(folder, ["up", "--port", "0", .. more]);
        await up.WaitForAsync("Ready: up");
        return up;
    }

    /// <summary>A new token of a role.</summary>
    public static async Task<string> TokenAsync(TemporaryFolder folder, string role)
    {
        var said = await RunAsync(folder, "token", "create", "--role", role);
        said.ExitCode.ShouldBe(0, said.Error);
        return said.Out.Trim();
    }

    /// <summary>Where <c>up</c> serves the API.</summary>
    public Uri Address()
    {
        lock (_errors)
        {
            var line = _errors.Single(line => line.Contains("The API is served at ", StringComparison.Ordinal));
            return new(line[line.IndexOf("http", StringComparison.Ordinal)..line.IndexOf(';', StringComparison.Ordinal)]);
        }
    }

    /// <summary>An application with a token of its own, once <see cref="UpAsync"/> has returned.</summary>
    public HttpClient Client(string token) =>
        new() { BaseAddress = Address(), DefaultRequestHeaders = { Authorization = new("Bearer", token) } };

    /// <summary>The line of standard error that holds the words, once it is there.</summary>
    public async Task<string> WaitForAsync(string words)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Task spoke;
            lock (_errors)
            {
                if (_errors.Find(line => line.Contains(words, StringComparison.Ordinal)) is { } found)
                    return found;
                spoke = _spoke.Task;
            }
            if (_errorsEnded.Task.IsCompleted)
                throw new InvalidOperationException($"The process ended without saying '{words}': {string.Join('\n', _errors)}");
            await Task.WhenAny(spoke, _errorsEnded.Task).WaitAsync(patience.Token);
        }
    }

    /// <summary>Ctrl-C, or another signal.</summary>
    public void Signal(PosixSignal signal) => Kill(_process.Id, signal == PosixSignal.SIGINT ? 2 : 15).ShouldBe(0);

    public void Kill() => _process.Kill();

    /// <summary>What it said, once it has ended by itself.</summary>
    public async Task<Said> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        await _errorsEnded.Task.WaitAsync(patience.Token);
        lock (_errors)
            return new(_process.ExitCode, _out.Result, string.Join('\n', _errors));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    void Heard(string? line)
    {
        if (line is null)
        {
            _errorsEnded.TrySetResult();
            return;
        }
        lock (_errors)
        {
            _errors.Add(line);
            var spoke = _spoke;
            _spoke = new(TaskCreationOptions.RunContinuationsAsynchronously);
            spoke.SetResult();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
