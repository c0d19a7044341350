using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Caudal.Engines.Sqlite;

/// <summary>An epoch of a topic as one moment shows it. The newest is open; the others are closed and only shrink.</summary>
/// <param name="Refusal">Why nothing may be appended to it, or null.</param>
/// <param name="Held">One past the last message that is still there: <paramref name="Next"/>, except where messages were lost.</param>
readonly record struct EpochExtent(
    long Id, LogPartition Partition, long Start, long Held, long Next, Instant? ClosedAt, string? Refusal);

/// <summary>
/// What a reading connection asks. Every question is one short read transaction: a long one would keep the write-ahead file from starting
/// over.
/// </summary>
sealed class LogQueries(SqliteConnection connection, string path) : IDisposable
{
    readonly PreparedStatements _statements = new(connection);

    /// <summary>Oldest first.</summary>
    List<EpochExtent> EpochsOf(string topic)
    {
        var epochs = new List<EpochExtent>(1);
        using var row = _statements[
            """
            SELECT id, epoch, start_offset, coalesce(lost_from, next_offset), next_offset, closed_at, held FROM epochs
            WHERE topic = $1 ORDER BY id
            """,
            topic].ExecuteReader();
        while (row.Read())
            epochs.Add(new(
                row.GetInt64(0), new(Guid.Parse(row.GetString(1)), 0), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4),
                row.IsDBNull(5) ? null : new Instant(row.GetInt64(5)), row.IsDBNull(6) ? null : row.GetString(6)));
        return epochs;
    }

    public TopicState Describe(string topic, string? writeFault) => InOneView(() =>
    {
        var (start, held, end) = (Watermark.Zero, Watermark.Zero, Watermark.Zero);
        var groups = new Dictionary<string, Watermark>();
        var epochs = EpochsOf(topic);
        foreach (var epoch in epochs)
        {
            start = start.With(epoch.Partition, epoch.Start);
            held = held.With(epoch.Partition, epoch.Held);
            end = end.With(epoch.Partition, epoch.Next);
            using var row = _statements["SELECT name, next_offset FROM consumer_groups WHERE epoch_id = $1", epoch.Id].ExecuteReader();
            while (row.Read())
                groups[row.GetString(0)] =
                    groups.GetValueOrDefault(row.GetString(0), Watermark.Zero).With(epoch.Partition, row.GetInt64(1));
        }
        return new TopicState(start, end, groups, writeFault ?? epochs.LastOrDefault().Refusal)
        {
            Partitions = epochs.ConvertAll(epoch => epoch.Partition), Lost = new(held, end),
        };
    });

    /// <summary>
    /// How many messages lie in the range, by what the rows say: a row that is missing is missing here too. What was lost with an epoch's
    /// end counts, since it was there.
    /// </summary>
    public long Count(string topic, PositionRange range) => InOneView(() =>
    {
        var epochs = EpochsOf(topic);
        var count = 0L;
        foreach (var (partition, from, to) in range.Stretches)
            foreach (var epoch in epochs.Where(epoch => epoch.Partition == partition))
            {
                count += Math.Max(0, Math.Min(to, epoch.Next) - Math.Max(from, epoch.Held));
                count += _statements[
                    """
                    SELECT coalesce(sum(min(first_offset + record_count, $3) - max(first_offset, $2)), 0) FROM batches
                    WHERE epoch_id = $1 AND first_offset < $3 AND first_offset + record_count > $2
                        AND first_offset >= coalesce((SELECT max(first_offset) FROM batches WHERE epoch_id = $1 AND first_offset <= $2), 0)
                    """,
                    epoch.Id, from, to].ExecuteScalar() is long found ? found : 0;
            }
        return count;
    });

    /// <summary>Where in each epoch the first message stands that was not appended before the moment.</summary>
    public Watermark Find(string topic, Instant moment) => InOneView(() =>
        EpochsOf(topic).Aggregate(Watermark.Zero, (found, epoch) => found.With(epoch.Partition, Find(topic, epoch, moment))));

    /// <summary>
    /// Found by halving: times never go back. When each of the lost messages was appended nobody knows, only that it was before their epoch
    /// was closed.
    /// </summary>
    long Find(string topic, in EpochExtent epoch, Instant moment)
    {
        if (epoch.ClosedAt < moment)
            return epoch.Next;
        var (low, high) = (epoch.Start, epoch.Held);
        while (low < high)
        {
            using var row = _statements[
                """
                SELECT first_offset, first_offset + record_count, appended_at FROM batches
                WHERE epoch_id = $1 AND first_offset <= $2 ORDER BY first_offset DESC LIMIT 1
                """,
                epoch.Id, low + (high - low) / 2].ExecuteReader();
            if (!row.Read())
                throw Damaged(topic, low, "it is missing");
            if (new Instant(row.GetInt64(2)) < moment)
                low = row.GetInt64(1);
            else
                high = row.GetInt64(0);
        }
        return low;
    }

    /// <summary>
    /// The topic's next records from a watermark on, where there are any below <paramref name="end"/>, oldest epoch first: whole record
    /// batches of one epoch until they amount to about <paramref name="bytesMax"/>. Of what was lost there is a batch without records.
    /// </summary>
    public LogBatch? Read(string topic, Watermark from, Watermark? end, int bytesMax) => InOneView(() =>
    {
        foreach (var epoch in EpochsOf(topic))
        {
            var next = from[epoch.Partition];
            if (next < epoch.Start || next > epoch.Next)
                throw new LogTruncatedException(
                    $"Topic {topic} of the log {path} holds offsets {epoch.Start} to {epoch.Next}, and reading is to go on at {next}. "
                    + "The log was trimmed too far, or restored from a backup that is older than what was read from it.");
            if (next >= Math.Min(epoch.Next, end?[epoch.Partition] ?? long.MaxValue))
                continue;
            if (next >= epoch.Held)
                return new(epoch.Partition, [], epoch.Next);
            var batch = ReadBatch(topic, epoch, next, end?[epoch.Partition], bytesMax);
            return batch.NextOffset == epoch.Held ? batch with { NextOffset = epoch.Next } : batch;
        }
        return null;
    });

    LogBatch ReadBatch(string topic, in EpochExtent epoch, long from, long? end, int bytesMax)
    {
        var records = new List<LogRecord>();
        var (next, bytes) = (from, 0L);
        using var row = _statements[
            """
            SELECT first_offset, record_count, appended_at, format, raw_length, checksum, payload FROM batches
            WHERE epoch_id = $1 AND first_offset < $3
                AND first_offset >= coalesce((SELECT max(first_offset) FROM batches WHERE epoch_id = $1 AND first_offset <= $2), $2)
            ORDER BY first_offset
            """,
            epoch.Id, from, end ?? long.MaxValue].ExecuteReader();
        while (bytes < bytesMax && row.Read())
        {
            var head = new BatchHead(
                row.GetInt64(0), row.GetInt32(1), new(row.GetInt64(2)), (RecordFormat)row.GetInt32(3), row.GetInt32(4), row.GetInt64(5));
            if (head.FirstOffset > next || head.FirstOffset + head.Count <= next)
                break;
            try
            {
                RecordBatch.Decode(head, raw.sqlite3_column_blob(row.Handle, 6), epoch.Partition, records);
            }
            catch (InvalidDataException damage)
            {
                // What is whole before it is handed out first.
                if (records.Count > 0)
                    break;
                throw Damaged(topic, head.FirstOffset, damage.Message);
            }
            next = head.FirstOffset + head.Count;
            bytes += head.RawLength;
        }
        if (next == from)
            throw Damaged(topic, from, "it is missing");
        // A first batch that begins before what was asked for is cut.
        var skipped = (int)(from - records[0].Position.Offset);
        return new(epoch.Partition, skipped == 0 ? records : records[skipped..], next);
    }

    /// <summary>All that is asked inside sees the same moment.</summary>
    T InOneView<T>(Func<T> ask)
    {
        _statements["BEGIN"].ExecuteNonQuery();
        try
        {
            return ask();
        }
        finally
        {
            _statements["COMMIT"].ExecuteNonQuery();
        }
    }

    InvalidDataException Damaged(string topic, long offset, string how) => new(
        $"The log {path} is damaged: the record batch of topic {topic} at offset {offset} is not what was written: {how}. "
        + "Restore the log from a backup.");

    public void Dispose() => _statements.Dispose();
}
