using Caudal.Hot;
using Caudal.Log;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// The one connection that ingest writes through, with its appenders: kept, since making them anew for each small batch costs more
/// than the batch. After a fault it is disposed and another is made, which reads from the file what was committed.
/// </summary>
sealed class HotWriter : IDisposable
{
    const string Suspects = "suspects";

    readonly DuckDBConnection _connection;
    readonly TransactionAppender _rows;
    readonly ChunkAppender _duplicates;
    readonly ChunkAppender _suspects;

    HotWriter(DuckDBConnection connection, HotState state)
    {
        _connection = connection;
        State = state;
        connection.Execute($"CREATE TEMP TABLE {Suspects} (id UUID)");
        _rows = new(connection, HotSchema.Rows);
        _duplicates = new(connection, HotSchema.Duplicates);
        _suspects = new(connection, Suspects);
    }

    public static HotWriter Make(DuckDbFile file, Watermark startAt)
    {
        var connection = file.Connect();
        try
        {
            return new(connection, HotSchema.ReadOrBegin(connection, startAt));
        }
        catch
        {
            // One connection left open would keep a file that must be opened anew from being closed.
            connection.Dispose();
            throw;
        }
    }

    /// <summary>As it was committed when this writer was made.</summary>
    public HotState State { get; }

    /// <summary>The ids of all rows, in a filter that has room for more.</summary>
    public IdFilter ReadIds(int more)
    {
        using var count = new ChunkReader(_connection, $"SELECT count(*) FROM {HotSchema.Rows}", CancellationToken.None);
        count.Read();
        var filter = new IdFilter(count.Int64(0, 0) + more);
        using var ids = new ChunkReader(_connection, $"SELECT {Wire.Id} FROM {HotSchema.Rows}", CancellationToken.None);
        while (ids.Read())
            for (var row = 0; row < ids.Rows; row++)
                filter.Add(new(ids.Uuid(0, row)));
        return filter;
    }

    /// <summary>The digests of those rows whose id is among these: one pass over the id column, however many they are.</summary>
    public Dictionary<TransactionId, Digest> FindDigests(IReadOnlyCollection<TransactionId> ids)
    {
        foreach (var id in ids)
        {
            _suspects.SetUuid(0, id.Value);
            _suspects.EndRow();
        }
        _suspects.Flush();
        var digests = new Dictionary<TransactionId, Digest>();
        using (var chunk = new ChunkReader(
            _connection,
            $"SELECT {Wire.Id}, digest_high, digest_low FROM {HotSchema.Rows} WHERE {Wire.Id} IN (SELECT id FROM {Suspects})",
            CancellationToken.None))
            while (chunk.Read())
                for (var row = 0; row < chunk.Rows; row++)
                    digests[new(chunk.Uuid(0, row))] = new(chunk.UInt64(1, row), chunk.UInt64(2, row));
        _connection.Execute($"DELETE FROM {Suspects}");
        return digests;
    }

    /// <summary>Makes rows, duplicates and state durable and visible together.</summary>
    public void Commit(HotIntake intake, HotState state, Instant now)
    {
        using var transaction = _connection.BeginTransaction();
        _rows.Append(intake.Rows, indexedAt: now);
        foreach (var duplicate in intake.Duplicates)
        {
            DuplicateColumns.Write(_duplicates, 0, Duplicate.Of(duplicate));
            _duplicates.Set(DuplicateColumns.Count, duplicate.AppendedAt.Microseconds);
            _duplicates.EndRow();
        }
        _duplicates.Flush();
        HotSchema.Update(_connection, state);
        transaction.Commit();
    }

    public RangeFigures SumRemoved() => HotSchema.SumRemoved(_connection);

    /// <summary>Moves what was committed from the write-ahead log into the file, which also frees what was deleted.</summary>
    public void Checkpoint() => _connection.Execute("CHECKPOINT");

    public void Dispose()
    {
        _suspects.Dispose();
        _duplicates.Dispose();
        _rows.Dispose();
        _connection.Dispose();
    }
}
