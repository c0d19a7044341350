using Caudal.Log;
using Confluent.Kafka;

namespace Caudal.Engines.Kafka;

/// <summary>
/// Takes what a consumer has fetched, as batches of one partition each, and notes which offsets hold no message. One caller at a time.
/// </summary>
sealed class Fetching(KnownStretches known, int bytesMax)
{
    /// <summary>How long the client is asked for the first message at a time, so that cancelling is heard.</summary>
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <summary>What a message takes beside its bytes.</summary>
    const int OverheadBytes = 128;

    readonly Dictionary<int, Part> _parts = [];

    sealed class Part(LogPartition partition, long next)
    {
        public LogPartition Partition => partition;

        /// <summary>Where the client goes on reading.</summary>
        public long Next { get; set; } = next;

        /// <summary>Where what is handed out next begins.</summary>
        public long From { get; set; } = next;

        public List<LogRecord> Records { get; set; } = [];

        public List<(long From, long To)> Gaps { get; set; } = [];
    }

    /// <summary>From now on messages of this partition come, from an offset on.</summary>
    public void Begin(LogPartition partition, long next) => _parts[partition.Number] = new(partition, next);

    /// <summary>No more of this partition is handed out.</summary>
    public void End(int partition) => _parts.Remove(partition);

    /// <summary>Where reading of a partition stands; null where it is not read.</summary>
    public long? NextOf(int partition) => _parts.TryGetValue(partition, out var part) ? part.Next : null;

    /// <summary>Waits for something, then takes all that is fetched, up to about so many bytes.</summary>
    public Task<IReadOnlyList<LogBatch>> TakeAsync(IConsumer<byte[]?, byte[]?> consumer, CancellationToken cancellation) =>
        Task.Run(() => Take(consumer, cancellation), cancellation);

    /// <summary>May return nothing after a while, so that the caller can look after other things.</summary>
    IReadOnlyList<LogBatch> Take(IConsumer<byte[]?, byte[]?> consumer, CancellationToken cancellation)
    {
        var bytes = 0;
        var read = consumer.Consume(Glance);
        for (; read is not null; read = bytes < bytesMax ? consumer.Consume(TimeSpan.Zero) : null)
        {
            cancellation.ThrowIfCancellationRequested();
            bytes += Add(read);
        }
        return [.. _parts.Values.Where(part => part.Next > part.From).Select(HandOut)];
    }

    int Add(ConsumeResult<byte[]?, byte[]?> read)
    {
        // Of a partition that was given away meanwhile something may still lie about.
        if (!_parts.TryGetValue(read.Partition.Value, out var part) || read.Offset.Value < part.Next)
            return 0;
        if (read.Offset.Value > part.Next)
            part.Gaps.Add((part.Next, read.Offset.Value));
        part.Next = read.Offset.Value;
        if (read.IsPartitionEOF)
            return 0;
        part.Next++;
        part.Records.Add(KafkaMessages.ToRecord(part.Partition, read));
        return OverheadBytes + (read.Message.Value?.Length ?? 0);
    }

    LogBatch HandOut(Part part)
    {
        known.Add(part.Partition, part.From, part.Next, part.Gaps);
        var batch = new LogBatch(part.Partition, part.Records, part.Next);
        (part.From, part.Records, part.Gaps) = (part.Next, [], []);
        return batch;
    }
}
