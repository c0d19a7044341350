using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Caudal.Engines.Sqlite;

/// <summary>A topic as one moment shows it.</summary>
readonly record struct TopicExtent(long Id, LogPartition Partition, long Start, long Next);

/// <summary>
/// What a reading connection asks. Every question is one short read transaction: a long one would keep the write-ahead file from starting
/// over.
/// </summary>
sealed class LogQueries(SqliteConnection connection, string path) : IDisposable
{
    readonly PreparedStatements _statements = new(connection);

    public TopicExtent? FindTopic(string topic)
    {
        using var row = _statements["SELECT id, epoch, start_offset, next_offset FROM topics WHERE name = $1", topic].ExecuteReader();
        return row.Read() ? new(row.GetInt64(0), new(Guid.Parse(row.GetString(1)), 0), row.GetInt64(2), row.GetInt64(3)) : null;
    }

    public TopicState Describe(string topic, string? writeFault)
    {
        using var row = _statements[
            """
            SELECT t.epoch, t.start_offset, t.next_offset, g.name, g.next_offset
            FROM topics t LEFT JOIN consumer_groups g ON g.topic_id = t.id WHERE t.name = $1
            """,
            topic].ExecuteReader();
        var state = new TopicState(Watermark.Zero, Watermark.Zero, new Dictionary<string, Watermark>(), writeFault);
        var groups = new Dictionary<string, Watermark>();
        while (row.Read())
        {
            var partition = new LogPartition(Guid.Parse(row.GetString(0)), 0);
            state = new(Watermark.Of(partition, row.GetInt64(1)), Watermark.Of(partition, row.GetInt64(2)), groups, writeFault);
            if (!row.IsDBNull(3))
                groups.Add(row.GetString(3), Watermark.Of(partition, row.GetInt64(4)));
        }
        return state;
    }

    /// <summary>How many messages lie in the range, by what the rows say: a row that is missing is missing here too.</summary>
    public long Count(string topic, PositionRange range)
    {
        if (FindTopic(topic) is not { } extent)
            return 0;
        var count = 0L;
        foreach (var (_, from, to) in range.Stretches.Where(stretch => stretch.Partition == extent.Partition))
            count += _statements[
                """
                SELECT coalesce(sum(min(first_offset + record_count, $3) - max(first_offset, $2)), 0) FROM batches
                WHERE topic_id = $1 AND first_offset < $3 AND first_offset + record_count > $2
                    AND first_offset >= coalesce((SELECT max(first_offset) FROM batches WHERE topic_id = $1 AND first_offset <= $2), 0)
                """,
                extent.Id, from, to].ExecuteScalar() is long found ? found : 0;
        return count;
    }

    /// <summary>The offset of the first message that was not appended before the moment, found by halving: times never go back.</summary>
    public Watermark Find(string topic, Instant moment) => InOneView(() =>
    {
        if (FindTopic(topic) is not { } extent)
            return Watermark.Zero;
        var (low, high) = (extent.Start, extent.Next);
        while (low < high)
        {
            using var row = _statements[
                """
                SELECT first_offset, first_offset + record_count, appended_at FROM batches
                WHERE topic_id = $1 AND first_offset <= $2 ORDER BY first_offset DESC LIMIT 1
                """,
                extent.Id, low + (high - low) / 2].ExecuteReader();
            if (!row.Read())
                throw Damaged(topic, low, "it is missing");
            if (new Instant(row.GetInt64(2)) < moment)
                low = row.GetInt64(1);
            else
                high = row.GetInt64(0);
        }
        return Watermark.Of(extent.Partition, low);
    });

    /// <summary>
    /// The topic's extent, and its records from an offset on where there are any below <paramref name="end"/>: whole record batches until
    /// they amount to about <paramref name="bytesMax"/>.
    /// </summary>
    public (TopicExtent? Extent, LogBatch? Batch) Read(
        string topic, Func<TopicExtent, long> from, long? end, int bytesMax) => InOneView(() =>
    {
        if (FindTopic(topic) is not { } extent)
            return (default(TopicExtent?), default(LogBatch));
        var next = from(extent);
        if (next < extent.Start || next > extent.Next)
            throw new LogTruncatedException(
                $"Topic {topic} of the log {path} holds offsets {extent.Start} to {extent.Next}, and reading is to go on at {next}. "
                + "The log was trimmed too far, or restored from a backup that is older than what was read from it.");
        return (extent, next < Math.Min(extent.Next, end ?? long.MaxValue) ? ReadBatch(topic, extent, next, end, bytesMax) : null);
    });

    LogBatch ReadBatch(string topic, in TopicExtent extent, long from, long? end, int bytesMax)
    {
        var records = new List<LogRecord>();
        var (next, bytes) = (from, 0L);
        using var row = _statements[
            """
            SELECT first_offset, record_count, appended_at, format, raw_length, checksum, payload FROM batches
            WHERE topic_id = $1 AND first_offset < $3
                AND first_offset >= coalesce((SELECT max(first_offset) FROM batches WHERE topic_id = $1 AND first_offset <= $2), $2)
            ORDER BY first_offset
            """,
            extent.Id, from, end ?? long.MaxValue].ExecuteReader();
        while (bytes < bytesMax && row.Read())
        {
            var head = new BatchHead(
                row.GetInt64(0), row.GetInt32(1), new(row.GetInt64(2)), (RecordFormat)row.GetInt32(3), row.GetInt32(4), row.GetInt64(5));
            if (head.FirstOffset > next || head.FirstOffset + head.Count <= next)
                break;
            try
            {
                RecordBatch.Decode(head, raw.sqlite3_column_blob(row.Handle, 6), extent.Partition, records);
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
        return new(extent.Partition, skipped == 0 ? records : records[skipped..], next);
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
