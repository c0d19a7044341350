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

    public static async Task<KafkaLog> OpenAsync(KafkaLogOptions options, params IEnumerable<string> topics) =>
        await KafkaLog.OpenAsync(options, topics, NullLogger<KafkaLog>.Instance, Cancellation);

    protected override async Task<string> StartAsync(string home)
    {
        _port = FreePorts(3, apart: 100);
        _authority = Path.Combine(home, "ca.pem");
        await StartAsync(home, _port, "--secure", "yes");
        return $"127.0.0.1:{_port}";
    }

    protected override Task StopAsync(string home) => StopServerAsync(home);

    /// <summary>Starts a server over a folder, or what of it was killed; returns once it is ready.</summary>
    internal static Task StartAsync(string home, int port, params IEnumerable<string> more) => RunAsync(
        Path.Combine(Folder, "start"),
        ["--home", home, "--port", port.ToString(CultureInfo.InvariantCulture), "--heap", "384m", .. more]);

    internal static Task StopServerAsync(string home) => RunAsync(Path.Combine(Folder, "stop"), "--home", home);
}
