using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace Caudal.Tests;

/// <summary>
/// A real server, for a whole test run: the one that an environment variable names, else one that is started when the first test asks for
/// it and ended with the run. Where there is neither, tests that ask are skipped; on CI, where it could have been started, they fail.
/// </summary>
public abstract class RealEngine : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Where published servers lie beside the repository, if they do.</summary>
    internal static readonly string Servers = Path.Combine(TidyTests.Root, "..", "shared", "engines");

    static readonly HashSet<int> Given = [];

    readonly Lock _turn = new();
    Task<string>? _address;
    string? _home;

    /// <summary>The environment variable that names a server that runs already.</summary>
    protected abstract string Variable { get; }

    /// <summary>Why none can be started here, with what to do; null where one can.</summary>
    protected abstract string? Missing { get; }

    /// <summary>Starts it with all that it keeps in this folder, and returns its address once it is ready.</summary>
    protected abstract Task<string> StartAsync(string home);

    protected abstract Task StopAsync(string home);

    /// <summary>Where it answers. Starts it where nobody has asked before; skips the test where there is none.</summary>
    public Task<string> AddressAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return Task.FromResult(given);
        if (Missing is { } why)
            GoWithout($"{why} Or name a running server in {Variable}.");
        lock (_turn)
            return _address ??= StartAsync(_home = Directory.CreateTempSubdirectory("engine").FullName);
    }

    /// <summary>Skips a test for want of a server; on CI, where it could have been started, fails it.</summary>
    public static void GoWithout(string why)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true" && Directory.Exists(Servers))
            Assert.Fail(why);
        Assert.Skip(why);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_address is null)
            return;
        await ((Task)_address).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await StopAsync(_home!);
        Directory.Delete(_home!, recursive: true);
    }

    /// <summary>
    /// Ends a server and removes its folder where this process dies before it could: a run that is killed leaves nothing running.
    /// </summary>
    internal static void EndWithThisProcess(string home, params IEnumerable<string> stop) => Process.Start(new ProcessStartInfo("setsid", [
        "bash", "-c", "tail --pid=\"$1\" -f /dev/null; if [ -d \"$2\" ]; then \"${@:3}\"; rm -rf \"$2\"; fi", "watch",
        Environment.ProcessId.ToString(CultureInfo.InvariantCulture), home, .. stop]))!.Dispose();

    /// <summary>The first of some ports in a row, each so far from the one before, that nobody listens on or was given here.</summary>
    internal static int FreePorts(int count, int apart)
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(each => each.Port).ToHashSet();
        lock (Given)
            // Begun at a place of this process's own, so that two runs at once do not take the same.
            for (var port = 20_000 + Environment.ProcessId % 100 * 100; ; port = 20_000 + (port + 7) % 12_000)
            {
                var ports = Enumerable.Range(0, count).Select(index => port + index * apart).ToList();
                if (ports.Exists(each => taken.Contains(each) || Given.Contains(each)))
                    continue;
                Given.UnionWith(ports);
                return port;
            }
    }

    /// <summary>Runs a program to its end, and shows what it said where that is a bad one.</summary>
    internal static async Task RunAsync(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience);
        process.ExitCode.ShouldBe(0, $"{program}: {string.Join('\n', await said.WaitAsync(TimeSpan.FromSeconds(5)))}");
    }
}
