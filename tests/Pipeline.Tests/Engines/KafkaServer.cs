using System.Diagnostics;
using System.Globalization;
using Caudal.Engines.Kafka;
using Caudal.Log;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(Caudal.Tests.KafkaServer))]

namespace Caudal.Tests;

/// <summary>One broker, with and without TLS and passwords. Tests share it, each with topics and groups of its own.</summary>
public sealed class KafkaServer : RealEngine
{
    static readonly string Folder = Path.Combine(Servers, "kafka");

    int _port;
    string _authority = "";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override string Variable => "CAUDAL_TEST_KAFKA";

    protected override string? Missing => Directory.Exists(Folder) ? null : "There is no Kafka here to start.";

    /// <summary>What one broker can give.</summary>
    public async Task<KafkaLogOptions> OptionsAsync(int partitions) => new()
    {
        Servers = await AddressAsync(), Partitions = partitions, ReplicationFactor = 1, InSyncReplicasMin = 1,
    };

    /// <summary>The same broker, where it asks for TLS and a password.</summary>
    public async Task<KafkaLogOptions> SecureOptionsAsync()
    {
        var options = await OptionsAsync(partitions: 1);
        Assert.SkipWhen(_port == 0, $"What {Variable} names is not known to ask for a password.");
        return options with
        {
            Servers = $"localhost:{_port + 100}", Tls = true, AuthorityFile = _authority,
            User = "caudal", Password = "caudal-secret", Mechanism = KafkaMechanism.Plain,
        };
    }

    public static async Task<KafkaLog> OpenAsync(
        KafkaLogOptions options, IEnumerable<string>? topics = null, IEnumerable<string>? groups = null) =>
        await KafkaLog.OpenAsync(options, topics ?? [], groups ?? [], NullLogger<KafkaLog>.Instance, Cancellation);

    /// <summary>A settings file with this log, in a folder.</summary>
    internal static string WriteSettings(TemporaryFolder folder, string servers, string topic)
    {
        var file = folder.File("caudal.json");
        File.WriteAllText(file, $$"""
            {
              "Log": { "Engine": "kafka" },
              "Kafka": {
                "Servers": "{{servers}}", "Partitions": 3, "ReplicationFactor": 1, "InSyncReplicasMin": 1, "AppendTimeMax": "00:00:05"
              },
              "Ingest": { "Topic": "{{topic}}", "Group": "{{topic}}" }
            }
            """);
        return file;
    }

    protected override async Task<string> StartAsync(string home)
    {
        _port = FreePorts(3, apart: 100);
        _authority = Path.Combine(home, "ca.pem");
        EndWithThisProcess(home, Path.Combine(Folder, "stop"), "--home", home);
        await StartAsync(home, _port, "--secure", "yes");
        return $"127.0.0.1:{_port}";
    }

    protected override Task StopAsync(string home) => StopServerAsync(home);

    /// <summary>A broker of a test's own, to be killed. Skips the test where none can be started.</summary>
    internal async Task<OwnBroker> StartOneMoreAsync()
    {
        await AddressAsync();
        Assert.SkipWhen(Missing is not null, $"What {Variable} names is not to be killed.");
        var broker = new OwnBroker(Directory.CreateTempSubdirectory("broker").FullName, FreePorts(3, apart: 100));
        EndWithThisProcess(broker.Home, Path.Combine(Folder, "stop"), "--home", broker.Home);
        await broker.ReviveAsync();
        return broker;
    }

    /// <summary>Starts a server over a folder, or what of it was killed; returns once it is ready.</summary>
    static Task StartAsync(string home, int port, params IEnumerable<string> more) => RunAsync(
        Path.Combine(Folder, "start"),
        ["--home", home, "--port", port.ToString(CultureInfo.InvariantCulture), "--heap", "384m", .. more]);

    static Task StopServerAsync(string home) => RunAsync(Path.Combine(Folder, "stop"), "--home", home);

    internal sealed class OwnBroker(string home, int port) : IAsyncDisposable
    {
        public string Home => home;

        public string Address => $"127.0.0.1:{port}";

        /// <summary>SIGKILL, by its process id.</summary>
        public void Kill()
        {
            foreach (var line in File.ReadAllLines(Path.Combine(home, "pids")))
                using (var broker = Process.GetProcessById(int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture)))
                    broker.Kill();
        }

        /// <summary>Starts it over what it has, and returns once it is ready.</summary>
        public Task ReviveAsync() => StartAsync(home, port);

        public async ValueTask DisposeAsync()
        {
            await StopServerAsync(home);
            Directory.Delete(home, recursive: true);
        }
    }
}
