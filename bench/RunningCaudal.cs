using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;

namespace Caudal.Bench;

/// <summary>The real executable over a data folder of its own; every measure is taken from outside.</summary>
sealed class RunningCaudal : IAsyncDisposable
{
    readonly Process _process;

    RunningCaudal(Process process, int port) =>
        (_process, Client) = (process, new() { BaseAddress = new($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(5) });

    public HttpClient Client { get; }

    /// <summary>From the start of the process to its first "ready".</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <summary>The most memory that it has had resident, in MiB.</summary>
    public long PeakMebibytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64 >> 20;
        }
    }

    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<RunningCaudal> UpAsync(BenchOptions options, string data, params string[] arguments)
    {
        var (port, begun) = (FreePort(), Stopwatch.GetTimestamp());
        var caudal = new RunningCaudal(
            Start(options, data, ["up", "--port", port.ToString(CultureInfo.InvariantCulture), .. arguments]), port);
        caudal._process.BeginOutputReadLine();
        while (!await caudal.IsReadyAsync())
        {
            if (caudal._process.HasExited)
                throw new InvalidOperationException($"caudal up ended with {caudal._process.ExitCode} before it was ready.");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
        caudal.ReadyAfter = Stopwatch.GetElapsedTime(begun);
        return caudal;
    }

    /// <summary>Runs a verb to its end; its wall time includes the start of a process.</summary>
    public static async Task<(TimeSpan Wall, long PeakMebibytes)> RunAsync(BenchOptions options, string data, params string[] arguments)
    {
        var begun = Stopwatch.GetTimestamp();
        using var process = Start(options, data, arguments);
        process.BeginOutputReadLine();
        var peak = 0L;
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(20)))
        {
            process.Refresh();
            peak = Math.Max(peak, process.HasExited ? 0 : process.PeakWorkingSet64 >> 20);
        }
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? (Stopwatch.GetElapsedTime(begun), peak)
            : throw new InvalidOperationException($"caudal {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    /// <summary>A key of the role, made by the verb that makes keys: it is its only line on standard output.</summary>
    public async Task AuthorizeAsync(BenchOptions options, string data, string role)
    {
        using var process = Start(options, data, "token", "create", "--role", role, "--json");
        var token = System.Text.Json.JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync()).RootElement
            .GetProperty("token").GetString();
        Client.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    public async Task<System.Text.Json.JsonElement> GetAsync(string path) =>
        await Client.GetFromJsonAsync<System.Text.Json.JsonElement>(path);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
            using (Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]))
                await _process.WaitForExitAsync();
        _process.Dispose();
    }

    async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Client.GetAsync("/health/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    static Process Start(BenchOptions options, string data, params string[] arguments)
    {
        var start = new ProcessStartInfo(options.Caudal, [.. arguments, "--data", data])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        // What it says is read, or it would wait for a reader; its standard output by who started it.
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
