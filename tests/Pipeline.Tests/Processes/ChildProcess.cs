using System.Diagnostics;
using System.Threading.Channels;

namespace Caudal.Tests;

/// <summary>
/// A real process that a test started: its lines are read as they come, it is killed by its id (SIGKILL, no farewell), and it does not
/// outlive the test.
/// </summary>
sealed class ChildProcess : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly Process _process;
    readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    readonly List<string> _errors = [];

    ChildProcess(ProcessStartInfo start)
    {
        // What the clock shows is no matter of a test.
        start.Environment["CAUDAL_Schedule__Cron"] = "off";
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                _lines.Writer.TryComplete();
            else
                _lines.Writer.TryWrite(line.Data);
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
                return;
            lock (_errors)
                _errors.Add(line.Data);
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>This test executable, which runs a <see cref="ChildProgram"/> instead of tests where its arguments say so.</summary>
    public static string Self { get; } = Path.Combine(AppContext.BaseDirectory, typeof(ChildProcess).Assembly.GetName().Name!);

    public int Id => _process.Id;

    public StreamWriter Input => _process.StandardInput;

    /// <summary>What it has written to standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join('\n', _errors);
        }
    }

    /// <summary>Starts any program.</summary>
    public static ChildProcess Start(string file, params IEnumerable<string> arguments) => new(new ProcessStartInfo(file, arguments));

    /// <summary>Starts one of this executable's own child programs.</summary>
    public static ChildProcess StartChild(string program, params IEnumerable<string> arguments) =>
        Start(Self, [ChildProgram.Verb, program, .. arguments]);

    /// <summary>Starts a child program under another: strace, unshare.</summary>
    public static ChildProcess StartChildUnder(
        string file, IEnumerable<string> itsArguments, string program, params IEnumerable<string> arguments) =>
        Start(file, [.. itsArguments, Self, ChildProgram.Verb, program, .. arguments]);

    /// <summary>The next line of its standard output, or null once that has ended.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellation)
    {
        try
        {
            return await _lines.Reader.WaitToReadAsync(cancellation).AsTask().WaitAsync(Patience, cancellation)
                && _lines.Reader.TryRead(out var line) ? line : null;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"The child process {Id} said nothing for {Patience.TotalSeconds} s. Its standard error: {Errors}");
        }
    }

    /// <summary>Reads on until a line that begins so, and returns it.</summary>
    public async Task<string> ReadUntilAsync(string beginning, CancellationToken cancellation)
    {
        while (await ReadLineAsync(cancellation) is { } line)
            if (line.StartsWith(beginning, StringComparison.Ordinal))
                return line;
        throw new InvalidOperationException($"The child process {Id} ended without a line '{beginning}…'. Its standard error: {Errors}");
    }

    /// <summary>All lines that are left, once its standard output has ended.</summary>
    public async Task<IReadOnlyList<string>> ReadToEndAsync(CancellationToken cancellation)
    {
        var lines = new List<string>();
        while (await ReadLineAsync(cancellation) is { } line)
            lines.Add(line);
        return lines;
    }

    /// <summary>SIGKILL, for it and what it started itself; returns when it is gone.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation).WaitAsync(Patience, cancellation);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }
}
