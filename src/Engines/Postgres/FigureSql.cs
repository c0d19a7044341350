using System.Globalization;
using System.Numerics;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;
using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>
/// Count, Σ and digest of a table's rows, added up inside PostgreSQL: exact, since it adds amounts as decimals and the digests' halves
/// as numbers without bound. For any table that has <c>valor</c>, <c>digest_high</c>, <c>digest_low</c> and a position's columns.
/// </summary>
static class FigureSql
{
    /// <summary>Signed halves add up too: each lower one below zero stands for 2^64 more.</summary>
    const string Select =
        $"""
        SELECT count(*), coalesce(sum({Wire.Amount}), 0)::numeric(38,2)::text,
          coalesce(sum(digest_high), 0)::text, coalesce(sum(digest_low), 0)::text, count(*) FILTER (WHERE digest_low < 0)
        """;

    /// <summary>The condition that names a range's rows. Made of numbers and UUIDs only: nothing in it is anybody's text.</summary>
    public static string Within(PositionRange range)
    {
        var stretches = range.Stretches.Select(stretch => Within(stretch.Partition, stretch.From, stretch.To));
        return $"({string.Join(" OR ", stretches.DefaultIfEmpty("false"))})";
    }

    public static string Within(LogPartition partition, long from, long to) => string.Create(
        CultureInfo.InvariantCulture,
        $"(epoch = '{partition.Epoch:D}' AND partition = {partition.Number} AND \"offset\" >= {from} AND \"offset\" < {to})");

    /// <param name="condition">After WHERE.</param>
    public static async ValueTask<Figures> MeasureAsync(
        NpgsqlConnection connection, string table, string condition, CancellationToken cancellation)
    {
        await using var command = connection.Command($"{Select} FROM {table} WHERE {condition}");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var low = Number(3) + (new BigInteger(reader.GetInt64(4)) << 64);
        return new(
            reader.GetInt64(0), MoneySum.Parse(reader.GetString(1)), new(UInt128.CreateTruncating((Number(2) << 64) + low)));

        BigInteger Number(int column) => BigInteger.Parse(reader.GetString(column), CultureInfo.InvariantCulture);
    }
}
