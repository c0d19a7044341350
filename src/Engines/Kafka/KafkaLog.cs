using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Caudal.Log;
using Caudal.Transactions;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;
using LogMessage = Caudal.Log.LogMessage;

namespace Caudal.Engines.Kafka;

/// <summary>
/// The log on Kafka: several partitions a topic, several processes a group. The topic's id is the epoch, so a topic that is made anew is
/// another one, and there is nothing to hold and no epoch to begin. Messages are counted as they are read, since offsets have gaps.
/// </summary>
public sealed class KafkaLog : ITransactionLog
{
    readonly KafkaConnection _connection;
    readonly ILogger _logger;
    readonly KafkaTopics _topics;
    readonly KafkaAppender _appender;
    readonly KnownStretches _known = new();
    readonly ReaderPool _pool;
    readonly TopicReading _reading;
    readonly GroupPositions _groups;
    readonly ReadMarks _marks;
    readonly ConcurrentDictionary<GroupConsumption, (string Topic, string Group)> _consuming = new();

    KafkaLog(KafkaConnection connection, ILogger logger)
    {
        (_connection, _logger) = (connection, logger);
        _topics = new(connection, logger);
        _appender = new(connection, _topics);
        _pool = new(connection);
        _reading = new(connection, _topics, _pool, _known);
        _groups = new(connection);
        _marks = new(_groups, _known);
    }

    /// <summary>Reaches the brokers, and checks those of the topics that are there already.</summary>
    /// <param name="groups">The groups whose place is described; each of those that are committed for becomes one.</param>
    /// <exception cref="LogUnavailableException">They are not as the settings say; the message names the setting.</exception>
    public static async Task<KafkaLog> OpenAsync(
        KafkaLogOptions options, IEnumerable<string> topics, IEnumerable<string> groups, ILogger<KafkaLog> logger,
        CancellationToken cancellation)
    {
        var connection = await KafkaConnection.OpenAsync(options, logger, cancellation);
        var log = new KafkaLog(connection, logger);
        try
        {
            foreach (var topic in topics)
                await log._topics.FindAsync(topic, cancellation);
            foreach (var group in groups)
                log._groups.Know(group);
            return log;
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    public ValueTask<AppendReceipt> AppendAsync(string topic, IReadOnlyList<LogMessage> messages, CancellationToken cancellation) =>
        _appender.AppendAsync(topic, messages, cancellation);

    public IAsyncEnumerable<LogBatch> ReadAsync(string topic, Watermark from, bool follow, CancellationToken cancellation) =>
        _reading.ReadAsync(topic, from, follow, cancellation);

    public async IAsyncEnumerable<LogBatch> ConsumeAsync(
        string topic, string group, Func<IReadOnlyList<LogPartition>, CancellationToken, ValueTask<Watermark>> resumeFrom,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var consumption = new GroupConsumption(_connection, _topics, _known, topic, group, resumeFrom, _logger);
        _consuming[consumption] = (topic, group);
        try
        {
            await foreach (var batch in consumption.RunAsync(cancellation))
                yield return batch;
        }
        finally
        {
            _consuming.TryRemove(consumption, out _);
        }
    }

    public async ValueTask CommitAsync(string topic, string group, Watermark next, CancellationToken cancellation)
    {
        var members = _consuming.Where(each => each.Value == (topic, group)).Select(each => each.Key).ToList();
        // Partitions that none of ours reads are another member's, whose place it is to say.
        await Task.Run(() => members.Aggregate(next, (left, member) => member.Commit(left)), cancellation);
        if (members.Count == 0 && await _topics.FindAsync(topic, cancellation) is { } found)
            await _groups.CommitAsync(found, group, next, cancellation);
        if (_marks.IsDue(topic, group))
            await _marks.NoteAsync(_topics, topic, group, next, cancellation);
    }

    public async ValueTask<TopicState> DescribeAsync(string topic, CancellationToken cancellation)
    {
        if (await _topics.FindAsync(topic, cancellation) is not { } found)
            return new(Watermark.Zero, Watermark.Zero, new Dictionary<string, Watermark>(), WriteFault: null);
        var groups = _groups.ReadOwnAsync(found, cancellation);
        var (start, end) = await _topics.MeasureAsync(found, cancellation);
        var config = await _topics.KnownConfigOfAsync(found, cancellation);
        return new(start, end, await groups, found.WriteFault(config))
        {
            Partitions = [.. found.Partitions], Caution = TopicRules.RetentionCaution(topic, config),
        };
    }

    public async ValueTask<long> CountAsync(string topic, PositionRange range, CancellationToken cancellation)
    {
        if (await _topics.FindAsync(topic, cancellation) is not { } found)
            return 0;
        var (start, end) = await _topics.MeasureAsync(found, cancellation);
        var held = range.After(start).Before(end);
        if (held.Stretches.Any(each => _known.Count(each.Partition, each.From, each.To).Unknown.Count > 0))
            foreach (var group in _groups.Known)
                await _marks.LearnAsync(found, group, cancellation);
        var count = 0L;
        foreach (var (partition, from, to) in held.Stretches)
        {
            var (messages, unknown) = _known.Count(partition, from, to);
            count += messages;
            foreach (var (first, last) in unknown)
                await foreach (var batch in _reading.ReadAsync(
                    found, end.With(partition, first), end.With(partition, last), cancellation))
                    count += batch.Records.Count;
        }
        return count;
    }

    public async ValueTask<Watermark> FindAsync(string topic, Instant moment, CancellationToken cancellation)
    {
        if (await _topics.FindAsync(topic, cancellation) is not { } found)
            return Watermark.Zero;
        if (await _topics.ConfigOfAsync(found, cancellation) is { HasAppendTime: false })
            throw new LogUnsupportedException(
                $"Topic {topic} keeps the times that producers give, so no time says what was appended before it. Leave the cutoff out, or "
                + "set the topic's message.timestamp.type to LogAppendTime.");
        const long microseconds = 1_000;
        return await _topics.FindAsync(found, (moment.Microseconds + microseconds - 1) / microseconds, cancellation);
    }

    public async ValueTask TrimAsync(string topic, Watermark before, CancellationToken cancellation)
    {
        if (!_connection.Options.DeletesSettled || await _topics.FindAsync(topic, cancellation) is not { } found)
            return;
        var (start, end) = await _topics.MeasureAsync(found, cancellation);
        var allowed = await _groups.NearestAsync(found, before.Nearest(end), cancellation);
        var trimmed = found.Partitions.Where(partition => allowed[partition] > start[partition])
            .Select(partition => new TopicPartitionOffset(topic, partition.Number, allowed[partition])).ToList();
        if (trimmed.Count == 0)
            return;
        try
        {
            await _connection.AskAsync(
                admin => admin.DeleteRecordsAsync(trimmed, new() { RequestTimeout = KafkaConnection.AnswerTimeMax }), cancellation);
        }
        catch (LogUnavailableException refused) when (refused.InnerException is DeleteRecordsException { Results: var results }
            && results.All(each => each.Error.Code is ErrorCode.NoError or ErrorCode.TopicAuthorizationFailed or ErrorCode.PolicyViolation))
        {
            _logger.NotDeleted(topic, refused.Message);
        }
    }

    /// <summary>Kafka gives no position twice under one topic id: there is nothing to hold.</summary>
    public ValueTask HoldAsync(string topic, string? why, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask<LogPartition> NewEpochAsync(string topic, Watermark taken, CancellationToken cancellation) =>
        throw new LogUnsupportedException(
            $"Kafka names its epochs itself: where topic {topic} is not the one that was ingested from, restore it, or make it anew.");

    public async ValueTask DisposeAsync()
    {
        // Sending what is left may take its time; nothing else is to wait for it.
        await Task.Run(_appender.Dispose);
        _pool.Dispose();
        _groups.Dispose();
        _connection.Dispose();
    }
}
