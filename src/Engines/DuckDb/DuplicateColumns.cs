using Caudal.Hot;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>The columns in which DuckDB keeps a duplicate, in one order everywhere. A table's own columns come after them.</summary>
static class DuplicateColumns
{
    public const int Count = 7;

    /// <summary>For CREATE TABLE, without parentheses.</summary>
    public const string Ddl =
        $"""
        epoch UUID NOT NULL, partition INTEGER NOT NULL, "offset" BIGINT NOT NULL, {Wire.Id} UUID NOT NULL,
        {Wire.Amount} DECIMAL(18,2) NOT NULL, digest_high UBIGINT NOT NULL, digest_low UBIGINT NOT NULL
        """;

    /// <summary>For SELECT and INSERT. A transaction's columns have the same names.</summary>
    public const string Names = $"epoch, partition, \"offset\", {Wire.Id}, {Wire.Amount}, digest_high, digest_low";

    /// <summary>Sets one row's columns, the first of them at <paramref name="first"/>.</summary>
    public static void Write(ChunkAppender rows, int first, Duplicate duplicate)
    {
        rows.SetUuid(first, TransactionId.Of(duplicate.Position.Epoch).Value);
        rows.Set(first + 1, duplicate.Position.Partition);
        rows.Set(first + 2, duplicate.Position.Offset);
        rows.SetUuid(first + 3, duplicate.Id.Value);
        rows.Set(first + 4, duplicate.Amount.Cents);
        rows.Set(first + 5, duplicate.Digest.High);
        rows.Set(first + 6, duplicate.Digest.Low);
    }

    public static Duplicate Read(ChunkReader chunk, int row, int first) => new(
        TransactionReader.ReadPosition(chunk, row, first), new(chunk.Uuid(first + 3, row)), new(chunk.Int64(first + 4, row)),
        new(chunk.UInt64(first + 5, row), chunk.UInt64(first + 6, row)));

    /// <summary>All that the query selects, which begins with <see cref="Names"/>.</summary>
    public static IEnumerable<Duplicate> Read(DuckDBConnection connection, string sql, CancellationToken cancellation)
    {
        using var chunks = new ChunkReader(connection, sql, cancellation);
        while (chunks.Read())
            for (var row = 0; row < chunks.Rows; row++)
                yield return Read(chunks, row, first: 0);
    }
}
