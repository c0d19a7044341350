using Caudal.Dashboard.Viewing;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Dashboard.Discover;

/// <summary>What a search found: figures and a histogram of all, and its first rows.</summary>
public sealed record Found(
    Totals All, Instant? From, Instant To, TimeUnit Every, IReadOnlyList<TimeBucket> Buckets, IReadOnlyList<Transaction> Rows,
    TimeSpan Took);

/// <summary>Asks the stores for what the page shows.</summary>
static class DiscoverReading
{
    public const int PageRows = 100;
    const int BucketsMax = 2_000;

    public static async Task<Found> FindAsync(
        RunningPipeline pipeline, View view, SortKey sort, bool descending, CancellationToken cancellation)
    {
        var (begun, now, zone) = (pipeline.Time.GetTimestamp(), Instant.Now(pipeline.Time), pipeline.History.BusinessZone);
        var (queries, where) = (view.In(pipeline), view.Where(now, zone));
        var rows = await ReadAsync(queries, new() { Where = where, Sort = sort, Descending = descending, Limit = PageRows }, cancellation);
        var (every, buckets) = await CountByTimeAsync(queries, where, view.Reach.Every, zone, cancellation);
        var all = buckets.Aggregate(default(Totals), (sum, bucket) => sum + bucket.Totals);
        var (from, to) = view.Reach.EndsAt(now, zone);
        return new(
            all, from ?? (buckets is [var first, ..] ? first.From : null), to ?? now, every, buckets, rows,
            pipeline.Time.GetElapsedTime(begun));
    }

    public static Task<IReadOnlyList<Transaction>> MoreAsync(
        RunningPipeline pipeline, View view, SortKey sort, bool descending, Transaction last, CancellationToken cancellation)
    {
        var search = new TransactionSearch
        {
            Where = view.Where(Instant.Now(pipeline.Time), pipeline.History.BusinessZone), Sort = sort, Descending = descending,
            Limit = PageRows,
        };
        return ReadAsync(view.In(pipeline), search with { After = SearchCursor.After(search, last) }, cancellation);
    }

    /// <summary>What came in last, whenever it happened.</summary>
    public static Task<IReadOnlyList<Transaction>> TailAsync(RunningPipeline pipeline, View view, CancellationToken cancellation) =>
        ReadAsync(
            new BothStores(pipeline.Hot, pipeline.History),
            new() { Where = view.Asked(pipeline.History.BusinessZone), Sort = SortKey.Position, Limit = PageRows }, cancellation);

    static async Task<IReadOnlyList<Transaction>> ReadAsync(
        TransactionQueries queries, TransactionSearch search, CancellationToken cancellation)
    {
        var rows = new List<Transaction>(search.Limit);
        await foreach (var batch in queries.SearchAsync(search, cancellation))
            rows.AddRange(batch);
        return rows;
    }

    /// <summary>Where there are too many buckets, in longer ones.</summary>
    public static async Task<(TimeUnit Every, IReadOnlyList<TimeBucket> Buckets)> CountByTimeAsync(
        TransactionQueries queries, Query where, TimeUnit every, TimeZoneInfo zone, CancellationToken cancellation)
    {
        try
        {
            return (every, await queries.CountByTimeAsync(new(where, every, zone, BucketsMax), cancellation));
        }
        catch (AnswerTooLargeException) when (every != TimeUnit.Month)
        {
            return await CountByTimeAsync(queries, where, every + 1, zone, cancellation);
        }
    }
}
