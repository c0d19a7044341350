using System.Globalization;
using System.Numerics;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// Count, Σ and digest of a table's rows, added up inside DuckDB: exact, since it adds decimals and the digests' halves in 128 bits. For
/// any table that has <c>valor</c>, <c>digest_high</c>, <c>digest_low</c> and a position's columns.
/// </summary>
static class FigureSql
{
    /// <summary>Four columns for <see cref="Read"/>. As text, which carries 128 bits whatever the sign.</summary>
    public const string Select =
        $"""
        count(*), coalesce(sum({Wire.Amount}), 0)::DECIMAL(38,2)::VARCHAR,
        coalesce(sum(digest_high), 0)::VARCHAR, coalesce(sum(digest_low), 0)::VARCHAR
        """;

    /// <summary>The condition that names a range's rows. Made of numbers and UUIDs only: nothing in it is anybody's text.</summary>
    public static string Within(PositionRange range)
    {
        var stretches = range.Stretches.Select(stretch => Within(stretch.Partition, stretch.From, stretch.To));
        return string.Join(" OR ", stretches.DefaultIfEmpty("false"));
    }

    public static string Within(LogPartition partition, long from, long to) => string.Create(
        CultureInfo.InvariantCulture,
        $"(epoch = '{partition.Epoch:D}'::UUID AND partition = {partition.Number} AND \"offset\" >= {from} AND \"offset\" < {to})");

    /// <summary>Of a table of rows and one of duplicates, under the same condition.</summary>
    public static RangeFigures Measure(
        DuckDBConnection connection, string rowsTable, string duplicatesTable, string condition, CancellationToken cancellation) =>
        new(Measure(connection, rowsTable, condition, cancellation), Measure(connection, duplicatesTable, condition, cancellation));

    /// <param name="condition">After WHERE; made by <see cref="Within(PositionRange)"/> or of parameters.</param>
    /// <param name="parameters">As <see cref="ChunkReader"/> takes them.</param>
    public static Figures Measure(
        DuckDBConnection connection, string table, string condition, CancellationToken cancellation, params ReadOnlySpan<object> parameters)
    {
        using var chunk = new ChunkReader(connection, $"SELECT {Select} FROM {table} WHERE {condition}", cancellation, parameters);
        chunk.Read();
        return Read(chunk, row: 0, first: 0);
    }

    /// <summary>Reads the columns of <see cref="Select"/>, which begin at <paramref name="first"/>.</summary>
    public static Figures Read(ChunkReader chunk, int row, int first)
    {
        var digest = (Parse(first + 2) << 64) + Parse(first + 3);
        return new(chunk.Int64(first, row), MoneySum.Parse(chunk.Text(first + 1, row).ToString()), new(UInt128.CreateTruncating(digest)));

        BigInteger Parse(int column) => BigInteger.Parse(chunk.Text(column, row).ToString(), CultureInfo.InvariantCulture);
    }
}
