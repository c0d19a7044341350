using System.Globalization;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Caudal.Engines.Sqlite;

/// <summary>Who holds a group's lease: a number that never stays the same while the holder lives.</summary>
readonly record struct LeaseHolder(string Owner, long Beats);

/// <summary>
/// What a writing connection does inside its one transaction. Offsets are given out here, under SQLite's write lock, so that several
/// processes may append to the same file.
/// </summary>
sealed class LogUpdates(SqliteConnection connection, TimeProvider time) : IDisposable
{
    const int PageSize = 4096;

    readonly PreparedStatements _statements = new(connection);

    // As this transaction sees and changes them; another process may have changed them before it.
    readonly Dictionary<string, Topic> _topics = [];

    long _version;

    public SqliteConnection Connection => connection;

    /// <summary>True where another connection has committed between this transaction and the one before.</summary>
    public bool OthersWrote { get; private set; }

    /// <summary>About how much the write-ahead file has been given through this connection.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>False where another process is writing now.</summary>
    public bool TryBegin()
    {
        _topics.Clear();
        // Not through a command, which would sleep on its own between attempts.
        var result = raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE");
        if (LogFile.IsBusy(result))
            return false;
        SqliteException.ThrowExceptionForRC(result, connection.Handle);
        var version = (long)_statements["PRAGMA data_version"].ExecuteScalar()!;
        OthersWrote = version != _version;
        _version = version;
        return true;
    }

    /// <summary>The end of everything that is to be in the transaction; only <see cref="Commit"/> is left.</summary>
    public void Finish()
    {
        foreach (var topic in _topics.Values.Where(topic => topic.IsChanged))
            _statements[
                "UPDATE topics SET start_offset = $2, next_offset = $3, last_appended_at = $4 WHERE id = $1",
                topic.Id, topic.Start, topic.Next, topic.LastAppendedAt].ExecuteNonQuery();
    }

    /// <summary>Returns when the transaction is durable.</summary>
    public void Commit()
    {
        _statements["COMMIT"].ExecuteNonQuery();
        BytesWritten += PageSize;
    }

    public AppendReceipt Append(string name, IReadOnlyList<RecordBatch> batches)
    {
        var topic = FindOrMake(name);
        var first = topic.Next;
        // The clock may go back, the time of appending does not: a time maps to an offset by it.
        var appendedAt = new Instant(Math.Max(Instant.Now(time).Microseconds, topic.LastAppendedAt));
        foreach (var batch in batches)
        {
            var head = new BatchHead(topic.Next, batch.Count, appendedAt, batch.Format, batch.RawLength, Checksum: 0);
            _statements[
                """
                INSERT INTO batches (topic_id, first_offset, record_count, appended_at, format, raw_length, checksum, payload)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                topic.Id, head.FirstOffset, head.Count, appendedAt.Microseconds, (int)head.Format, head.RawLength,
                head.ChecksumOver(batch.PayloadHash), batch.Payload].ExecuteNonQuery();
            BytesWritten += batch.Payload.Length + PageSize;
            topic.Next += batch.Count;
            topic.LastAppendedAt = appendedAt.Microseconds;
            topic.IsChanged = true;
        }
        return new(topic.Partition, first, (int)(topic.Next - first));
    }

    /// <summary>Notes how far a group has come, unless it was further.</summary>
    public void Advance(string name, string group, Watermark next)
    {
        var topic = FindOrMake(name);
        _statements[
            """
            INSERT INTO consumer_groups (topic_id, name, next_offset, beats) VALUES ($1, $2, $3, 0)
            ON CONFLICT DO UPDATE SET next_offset = max(next_offset, excluded.next_offset)
            """,
            topic.Id, group, Math.Max(next[topic.Partition], topic.Start)].ExecuteNonQuery();
    }

    /// <summary>
    /// Takes the group's lease if it is free, or <paramref name="takeOver"/> has shown no sign of life since; else returns who holds it.
    /// </summary>
    public (LogPartition Partition, LeaseHolder? Held) TakeLease(string name, string group, string owner, LeaseHolder? takeOver)
    {
        var topic = FindOrMake(name);
        _statements[
            "INSERT INTO consumer_groups (topic_id, name, next_offset, beats) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING",
            topic.Id, group, topic.Start].ExecuteNonQuery();
        if (FindHolder(topic.Id, group) is { } holder && holder != takeOver)
            return (topic.Partition, holder);
        _statements[
            "UPDATE consumer_groups SET owner = $3, beats = beats + 1 WHERE topic_id = $1 AND name = $2",
            topic.Id, group, owner].ExecuteNonQuery();
        return (topic.Partition, null);
    }

    /// <summary>A sign of life. False where the lease is another's by now.</summary>
    public bool RenewLease(string name, string group, string owner) =>
        _statements[
            "UPDATE consumer_groups SET beats = beats + 1 WHERE topic_id = $1 AND name = $2 AND owner = $3",
            FindOrMake(name).Id, group, owner].ExecuteNonQuery() == 1;

    public void ReleaseLease(string name, string group, string owner) =>
        _statements[
            "UPDATE consumer_groups SET owner = NULL WHERE topic_id = $1 AND name = $2 AND owner = $3",
            FindOrMake(name).Id, group, owner].ExecuteNonQuery();

    /// <summary>
    /// Forgets up to <paramref name="batchesMax"/> record batches that lie whole before the watermark and before every group's place.
    /// Returns true while there may be more.
    /// </summary>
    public bool Trim(string name, Watermark before, int batchesMax)
    {
        var topic = FindOrMake(name);
        var slowest = _statements["SELECT min(next_offset) FROM consumer_groups WHERE topic_id = $1", topic.Id].ExecuteScalar();
        var limit = Math.Min(Math.Min(before[topic.Partition], topic.Next), slowest as long? ?? long.MaxValue);
        var end = _statements[
            """
            SELECT max(first_offset + record_count), count(*) FROM (
                SELECT first_offset, record_count FROM batches
                WHERE topic_id = $1 AND first_offset < $2 AND first_offset + record_count <= $2 ORDER BY first_offset LIMIT $3)
            """,
            topic.Id, limit, batchesMax].ExecuteScalar();
        if (end is not long start)
            return false;
        var forgotten = _statements["DELETE FROM batches WHERE topic_id = $1 AND first_offset < $2", topic.Id, start].ExecuteNonQuery();
        topic.Start = start;
        topic.IsChanged = true;
        return forgotten == batchesMax;
    }

    LeaseHolder? FindHolder(long topic, string group)
    {
        using var row = _statements[
            "SELECT owner, beats FROM consumer_groups WHERE topic_id = $1 AND name = $2 AND owner IS NOT NULL",
            topic, group].ExecuteReader();
        return row.Read() ? new(row.GetString(0), row.GetInt64(1)) : null;
    }

    /// <summary>Makes the topic where it is not there.</summary>
    Topic FindOrMake(string name)
    {
        if (_topics.TryGetValue(name, out var known))
            return known;
        if (Find(name) is not { } topic)
        {
            // A random epoch: a log that was deleted and made anew never meets the old one's offsets.
            _statements[
                "INSERT INTO topics (name, epoch, start_offset, next_offset, last_appended_at) VALUES ($1, $2, 0, 0, 0)",
                name, Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture)].ExecuteNonQuery();
            topic = Find(name)!;
        }
        _topics.Add(name, topic);
        return topic;
    }

    Topic? Find(string name)
    {
        using var row = _statements[
            "SELECT id, epoch, start_offset, next_offset, last_appended_at FROM topics WHERE name = $1", name].ExecuteReader();
        return row.Read()
            ? new()
            {
                Id = row.GetInt64(0),
                Partition = new(Guid.Parse(row.GetString(1)), 0),
                Start = row.GetInt64(2),
                Next = row.GetInt64(3),
                LastAppendedAt = row.GetInt64(4),
            }
            : null;
    }

    public void Dispose() => _statements.Dispose();

    sealed class Topic
    {
        public required long Id { get; init; }

        public required LogPartition Partition { get; init; }

        public required long Start { get; set; }

        public required long Next { get; set; }

        public required long LastAppendedAt { get; set; }

        public bool IsChanged { get; set; }
    }
}
