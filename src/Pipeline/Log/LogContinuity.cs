using Caudal.Batch;

namespace Caudal.Log;

/// <summary>Whether a log still is the one that was read: not one restored from an older backup.</summary>
static class LogContinuity
{
    /// <summary>Why the topic must not be read on or appended to, with what to do about it; null while all is well.</summary>
    /// <param name="taken">What hot, and a run that has no receipt yet, have taken of it.</param>
    /// <param name="last">The last receipt: epochs that the log does not know and that it covers are no longer needed.</param>
    /// <param name="read">Hot's anchor: the messages that the log must still show, where it holds them at all.</param>
    public static async ValueTask<string?> FindBreakAsync(
        this ITransactionLog log, string topic, Watermark taken, Receipt? last, LogAnchor read, CancellationToken cancellation)
    {
        var covered = last?.Range.To ?? Watermark.Zero;
        var state = (await log.DescribeAsync(topic, cancellation)).Forgetting(covered);
        if (!state.End.Covers(taken.Furthest(covered)))
            return "The log ends before what was ingested from it. Restore a newer one, or let it go on with 'caudal log new-epoch'.";
        foreach (var anchor in (LogAnchor[])[last?.Anchor ?? LogAnchor.None, read])
            foreach (var position in anchor.Positions)
                if (await log.FindAsync(topic, state, position, cancellation) is { } record && !anchor.Fits(record))
                    return ReplacedAt(position);
        return null;
    }

    /// <summary>What is said where a restored log was appended to before anybody let it go on.</summary>
    public static string ReplacedAt(Position position) =>
        $"The log was appended to after it was restored: its message at {position} is not the one that was ingested from there. "
        + "Restore it once more, run 'caudal log new-epoch' first, and append those messages then.";

    /// <summary>The messages just before a watermark, as far as the log still holds them.</summary>
    public static async ValueTask<LogAnchor> AnchorAsync(
        this ITransactionLog log, string topic, Watermark watermark, CancellationToken cancellation)
    {
        var state = await log.DescribeAsync(topic, cancellation);
        var records = new List<LogRecord>();
        foreach (var (partition, next) in watermark.Partitions)
            if (await log.FindAsync(topic, state, new(partition, next - 1), cancellation) is { } record)
                records.Add(record);
        return LogAnchor.At(records);
    }

    /// <summary>The one message, or null where the log does not hold it, or holds it no longer.</summary>
    static async ValueTask<LogRecord?> FindAsync(
        this ITransactionLog log, string topic, TopicState state, Position position, CancellationToken cancellation)
    {
        if (!state.Holds(position))
            return null;
        try
        {
            // The other partitions stand at their ends, so that next to nothing of them is read along.
            var from = state.End.With(position.LogPartition, position.Offset);
            await foreach (var batch in log.ReadAsync(topic, from, follow: false, cancellation))
                if (batch.Partition == position.LogPartition)
                    return batch.Records.Where(record => record.Position == position).Select(record => (LogRecord?)record).FirstOrDefault();
        }
        catch (Exception gone) when (gone is LogTruncatedException or InvalidDataException)
        {
            // Trimmed just now; or damaged, which whoever reads the log hears with what to do.
        }
        return null;
    }
}
