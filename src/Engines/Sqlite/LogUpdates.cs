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
    readonly Dictionary<string, List<Epoch>> _topics = [];

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
        foreach (var epoch in _topics.Values.SelectMany(epochs => epochs).Where(epoch => epoch.IsChanged))
            _statements[
                "UPDATE epochs SET start_offset = $2, next_offset = $3, last_appended_at = $4 WHERE id = $1",
                epoch.Id, epoch.Start, epoch.Next, epoch.LastAppendedAt].ExecuteNonQuery();
    }

    /// <summary>Returns when the transaction is durable.</summary>
    public void Commit()
    {
        _statements["COMMIT"].ExecuteNonQuery();
        BytesWritten += PageSize;
    }

    /// <exception cref="LogUnavailableException">The topic is held. The transaction is as it was.</exception>
    public AppendReceipt Append(string name, IReadOnlyList<RecordBatch> batches)
    {
        var epoch = EpochsOf(name)[^1];
        if (epoch.Held is { } why)
            throw new LogUnavailableException($"Nothing was appended: {why}", outcomeUnknown: false);
        var first = epoch.Next;
        // The clock may go back, the time of appending does not: a time maps to an offset by it.
        var appendedAt = new Instant(Math.Max(Instant.Now(time).Microseconds, epoch.LastAppendedAt));
        foreach (var batch in batches)
        {
            var head = new BatchHead(epoch.Next, batch.Count, appendedAt, batch.Format, batch.RawLength, Checksum: 0);
            _statements[
                """
                INSERT INTO batches (epoch_id, first_offset, record_count, appended_at, format, raw_length, checksum, payload)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                epoch.Id, head.FirstOffset, head.Count, appendedAt.Microseconds, (int)head.Format, head.RawLength,
                head.ChecksumOver(batch.PayloadHash), batch.Payload].ExecuteNonQuery();
            BytesWritten += batch.Payload.Length + PageSize;
            epoch.Next += batch.Count;
            epoch.LastAppendedAt = appendedAt.Microseconds;
            epoch.IsChanged = true;
        }
        return new(epoch.Partition, first, (int)(epoch.Next - first));
    }

    /// <summary>Notes how far a group has come, unless it was further.</summary>
    public void Advance(string name, string group, Watermark next)
    {
        foreach (var epoch in EpochsOf(name))
            _statements[
                """
                INSERT INTO consumer_groups (epoch_id, name, next_offset, beats) VALUES ($1, $2, $3, 0)
                ON CONFLICT DO UPDATE SET next_offset = max(next_offset, excluded.next_offset)
                """,
                epoch.Id, group, Math.Max(next[epoch.Partition], epoch.Start)].ExecuteNonQuery();
    }

    /// <summary>
    /// Takes the group's lease if it is free, or <paramref name="takeOver"/> has shown no sign of life since; else returns who holds it.
    /// It stands beside the group's place in the topic's oldest epoch, so that it outlives a new one.
    /// </summary>
    public (IReadOnlyList<LogPartition> Partitions, LeaseHolder? Held) TakeLease(
        string name, string group, string owner, LeaseHolder? takeOver)
    {
        var epochs = EpochsOf(name);
        foreach (var epoch in epochs)
            AddGroup(epoch.Id, group, epoch.Start);
        LogPartition[] partitions = [.. epochs.Select(epoch => epoch.Partition)];
        if (FindHolder(epochs[0].Id, group) is { } holder && holder != takeOver)
            return (partitions, holder);
        _statements[
            "UPDATE consumer_groups SET owner = $3, beats = beats + 1 WHERE epoch_id = $1 AND name = $2",
            epochs[0].Id, group, owner].ExecuteNonQuery();
        return (partitions, null);
    }

    /// <summary>A sign of life. False where the lease is another's by now.</summary>
    public bool RenewLease(string name, string group, string owner) =>
        _statements[
            "UPDATE consumer_groups SET beats = beats + 1 WHERE epoch_id = $1 AND name = $2 AND owner = $3",
            EpochsOf(name)[0].Id, group, owner].ExecuteNonQuery() == 1;

    public void ReleaseLease(string name, string group, string owner) =>
        _statements[
            "UPDATE consumer_groups SET owner = NULL WHERE epoch_id = $1 AND name = $2 AND owner = $3",
            EpochsOf(name)[0].Id, group, owner].ExecuteNonQuery();

    /// <summary>
    /// Forgets up to <paramref name="batchesMax"/> record batches of an epoch that lie whole before the watermark and before every group's
    /// place. Returns true while there may be more.
    /// </summary>
    public bool Trim(string name, Watermark before, int batchesMax) =>
        EpochsOf(name).Aggregate(false, (more, epoch) => Trim(epoch, before[epoch.Partition], batchesMax) || more);

    bool Trim(Epoch epoch, long before, int batchesMax)
    {
        var slowest = _statements["SELECT min(next_offset) FROM consumer_groups WHERE epoch_id = $1", epoch.Id].ExecuteScalar();
        var limit = Math.Min(Math.Min(before, epoch.Next), slowest as long? ?? long.MaxValue);
        var end = _statements[
            """
            SELECT max(first_offset + record_count), count(*) FROM (
                SELECT first_offset, record_count FROM batches
                WHERE epoch_id = $1 AND first_offset < $2 AND first_offset + record_count <= $2 ORDER BY first_offset LIMIT $3)
            """,
            epoch.Id, limit, batchesMax].ExecuteScalar();
        if (end is not long start)
            return false;
        var forgotten = _statements["DELETE FROM batches WHERE epoch_id = $1 AND first_offset < $2", epoch.Id, start].ExecuteNonQuery();
        epoch.Start = start;
        epoch.IsChanged = true;
        return forgotten == batchesMax;
    }

    /// <summary>Keeps why nothing may be appended to the topic's newest epoch, or lets it go.</summary>
    public void Hold(string name, string? why)
    {
        _statements["UPDATE epochs SET held = $2 WHERE id = $1", EpochsOf(name)[^1].Id, (object?)why ?? DBNull.Value].ExecuteNonQuery();
        EpochsOf(name)[^1].Held = why;
    }

    /// <summary>
    /// Closes the topic's epoch and begins another. What <paramref name="taken"/> covers beyond an epoch's end was there and is lost; an
    /// epoch that is not known at all was lost whole.
    /// </summary>
    public LogPartition BeginEpoch(string name, Watermark taken)
    {
        var known = EpochsOf(name);
        // What this transaction has appended before stands in the file first.
        Finish();
        _topics.Remove(name);
        foreach (var (partition, next) in taken.Partitions)
            if (known.Find(epoch => epoch.Partition == partition) is { } epoch)
                _statements[
                    """
                    UPDATE epochs SET lost_from = coalesce(lost_from, next_offset), next_offset = $2 WHERE id = $1 AND next_offset < $2
                    """,
                    epoch.Id, next].ExecuteNonQuery();
            else
                AddEpoch(name, partition.Epoch, lost: next, lastAppendedAt: 0);
        _statements[
            "UPDATE epochs SET closed_at = $2 WHERE topic = $1 AND closed_at IS NULL",
            name, Instant.Now(time).Microseconds].ExecuteNonQuery();
        AddEpoch(name, Guid.NewGuid(), lost: 0, known[^1].LastAppendedAt);

        // So that nothing which a group has yet to read is trimmed before it comes to it.
        var begun = EpochsOf(name)[^1];
        _statements[
            """
            INSERT INTO consumer_groups (epoch_id, name, next_offset, beats)
            SELECT DISTINCT $2, name, 0, 0 FROM consumer_groups WHERE epoch_id IN (SELECT id FROM epochs WHERE topic = $1)
            """,
            name, begun.Id].ExecuteNonQuery();
        return begun.Partition;
    }

    void AddEpoch(string name, Guid epoch, long lost, long lastAppendedAt) =>
        _statements[
            """
            INSERT INTO epochs (topic, epoch, start_offset, lost_from, next_offset, last_appended_at)
            VALUES ($1, $2, 0, iif($3 > 0, 0, NULL), $3, $4)
            """,
            name, epoch.ToString("D", CultureInfo.InvariantCulture), lost, lastAppendedAt].ExecuteNonQuery();

    void AddGroup(long epoch, string group, long start) =>
        _statements[
            "INSERT INTO consumer_groups (epoch_id, name, next_offset, beats) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING",
            epoch, group, start].ExecuteNonQuery();

    LeaseHolder? FindHolder(long epoch, string group)
    {
        using var row = _statements[
            "SELECT owner, beats FROM consumer_groups WHERE epoch_id = $1 AND name = $2 AND owner IS NOT NULL",
            epoch, group].ExecuteReader();
        return row.Read() ? new(row.GetString(0), row.GetInt64(1)) : null;
    }

    /// <summary>The topic's epochs, oldest first; the last one is open. Makes the topic where it is not there.</summary>
    List<Epoch> EpochsOf(string name)
    {
        if (_topics.TryGetValue(name, out var known))
            return known;
        var epochs = Find(name);
        if (epochs.Count == 0)
        {
            // A random epoch: a log that was deleted and made anew never meets the old one's offsets.
            AddEpoch(name, Guid.NewGuid(), lost: 0, lastAppendedAt: 0);
            epochs = Find(name);
        }
        _topics.Add(name, epochs);
        return epochs;
    }

    List<Epoch> Find(string name)
    {
        var epochs = new List<Epoch>(1);
        using var row = _statements[
            "SELECT id, epoch, start_offset, next_offset, last_appended_at, held FROM epochs WHERE topic = $1 ORDER BY id",
            name].ExecuteReader();
        while (row.Read())
            epochs.Add(new()
            {
                Id = row.GetInt64(0),
                Partition = new(Guid.Parse(row.GetString(1)), 0),
                Start = row.GetInt64(2),
                Next = row.GetInt64(3),
                LastAppendedAt = row.GetInt64(4),
                Held = row.IsDBNull(5) ? null : row.GetString(5),
            });
        return epochs;
    }

    public void Dispose() => _statements.Dispose();

    sealed class Epoch
    {
        public required long Id { get; init; }

        public required LogPartition Partition { get; init; }

        public required long Start { get; set; }

        public required long Next { get; set; }

        public required long LastAppendedAt { get; set; }

        /// <summary>Why nothing may be appended, or null.</summary>
        public string? Held { get; set; }

        public bool IsChanged { get; set; }
    }
}
