using System.Text;
using Caudal.Engines.Kafka;
using Caudal.Log;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using LogMessage = Caudal.Log.LogMessage;

namespace Caudal.Tests;

/// <summary>What is Kafka's own: several partitions, gaps, topics that others made, groups of several members.</summary>
public sealed class KafkaLogTests(KafkaServer server) : IAsyncLifetime
{
    const int Partitions = 3;

    readonly string _topic = $"log.{Guid.NewGuid():N}";
    KafkaLogOptions _options = null!;
    KafkaLog _log = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _options = await server.OptionsAsync(Partitions);
        _log = await KafkaServer.OpenAsync(_options);
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task What_shares_a_key_stays_in_order_and_every_partition_is_read()
    {
        await _log.AppendAsync(_topic, [.. Enumerable.Range(0, 3_000).Select(n => Keyed($"{n % 50}", $"{n}"))], Cancellation);

        var records = await ReadAllAsync();

        records.Select(record => record.Position.Partition).Distinct().Count().ShouldBe(Partitions);
        foreach (var own in records.GroupBy(record => Encoding.UTF8.GetString(record.Message.Key.Span)))
        {
            own.Select(record => record.Position.Partition).Distinct().Count().ShouldBe(1);
            own.Select(record => int.Parse(Text(record), null)).ShouldBeInOrder();
        }
    }

    [Fact]
    public async Task Offsets_without_messages_are_passed_over_and_not_counted()
    {
        await _log.AppendAsync(_topic, [], Cancellation);
        await ProduceInTransactionsAsync(commits: 5, aborts: 3, each: 4);

        // By a log that has read nothing yet, then by one that has.
        await using var other = await KafkaServer.OpenAsync(_options);
        var state = await other.DescribeAsync(_topic, Cancellation);
        (await other.CountAsync(_topic, new(Watermark.Zero, state.End), Cancellation)).ShouldBe(20);
        new PositionRange(Watermark.Zero, state.End).Length.ShouldBeGreaterThan(20);
        var batches = await _log.ReadAsync(_topic, Watermark.Zero, follow: false, Cancellation).ToListAsync(Cancellation);
        batches.Sum(batch => batch.Records.Count).ShouldBe(20);
        batches.Aggregate(Watermark.Zero, (sum, batch) => sum.With(batch.Partition, batch.NextOffset)).ShouldBe(state.End);
        (await _log.CountAsync(_topic, new(Watermark.Zero, state.End), Cancellation)).ShouldBe(20);
    }

    [Fact]
    public async Task What_one_process_has_read_another_counts_by_its_word()
    {
        await _log.AppendAsync(_topic, [.. Enumerable.Range(0, 90).Select(n => Keyed($"{n}", $"{n}"))], Cancellation);
        await ProduceInTransactionsAsync(commits: 5, aborts: 3, each: 4);
        await _log.AppendAsync(_topic, [.. Enumerable.Range(0, 90).Select(n => Keyed($"{n}", $"{n}"))], Cancellation);
        var end = (await _log.DescribeAsync(_topic, Cancellation)).End;
        var read = Watermark.Zero;
        await foreach (var batch in _log.ConsumeAsync(_topic, _topic, (_, _) => new(Watermark.Zero), Cancellation))
        {
            read = read.With(batch.Partition, batch.NextOffset);
            if (read.Covers(end))
                break;
        }
        await _log.CommitAsync(_topic, _topic, read, Cancellation);

        await using var other = await KafkaServer.OpenAsync(_options, groups: [_topic]);
        (await other.CountAsync(_topic, new(Watermark.Zero, end), Cancellation)).ShouldBe(200);
        (await other.DescribeAsync(_topic, Cancellation)).Groups.Keys.ShouldBe([_topic]);
    }

    [Fact]
    public async Task A_topic_made_anew_is_another_epoch()
    {
        await _log.AppendAsync(_topic, [Keyed("a", "old")], Cancellation);
        var before = (await ReadAllAsync()).Single().Position;
        await RemakeAsync();
        await _log.AppendAsync(_topic, [Keyed("a", "new")], Cancellation);

        var state = await _log.DescribeAsync(_topic, Cancellation);
        state.Partitions.ShouldNotContain(before.LogPartition);
        state.Holds(before).ShouldBeFalse();
        var after = (await ReadAllAsync(Watermark.Of(before.LogPartition, 1))).Single();
        Text(after).ShouldBe("new");
        after.Position.Epoch.ShouldNotBe(before.Epoch);
    }

    [Fact]
    public async Task It_names_its_epochs_itself_and_holds_nothing()
    {
        await _log.AppendAsync(_topic, [Keyed("a", "1")], Cancellation);

        await Should.ThrowAsync<LogUnsupportedException>(async () => await _log.NewEpochAsync(_topic, Watermark.Zero, Cancellation));
        await _log.HoldAsync(_topic, "why", Cancellation);
        await _log.AppendAsync(_topic, [Keyed("a", "2")], Cancellation);
        (await _log.DescribeAsync(_topic, Cancellation)).WriteFault.ShouldBeNull();
    }

    [Fact]
    public async Task Without_the_brokers_own_clock_no_time_is_found()
    {
        await MakeAsync(new() { ["message.timestamp.type"] = "CreateTime" });
        await _log.AppendAsync(_topic, [Keyed("a", "1")], Cancellation);

        (await Should.ThrowAsync<LogUnsupportedException>(async () => await _log.FindAsync(_topic, new(0), Cancellation)))
            .Message.ShouldContain("LogAppendTime");
    }

    [Fact]
    public async Task A_compacted_topic_is_refused()
    {
        await MakeAsync(new() { ["cleanup.policy"] = "compact" });

        (await Should.ThrowAsync<LogUnavailableException>(async () => await KafkaServer.OpenAsync(_options, [_topic])))
            .Message.ShouldContain("cleanup.policy");
    }

    [Fact]
    public async Task A_group_that_is_new_begins_where_the_topic_begins_by_now()
    {
        await _log.AppendAsync(_topic, [.. Enumerable.Range(0, 300).Select(n => Keyed($"{n}", $"{n}"))], Cancellation);
        var end = (await _log.DescribeAsync(_topic, Cancellation)).End;
        await _log.TrimAsync(_topic, end, Cancellation);
        await _log.AppendAsync(_topic, [Keyed("a", "after")], Cancellation);

        await foreach (var batch in _log.ConsumeAsync(_topic, _topic, (_, _) => new(Watermark.Zero), Cancellation))
            if (batch.Records.Count > 0)
            {
                batch.Records.Select(Text).ShouldBe(["after"]);
                break;
            }
    }

    static LogMessage Keyed(string key, string value) => new(Encoding.UTF8.GetBytes(value), Encoding.UTF8.GetBytes(key));

    static string Text(LogRecord record) => Encoding.UTF8.GetString(record.Message.Value.Span);

    async Task<List<LogRecord>> ReadAllAsync(Watermark? from = null) =>
        await _log.ReadAsync(_topic, from ?? Watermark.Zero, follow: false, Cancellation)
            .SelectMany(batch => batch.Records).ToListAsync(Cancellation);

    async Task ProduceInTransactionsAsync(int commits, int aborts, int each)
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig { BootstrapServers = _options.Servers, TransactionalId = _topic }).Build();
        producer.InitTransactions(TimeSpan.FromSeconds(20));
        for (var transaction = 0; transaction < commits + aborts; transaction++)
        {
            producer.BeginTransaction();
            for (var n = 0; n < each; n++)
                producer.Produce(_topic, new() { Key = Encoding.UTF8.GetBytes($"{n}"), Value = [1] });
            if (transaction % 2 == 1 && transaction / 2 < aborts)
                producer.AbortTransaction();
            else
                producer.CommitTransaction();
        }
    }

    async Task MakeAsync(Dictionary<string, string> configs)
    {
        using var admin = Admin();
        await admin.CreateTopicsAsync(
            [new() { Name = _topic, NumPartitions = Partitions, ReplicationFactor = 1, Configs = configs }]);
    }

    async Task RemakeAsync()
    {
        using var admin = Admin();
        await admin.DeleteTopicsAsync([_topic]);
        while (await IsThereAsync())
            await Task.Delay(20, Cancellation);
        await MakeAsync([]);
    }

    /// <summary>On its way out it may still be named where nothing can be asked of it any more.</summary>
    async Task<bool> IsThereAsync()
    {
        try
        {
            return (await _log.DescribeAsync(_topic, Cancellation)).Partitions.Count > 0;
        }
        catch (LogUnavailableException)
        {
            return true;
        }
    }

    IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = _options.Servers }).Build();
}
