using Caudal.Dashboard.Discover;
using Caudal.Dashboard.Viewing;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Dashboard.Overview;

/// <summary>Asks both stores for what the overview shows of one view.</summary>
static class OverviewReading
{
    /// <summary>How many values are shown by name.</summary>
    public const int TopMax = 6;
    const int SampleMax = 100_000;

    /// <summary>In whole currency units: a reader thinks in these.</summary>
    static readonly long[] BandStarts = [0, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000];

    public static async Task<OverviewFigures> ReadAsync(RunningPipeline pipeline, View view, CancellationToken cancellation)
    {
        var (now, zone) = (Instant.Now(pipeline.Time), pipeline.History.BusinessZone);
        var both = new BothStores(pipeline.Hot, pipeline.History);
        var where = view.Where(now, zone);
        var (every, buckets) = await DiscoverReading.CountByTimeAsync(both, where, view.Reach.Every, zone, cancellation);
        var all = buckets.Aggregate(default(Totals), (sum, bucket) => sum + bucket.Totals);
        var apps = await both.TopAsync(new(where, QueryField.App, TopOrder.Count, TopMax), cancellation);
        var products = await both.TopAsync(new(where, QueryField.Product, TopOrder.Sum, TopMax), cancellation);
        var amounts = await SampleAsync(both, where, all.Count, cancellation);
        var (from, to) = view.Reach.EndsAt(now, zone);
        return new(
            now, from ?? (buckets is [var first, ..] ? first.From : null), to ?? now, every, buckets, all, apps, products, Band(amounts),
            amounts.Length, Percentile(amounts, 50), Percentile(amounts, 99), await FindNewestAsync(both, cancellation),
            await FindOldestHotAsync(pipeline, cancellation));
    }

    static async Task<Money[]> SampleAsync(BothStores both, Query where, long count, CancellationToken cancellation)
    {
        var end = count <= SampleMax ? null : (ulong?)((UInt128.One << 64) * SampleMax / (UInt128)count);
        var amounts = (await both.SampleAmountsAsync(where, end, cancellation)).ToArray();
        Array.Sort(amounts);
        return amounts;
    }

    static AmountBand[] Band(Money[] amounts) =>
    [
        .. BandStarts.Select((start, index) =>
        {
            var from = new Money(start * 100);
            Money? to = index + 1 < BandStarts.Length ? new(BandStarts[index + 1] * 100) : null;
            return new AmountBand(from, to, (to is { } end ? FirstFrom(amounts, end) : amounts.Length) - FirstFrom(amounts, from));
        }),
    ];

    /// <summary>How many lie below.</summary>
    static int FirstFrom(Money[] amounts, Money least)
    {
        var (low, high) = (0, amounts.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = amounts[middle] < least ? (middle + 1, high) : (low, middle);
        }
        return low;
    }

    static Money? Percentile(Money[] amounts, int percent) =>
        amounts.Length == 0 ? null : amounts[Math.Max(0, (amounts.Length * percent + 99) / 100 - 1)];

    static async Task<Instant?> FindNewestAsync(BothStores both, CancellationToken cancellation)
    {
        await foreach (var rows in both.SearchAsync(new() { Limit = 1 }, cancellation))
            foreach (var row in rows)
                return row.Timestamp;
        return null;
    }

    static async Task<Instant?> FindOldestHotAsync(RunningPipeline pipeline, CancellationToken cancellation)
    {
        var oldest = new TransactionSearch { Sort = SortKey.Position, Descending = false, Limit = 1 };
        await foreach (var rows in pipeline.Hot.Queries.SearchAsync(oldest, cancellation))
            foreach (var row in rows)
                return row.AppendedAt;
        return null;
    }
}
