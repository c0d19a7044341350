using Caudal.Hot;
using Caudal.Log;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// Streams the rows and duplicates of a range, ordered by position. It goes through the offsets window by window, so that sorting takes
/// the same memory whatever the range holds; rows lie nearly in that order, so a window touches few blocks.
/// </summary>
sealed class RangeReader(DuckDBConnection connection, string rowsTable, string rowColumns, string duplicatesTable)
{
    const int WindowOffsets = 128 * 1024;

    /// <summary>Within the transaction that is open on the connection, if the whole is to be one snapshot.</summary>
    public IEnumerable<IndexedBatch> Read(PositionRange range, CancellationToken cancellation)
    {
        foreach (var (partition, from, to) in range.Stretches)
        {
            var next = FindNext(partition, from, to);
            while (next < to)
            {
                var end = to - next > WindowOffsets ? next + WindowOffsets : to;
                var any = false;
                foreach (var batch in ReadWindow(FigureSql.Within(partition, next, end), cancellation))
                {
                    any = true;
                    yield return batch;
                }
                // Offsets may have gaps of any size: a window that is empty is followed by one that is not.
                next = any ? end : FindNext(partition, end, to);
            }
        }
    }

    IEnumerable<IndexedBatch> ReadWindow(string window, CancellationToken cancellation)
    {
        var duplicates = new Queue<Duplicate>(DuplicateColumns.Read(
            connection, $"SELECT {DuplicateColumns.Names} FROM {duplicatesTable} WHERE {window} ORDER BY \"offset\"", cancellation));
        var rows = TransactionReader.Read(
            connection, $"SELECT {rowColumns} FROM {rowsTable} WHERE {window} ORDER BY \"offset\"", [], cancellation);
        foreach (var chunk in rows)
            yield return new(chunk, TakeUpTo(chunk[^1].Position, duplicates));
        if (duplicates.Count > 0)
            yield return new([], [.. duplicates]);
    }

    static List<Duplicate> TakeUpTo(Position position, Queue<Duplicate> duplicates)
    {
        var taken = new List<Duplicate>();
        while (duplicates.TryPeek(out var duplicate) && duplicate.Position < position)
            taken.Add(duplicates.Dequeue());
        return taken;
    }

    /// <summary>The first offset that a row or a duplicate has, or <paramref name="to"/> where none is left.</summary>
    long FindNext(LogPartition partition, long from, long to)
    {
        var within = FigureSql.Within(partition, from, to);
        using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            SELECT coalesce(min("offset"), {to}) FROM (
              SELECT min("offset") AS "offset" FROM {rowsTable} WHERE {within}
              UNION ALL SELECT min("offset") FROM {duplicatesTable} WHERE {within})
            """;
        return (long)command.ExecuteScalar()!;
    }
}
