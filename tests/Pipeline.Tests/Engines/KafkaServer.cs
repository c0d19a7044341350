using System.Globalization;
using Caudal.Engines.Kafka;
using Caudal.Log;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(Caudal.Tests.KafkaServer))]

namespace Caudal.Tests;

/// <summary>One broker. Tests share it, each with topics and groups of its own.</summary>
public sealed class KafkaServer : RealEngine
{
    static readonly string Folder = Path.Combine(Servers, "kafka");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override string Variable => "CAUDAL_TEST_KAFKA";

    protected override string? Missing => Directory.Exists(Folder) ? null : "There is no Kafka here to start.";

    /// <summary>What one broker can give.</summary>
    public async Task<KafkaLogOptions> OptionsAsync(int partitions) => new()
    {
        Servers = await AddressAsync(), Partitions = partitions, ReplicationFactor = 1, InSyncReplicasMin = 1,
    };

    public static async Task<KafkaLog> OpenAsync(KafkaLogOptions options) =>
        await KafkaLog.OpenAsync(options, [], NullLogger<KafkaLog>.Instance, Cancellation);

    protected override async Task<string> StartAsync(string home)
    {
        var port = FreePorts(3, apart: 100);
        await StartAsync(home, port);
        return $"127.0.0.1:{port}";
    }

    protected override Task StopAsync(string home) => StopServerAsync(home);

    /// <summary>Starts a server over a folder, or what of it was killed; returns once it is ready.</summary>
    internal static Task StartAsync(string home, int port, params IEnumerable<string> more) => RunAsync(
        Path.Combine(Folder, "start"),
        ["--home", home, "--port", port.ToString(CultureInfo.InvariantCulture), "--heap", "384m", .. more]);

    internal static Task StopServerAsync(string home) => RunAsync(Path.Combine(Folder, "stop"), "--home", home);
}
