using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caudal.Engines.Kafka;
using Caudal.Log;

namespace Caudal.Tests;

/// <summary>What is wrong is told at start, in one sentence that names the setting to look at.</summary>
public sealed class KafkaStartTests(KafkaServer server) : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly string _topic = $"start.{Guid.NewGuid():N}";

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Over_TLS_with_a_password_the_log_works()
    {
        var options = await server.SecureOptionsAsync();
        await using var log = await KafkaServer.OpenAsync(options);

        await log.AppendAsync(_topic, [Some.LogMessage(1)], Cancellation);

        (await log.ReadAsync(_topic, Watermark.Zero, follow: false, Cancellation).ToListAsync(Cancellation)).Single().Records.Count
            .ShouldBe(1);
    }

    [Fact]
    public async Task A_wrong_password_is_named() =>
        (await RefusedAsync(await server.SecureOptionsAsync() with { Password = "guess" })).ShouldContain("Kafka:Password");

    [Fact]
    public async Task An_authority_that_did_not_sign_the_brokers_is_named() =>
        (await RefusedAsync(await server.SecureOptionsAsync() with { AuthorityFile = OtherAuthority() }))
            .ShouldContain("Kafka:AuthorityFile");

    [Fact]
    public async Task An_authority_that_is_not_there_is_named() =>
        (await RefusedAsync(await server.SecureOptionsAsync() with { AuthorityFile = _folder.File("none.pem") }))
            .ShouldContain("Kafka:AuthorityFile");

    [Fact]
    public async Task Speaking_TLS_where_the_brokers_do_not_is_named() =>
        (await RefusedAsync(await server.OptionsAsync(1) with { Tls = true, ConnectTimeMax = TimeSpan.FromSeconds(2) }))
            .ShouldContain("Kafka:Tls");

    [Theory]
    [InlineData("127.0.0.1:1")]
    [InlineData("nowhere.invalid:9092")]
    public async Task A_wrong_address_is_named(string address)
    {
        var refusal = await RefusedAsync(new() { Servers = address, ConnectTimeMax = TimeSpan.FromSeconds(2) });

        refusal.ShouldContain("Kafka:Servers");
        refusal.ShouldContain(address);
    }

    [Fact]
    public async Task A_topic_with_too_few_partitions_is_refused() =>
        (await RefusedForAsync(asked => asked with { Partitions = 2 })).ShouldContain("Kafka:Partitions = 2");

    [Fact]
    public async Task A_topic_with_too_few_replicas_is_refused() =>
        (await RefusedForAsync(asked => asked with { ReplicationFactor = 3 })).ShouldContain("Kafka:ReplicationFactor = 3");

    [Fact]
    public async Task A_topic_that_acknowledges_too_early_is_refused() =>
        (await RefusedForAsync(asked => asked with { InSyncReplicasMin = 2 })).ShouldContain("Kafka:InSyncReplicasMin = 2");

    [Fact]
    public async Task A_topic_that_needs_more_brokers_than_there_are_is_not_made()
    {
        await using var log = await KafkaServer.OpenAsync(await server.OptionsAsync(1) with { ReplicationFactor = 3 });

        var refusal = await Should.ThrowAsync<LogUnavailableException>(
            async () => await log.AppendAsync(_topic, [Some.LogMessage(1)], Cancellation));

        refusal.OutcomeUnknown.ShouldBeFalse();
        refusal.Message.ShouldContain("Kafka:ReplicationFactor = 3");
    }

    [Fact]
    public async Task A_retention_that_may_outrun_the_batch_is_a_caution()
    {
        await using var log = await KafkaServer.OpenAsync(await server.OptionsAsync(1) with { Retention = TimeSpan.FromDays(7) });
        await log.AppendAsync(_topic, [], Cancellation);

        (await log.DescribeAsync(_topic, Cancellation)).Caution.ShouldNotBeNull().ShouldContain("retention.ms");
    }

    async Task<string> RefusedForAsync(Func<KafkaLogOptions, KafkaLogOptions> asked)
    {
        var options = await server.OptionsAsync(partitions: 1);
        await using (var log = await KafkaServer.OpenAsync(options))
            await log.AppendAsync(_topic, [], Cancellation);
        return await RefusedAsync(asked(options), _topic);
    }

    static async Task<string> RefusedAsync(KafkaLogOptions options, params string[] topics)
    {
        var refusal = await Should.ThrowAsync<LogUnavailableException>(async () => await KafkaServer.OpenAsync(options, topics));
        refusal.OutcomeUnknown.ShouldBeFalse();
        refusal.Message.ShouldNotContain('\n');
        return refusal.Message;
    }

    string OtherAuthority()
    {
        using var key = RSA.Create(2048);
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        using var certificate = new CertificateRequest("CN=other", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(now, now.AddYears(50));
        File.WriteAllText(_folder.File("other.pem"), certificate.ExportCertificatePem());
        return _folder.File("other.pem");
    }
}
