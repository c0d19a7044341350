using System.Globalization;
using System.Runtime.CompilerServices;
using Caudal.Querying;
using Caudal.Transactions;
using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>
/// What history answers. Each question takes a connection and one moment of its own; cancelling ends it on the server too.
/// </summary>
sealed class PostgresQueries(PostgresDatabase database) : TransactionQueries
{
    const string TotalColumns = $"count(*) AS n, coalesce(sum({Wire.Amount}), 0)::numeric(38,2) AS total";

    /// <summary>A multiple of every step, in seconds, that makes all local times positive: PostgreSQL divides towards zero.</summary>
    const long Century = 36_525L * 86_400;

    /// <summary>Before and after every transaction.</summary>
    static readonly (Instant First, Instant Last) AllTime = (new(0), new(9_214_646_400_000_000));

    public override async IAsyncEnumerable<IReadOnlyList<Transaction>> SearchAsync(
        TransactionSearch search, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation);
        var sql = new QuerySql();
        var select = ListingSql.Select(search, sql);
        await using var command = connection.Command(select, sql.Parameters);
        await foreach (var rows in TransactionReader.ReadAsync(command, cancellation))
            yield return rows;
    }

    public override async ValueTask<Totals> CountAsync(Query where, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation);
        var sql = new QuerySql();
        var select = $"SELECT {TotalColumns} FROM {HistorySchema.Rows} WHERE {sql.Condition(where)}";
        return (await ReadAsync(connection, select, sql, row => ReadTotals(row, first: 0), cancellation)).Single();
    }

    public override async ValueTask<IReadOnlyList<TimeBucket>> CountByTimeAsync(TimeHistogram histogram, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation);
        await using var snapshot = await connection.BeginSnapshotAsync(cancellation);
        if (await FindSpanAsync(connection, histogram.Where, cancellation) is not { } span)
            return [];
        var buckets = new ZonedBuckets(histogram, span.First, span.Last);
        return buckets.Gather(await ReadStepsAsync(connection, histogram, buckets, cancellation), histogram.BucketsMax);
    }

    public override async ValueTask<IReadOnlyList<ValueTotals>> CountByValueAsync(TopValues top, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation);
        var sql = new QuerySql();
        var (column, condition) = ($"\"{top.Field.Name}\"", sql.Condition(top.Where));
        var select =
            $"""
            SELECT {TotalColumns}, {column} AS named FROM {HistorySchema.Rows} WHERE {condition} AND {column} IS NOT NULL GROUP BY named
            ORDER BY {(top.By == TopOrder.Count ? "n" : "total")} DESC, named LIMIT {sql.Parameter((long)top.Limit)}
            """;
        return await ReadAsync(
            connection, select, sql, row => new ValueTotals(row.GetString(2), ReadTotals(row, first: 0)), cancellation);
    }

    public override async ValueTask<IReadOnlyList<Money>> SampleAmountsAsync(
        Query where, ulong? digestHighEnd, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation);
        var sql = new QuerySql();
        var condition = sql.Condition(where);
        if (digestHighEnd is { } end)
            condition += $" AND {Below(end, sql)}";
        return await ReadAsync(
            connection, $"SELECT {Wire.Amount} FROM {HistorySchema.Rows} WHERE {condition}", sql,
            row => TransactionReader.ReadMoney(row, 0), cancellation);
    }

    /// <summary>The upper half is kept as the signed number with the same bits: from 2^63 on it counts up from below zero.</summary>
    static string Below(ulong digestHighEnd, QuerySql sql)
    {
        var end = sql.Parameter((long)digestHighEnd);
        return (long)digestHighEnd >= 0 ? $"digest_high >= 0 AND digest_high < {end}" : $"(digest_high >= 0 OR digest_high < {end})";
    }

    /// <summary>The first and last moment at which there can be rows of the query; null where there are none at all.</summary>
    static async ValueTask<(Instant First, Instant Last)?> FindSpanAsync(
        NpgsqlConnection connection, Query where, CancellationToken cancellation)
    {
        var bounds = Query.TimeBounds(where, AllTime);
        if (bounds.First != AllTime.First && bounds.Last != AllTime.Last)
            return bounds;
        var spans = await ReadAsync(
            connection, $"SELECT min(\"{Wire.Timestamp}\"), max(\"{Wire.Timestamp}\") FROM {HistorySchema.Rows}", new(),
            row => row.IsDBNull(0) ? null : ((Instant, Instant)?)(PostgresTime.Read(row, 0), PostgresTime.Read(row, 1)), cancellation);
        return spans[0] is { } span ? Query.TimeBounds(where, span) : null;
    }

    static async ValueTask<IReadOnlyList<(long Step, int Period, Totals Totals)>> ReadStepsAsync(
        NpgsqlConnection connection, TimeHistogram histogram, ZonedBuckets buckets, CancellationToken cancellation)
    {
        var sql = new QuerySql();
        var condition = sql.Condition(histogram.Where);
        var length = Seconds(buckets.Step);
        var offset = OfPeriod(buckets.Periods, sql, (period, _) => Seconds(period.Offset) + Century);
        // Whole seconds, which decide the bucket, are exact even where an older server counts them in floating point.
        var select =
            $"""
            SELECT (extract(epoch FROM date_trunc('second', "{Wire.Timestamp}"))::bigint + {offset}) / {Number(length)} AS step,
              {OfPeriod(buckets.Periods, sql, (_, index) => index)}::bigint AS period, {TotalColumns}
            FROM {HistorySchema.Rows} WHERE {condition} GROUP BY step, period
            """;
        return await ReadAsync(
            connection, select, sql,
            row => (row.GetInt64(0) - Century / length, (int)row.GetInt64(1), ReadTotals(row, first: 2)), cancellation);
    }

    /// <summary>A number that depends on the period in which a row's time lies.</summary>
    static string OfPeriod(
        IReadOnlyList<ZonedBuckets.Period> periods, QuerySql sql, Func<ZonedBuckets.Period, int, long> number)
    {
        var last = Number(number(periods[^1], periods.Count - 1));
        var cases = periods.SkipLast(1).Select((period, index) =>
            $"WHEN \"{Wire.Timestamp}\" < {sql.Parameter(period.To!.Value)} THEN {Number(number(period, index))}");
        return periods.Count == 1 ? last : $"(CASE {string.Join(' ', cases)} ELSE {last} END)";
    }

    static Totals ReadTotals(NpgsqlDataReader row, int first) =>
        new(row.GetInt64(first), new((Int128)(row.GetDecimal(first + 1) * 100)));

    static long Seconds(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerSecond;

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    static async ValueTask<List<T>> ReadAsync<T>(
        NpgsqlConnection connection, string select, QuerySql sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        await using var command = connection.Command(select, sql.Parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(read(reader));
        return rows;
    }
}
