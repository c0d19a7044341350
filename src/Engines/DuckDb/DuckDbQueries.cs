using System.Globalization;
using System.Runtime.CompilerServices;
using Caudal.Querying;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// What both stores' files answer. Each question takes a connection and one transaction of its own, on a pool thread, and cancelling
/// interrupts it inside DuckDB.
/// </summary>
/// <param name="table">One that begins with <see cref="TransactionColumns"/>.</param>
/// <param name="rowColumns">What <see cref="TransactionReader"/> reads of it.</param>
/// <param name="hasRuns">True for history.</param>
/// <param name="connect">A connection for one use.</param>
/// <param name="failed">Told of every fault, before it is thrown.</param>
sealed class DuckDbQueries(string table, string rowColumns, bool hasRuns, Func<DuckDBConnection> connect, Action<Exception> failed)
    : TransactionQueries
{
    /// <summary>A multiple of every step, in microseconds, that makes all local times positive: DuckDB divides towards zero.</summary>
    const long Century = 36_525L * 86_400_000_000;

    public override async IAsyncEnumerable<IReadOnlyList<Transaction>> SearchAsync(
        TransactionSearch search, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var connection = connect();
        using var snapshot = connection.BeginTransaction();
        using var batches = ListingSql.Search(connection, table, rowColumns, hasRuns, search, cancellation).GetEnumerator();
        while (await Task.Run(batches.MoveNext, cancellation))
            yield return batches.Current;
    }

    public override ValueTask<Totals> CountAsync(Query where, CancellationToken cancellation) => AskAsync(
        connection =>
        {
            var sql = new QuerySql(hasRuns);
            var condition = sql.Condition(where);
            using var chunk = new ChunkReader(
                connection, $"SELECT {TotalColumns} FROM {table} WHERE {condition}", cancellation, sql.Parameters);
            chunk.Read();
            return ReadTotals(chunk, row: 0, first: 0);
        }, cancellation);

    public override ValueTask<IReadOnlyList<TimeBucket>> CountByTimeAsync(TimeHistogram histogram, CancellationToken cancellation) =>
        AskAsync(
            connection =>
            {
                if (FindSpan(connection, cancellation) is not { } span)
                    return [];
                var (first, last) = Query.TimeBounds(histogram.Where, span);
                var buckets = new ZonedBuckets(histogram, first, last);
                return buckets.Gather(ReadSteps(connection, histogram, buckets, cancellation), histogram.BucketsMax);
            }, cancellation);

    public override ValueTask<IReadOnlyList<ValueTotals>> CountByValueAsync(TopValues top, CancellationToken cancellation) => AskAsync(
        connection =>
        {
            var sql = new QuerySql(hasRuns);
            var (column, condition) = ($"\"{top.Field.Name}\"", sql.Condition(top.Where));
            using var chunks = new ChunkReader(
                connection,
                $"""
                SELECT {TotalColumns}, {column} AS named FROM {table} WHERE {condition} AND {column} IS NOT NULL GROUP BY named
                ORDER BY {(top.By == TopOrder.Count ? "n" : "total")} DESC, named LIMIT {sql.Parameter((long)top.Limit)}
                """, cancellation, sql.Parameters);
            var values = new List<ValueTotals>();
            while (chunks.Read())
                for (var row = 0; row < chunks.Rows; row++)
                    values.Add(new(chunks.Text(2, row).ToString(), ReadTotals(chunks, row, first: 0)));
            return (IReadOnlyList<ValueTotals>)values;
        }, cancellation);

    public override ValueTask<IReadOnlyList<Money>> SampleAmountsAsync(
        Query where, ulong? digestHighEnd, CancellationToken cancellation) => AskAsync(
        connection =>
        {
            var sql = new QuerySql(hasRuns);
            var condition = sql.Condition(where);
            if (digestHighEnd is { } end)
                condition += $" AND digest_high < {sql.Parameter(end.ToString(CultureInfo.InvariantCulture))}::UBIGINT";
            using var chunks = new ChunkReader(
                connection, $"SELECT {Wire.Amount} FROM {table} WHERE {condition}", cancellation, sql.Parameters);
            var amounts = new List<Money>();
            while (chunks.Read())
                for (var row = 0; row < chunks.Rows; row++)
                    amounts.Add(new(chunks.Int64(0, row)));
            return (IReadOnlyList<Money>)amounts;
        }, cancellation);

    const string TotalColumns = $"count(*) AS n, coalesce(sum({Wire.Amount}), 0)::DECIMAL(38,2) AS total";

    static Totals ReadTotals(ChunkReader chunk, int row, int first) => new(chunk.Int64(first, row), new(chunk.Int128(first + 1, row)));

    /// <summary>The table's first and last moment, which DuckDB mostly knows without looking at rows; null where it is empty.</summary>
    (Instant First, Instant Last)? FindSpan(DuckDBConnection connection, CancellationToken cancellation)
    {
        using var chunk = new ChunkReader(
            connection, $"SELECT min(\"{Wire.Timestamp}\"), max(\"{Wire.Timestamp}\") FROM {table}", cancellation);
        return chunk.Read() && !chunk.IsNull(0, 0) ? (new(chunk.Int64(0, 0)), new(chunk.Int64(1, 0))) : null;
    }

    IEnumerable<(long Step, int Period, Totals Totals)> ReadSteps(
        DuckDBConnection connection, TimeHistogram histogram, ZonedBuckets buckets, CancellationToken cancellation)
    {
        var sql = new QuerySql(hasRuns);
        var condition = sql.Condition(histogram.Where);
        var length = Microseconds(buckets.Step);
        var offset = OfPeriod(buckets.Periods, (period, _) => Microseconds(period.Offset) + Century);
        using var chunks = new ChunkReader(
            connection,
            $"""
            SELECT (epoch_us("{Wire.Timestamp}") + {offset}) // {Number(length)} AS step,
              {OfPeriod(buckets.Periods, (_, index) => index)}::BIGINT AS period, {TotalColumns}
            FROM {table} WHERE {condition} GROUP BY step, period
            """, cancellation, sql.Parameters);
        while (chunks.Read())
            for (var row = 0; row < chunks.Rows; row++)
                yield return (chunks.Int64(0, row) - Century / length, (int)chunks.Int64(1, row), ReadTotals(chunks, row, first: 2));
    }

    /// <summary>A number that depends on the period in which a row's time lies.</summary>
    static string OfPeriod(IReadOnlyList<ZonedBuckets.Period> periods, Func<ZonedBuckets.Period, int, long> number)
    {
        var last = Number(number(periods[^1], periods.Count - 1));
        var cases = periods.SkipLast(1).Select((period, index) =>
            $"WHEN \"{Wire.Timestamp}\" < make_timestamp({Number(period.To!.Value.Microseconds)}) THEN {Number(number(period, index))}");
        return periods.Count == 1 ? last : $"(CASE {string.Join(' ', cases)} ELSE {last} END)";
    }

    static long Microseconds(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;

    static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    async ValueTask<T> AskAsync<T>(Func<DuckDBConnection, T> question, CancellationToken cancellation)
    {
        try
        {
            return await Task.Run(
                () =>
                {
                    using var connection = connect();
                    using var snapshot = connection.BeginTransaction();
                    return question(connection);
                }, cancellation);
        }
        catch (Exception fault)
        {
            failed(fault);
            throw;
        }
    }
}
