using System.Runtime.CompilerServices;
using Caudal.Log;
using Confluent.Kafka;

namespace Caudal.Engines.Kafka;

/// <summary>Reads a topic from a watermark on, outside any group.</summary>
sealed class TopicReading(KafkaConnection connection, KafkaTopics topics, ReaderPool pool, KnownStretches known)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async IAsyncEnumerable<LogBatch> ReadAsync(
        string name, Watermark from, bool follow, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (await (follow ? WaitForAsync(name, cancellation) : topics.FindAsync(name, cancellation)) is not { } topic)
            yield break;
        var (start, end) = await topics.MeasureAsync(topic, cancellation);
        foreach (var partition in topic.Partitions)
            EnsureHeld(name, partition, from[partition], start, end);
        await foreach (var batch in ReadAsync(topic, from, follow ? null : end, cancellation))
            yield return batch;
    }

    /// <summary>Up to the end that is given, of the partitions that have something before it; null: on and on.</summary>
    public async IAsyncEnumerable<LogBatch> ReadAsync(
        KafkaTopic topic, Watermark from, Watermark? end, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var open = topic.Partitions.Where(partition => end is null || from[partition] < end[partition]).ToHashSet();
        if (open.Count == 0)
            yield break;
        var fetching = new Fetching(known, connection.Options.ReadBytesMax);
        var consumer = pool.Rent();
        try
        {
            foreach (var partition in open)
                fetching.Begin(partition, from[partition]);
            consumer.Assign(open.Select(partition =>
                new TopicPartitionOffset(topic.Name, partition.Number, from[partition])));
            while (open.Count > 0)
                foreach (var batch in await TakeAsync(topic, fetching, consumer, cancellation))
                {
                    var cut = end is null ? batch : Cut(batch, end[batch.Partition]);
                    if (end is not null && cut.NextOffset >= end[batch.Partition] && open.Remove(batch.Partition))
                    {
                        fetching.End(batch.Partition.Number);
                        consumer.IncrementalUnassign([new(topic.Name, batch.Partition.Number)]);
                    }
                    yield return cut;
                }
        }
        finally
        {
            pool.Return(consumer);
        }
    }

    /// <exception cref="LogTruncatedException">The partition does not hold the offset, and never shows it again.</exception>
    public static void EnsureHeld(string topic, LogPartition partition, long from, Watermark start, Watermark end)
    {
        if (from > end[partition])
            throw new LogTruncatedException(
                $"Partition {partition.Number} of topic {topic} ends at {end[partition]}, before {from}, from where it was to be read.");
        if (from < start[partition])
            throw new LogTruncatedException(
                $"Partition {partition.Number} of topic {topic} begins at {start[partition]}: what was to be read from {from} on is "
                + "deleted.");
    }

    /// <summary>A client's complaint while it reads, as the log's.</summary>
    public static Exception Explain(KafkaConnection connection, string topic, KafkaException fault) =>
        fault.Error.Code is ErrorCode.Local_AutoOffsetReset or ErrorCode.OffsetOutOfRange
            ? new LogTruncatedException(
                $"Topic {topic} no longer holds what was to be read of a partition: {fault.Error.Reason}")
            : connection.Explain(fault.Error, outcomeUnknown: false, fault);

    async Task<IReadOnlyList<LogBatch>> TakeAsync(
        KafkaTopic topic, Fetching fetching, IConsumer<byte[]?, byte[]?> consumer, CancellationToken cancellation)
    {
        try
        {
            return await fetching.TakeAsync(consumer, cancellation);
        }
        catch (KafkaException fault)
        {
            throw Explain(connection, topic.Name, fault);
        }
    }

    async Task<KafkaTopic?> WaitForAsync(string name, CancellationToken cancellation)
    {
        while (true)
        {
            if (await topics.FindAsync(name, cancellation) is { } found)
                return found;
            await Task.Delay(Pause, cancellation);
        }
    }

    static LogBatch Cut(LogBatch batch, long end) => batch.NextOffset <= end
        ? batch
        : new(batch.Partition, [.. batch.Records.TakeWhile(record => record.Position.Offset < end)], end);
}
