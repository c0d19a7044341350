using System.Data.Common;
using System.Globalization;
using System.Numerics;
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
    /// <summary>Four columns for <see cref="Read"/>. As text, which carries 128 bits through ADO.NET.</summary>
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

    /// <param name="condition">After WHERE; made by <see cref="Within(PositionRange)"/> or of parameters.</param>
    public static Figures Measure(
        DuckDBConnection connection, string table, string condition, CancellationToken cancellation,
        params ReadOnlySpan<DuckDBParameter> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Select} FROM {table} WHERE {condition}";
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        using var interrupt = cancellation.UnsafeRegister(running => ((DuckDBCommand)running!).Cancel(), command);
        try
        {
            using var reader = command.ExecuteReader();
            reader.Read();
            return Read(reader, 0);
        }
        catch (DuckDBException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    /// <summary>Reads the columns of <see cref="Select"/>, which begin at <paramref name="first"/>.</summary>
    public static Figures Read(DbDataReader reader, int first)
    {
        var digest = (BigInteger.Parse(reader.GetString(first + 2), CultureInfo.InvariantCulture) << 64)
            + BigInteger.Parse(reader.GetString(first + 3), CultureInfo.InvariantCulture);
        return new(
            reader.GetInt64(first), MoneySum.Parse(reader.GetString(first + 1)),
            new(UInt128.CreateTruncating(digest)));
    }
}
