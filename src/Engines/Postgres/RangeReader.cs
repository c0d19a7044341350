using System.Globalization;
using System.Runtime.CompilerServices;
using Caudal.Hot;
using Caudal.Log;
using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>
/// Streams the rows and duplicates of a range, ordered by position. It goes through the offsets window by window, so that sorting takes
/// the same memory whatever the range holds; rows lie nearly in that order, so a window touches few blocks. Within the open transaction.
/// </summary>
sealed class RangeReader(NpgsqlConnection connection)
{
    const int WindowOffsets = 128 * 1024;

    public async IAsyncEnumerable<IndexedBatch> ReadAsync(
        PositionRange range, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await connection.GoByIndexAsync(cancellation);
        foreach (var (partition, from, to) in range.Stretches)
            for (var next = from; next < to;)
            {
                var end = to - next > WindowOffsets ? next + WindowOffsets : to;
                var any = false;
                await foreach (var batch in ReadWindowAsync(FigureSql.Within(partition, next, end), cancellation))
                {
                    any = true;
                    yield return batch;
                }
                // Offsets may have gaps of any size: a window that is empty is followed by one that is not.
                next = any ? end : await FindNextAsync(partition, end, to, cancellation);
            }
    }

    async IAsyncEnumerable<IndexedBatch> ReadWindowAsync(string window, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var duplicates = await ReadDuplicatesAsync(window, cancellation);
        await using var command = connection.Command(
            $"SELECT {TransactionReader.Columns} FROM {HistorySchema.Rows} WHERE {window} ORDER BY \"offset\"");
        await foreach (var rows in TransactionReader.ReadAsync(command, cancellation))
            yield return new(rows, TakeUpTo(rows[^1].Position, duplicates));
        if (duplicates.Count > 0)
            yield return new([], [.. duplicates]);
    }

    async ValueTask<Queue<Duplicate>> ReadDuplicatesAsync(string window, CancellationToken cancellation)
    {
        var duplicates = new Queue<Duplicate>();
        await using var command = connection.Command(
            $"SELECT {DuplicateColumns.Names} FROM {HistorySchema.Duplicates} WHERE {window} ORDER BY \"offset\"");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            duplicates.Enqueue(TransactionReader.ReadDuplicate(reader, first: 0));
        return duplicates;
    }

    static List<Duplicate> TakeUpTo(Position position, Queue<Duplicate> duplicates)
    {
        var taken = new List<Duplicate>();
        while (duplicates.TryPeek(out var duplicate) && duplicate.Position < position)
            taken.Add(duplicates.Dequeue());
        return taken;
    }

    /// <summary>The first offset that a row or a duplicate has, or <paramref name="to"/> where none is left.</summary>
    async ValueTask<long> FindNextAsync(LogPartition partition, long from, long to, CancellationToken cancellation)
    {
        var within = FigureSql.Within(partition, from, to);
        return await connection.ScalarAsync<long>(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                SELECT coalesce(min("offset"), {to}) FROM (
                  SELECT min("offset") AS "offset" FROM {HistorySchema.Rows} WHERE {within}
                  UNION ALL SELECT min("offset") FROM {HistorySchema.Duplicates} WHERE {within}) AS both_tables
                """), cancellation);
    }
}
