using Caudal.Log;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// Streams the rows of a query that selects <see cref="TransactionColumns.Names"/>, and after them <c>batch_date</c> where the table
/// has it. Further columns are left alone.
/// </summary>
static class TransactionReader
{
    /// <summary>The column that follows the others, where there is one.</summary>
    const int BatchDate = 18;

    static readonly DateOnly UnixEpoch = new(1970, 1, 1);

    /// <summary>One list a chunk of up to 2,048 rows, in the query's order. Nothing else may use the connection meanwhile.</summary>
    public static IEnumerable<IReadOnlyList<Transaction>> Read(
        DuckDBConnection connection, string sql, object[] parameters, CancellationToken cancellation)
    {
        using var chunks = new ChunkReader(connection, sql, cancellation, parameters);
        while (chunks.Read())
        {
            var rows = new Transaction[chunks.Rows];
            for (var row = 0; row < rows.Length; row++)
                rows[row] = ReadRow(chunks, row);
            yield return rows;
        }
    }

    static Transaction ReadRow(ChunkReader chunk, int row) => new()
    {
        Id = new(chunk.Uuid(0, row)),
        IdText = chunk.TextOrNull(1, row),
        App = chunk.Text(2, row),
        DebtorId = chunk.Text(3, row),
        Amount = new(chunk.Int64(4, row)),
        Product = chunk.Text(5, row),
        DebtorAccount = chunk.Text(6, row),
        CreditorAccount = chunk.Text(7, row),
        Detail = chunk.Text(8, row),
        Timestamp = new(chunk.Int64(9, row)),
        Extra = chunk.TextOrNull(10, row),
        Position = ReadPosition(chunk, row, first: 11),
        AppendedAt = ReadInstant(chunk, row, column: 14),
        IndexedAt = ReadInstant(chunk, row, column: 15),
        Digest = new(chunk.UInt64(16, row), chunk.UInt64(17, row)),
        BatchDate = chunk.Columns == BatchDate || chunk.IsNull(BatchDate, row) ? null : UnixEpoch.AddDays(chunk.Int32(BatchDate, row)),
    };

    /// <summary>From the columns epoch, partition and offset. Rows taken over from an older table have none.</summary>
    public static Position ReadPosition(ChunkReader chunk, int row, int first) => chunk.IsNull(first, row)
        ? default
        : new(new TransactionId(chunk.Uuid(first, row)).ToGuid(), chunk.Int32(first + 1, row), chunk.Int64(first + 2, row));

    static Instant ReadInstant(ChunkReader chunk, int row, int column) =>
        chunk.IsNull(column, row) ? default : new(chunk.Int64(column, row));
}
