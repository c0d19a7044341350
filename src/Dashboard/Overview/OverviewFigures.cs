using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Dashboard.Overview;

/// <summary>What the overview shows of one view, taken together.</summary>
/// <param name="At">As of when.</param>
/// <param name="From">Where the first bucket begins; null of nothing.</param>
/// <param name="Buckets">Count and sum by time, without those that have no rows.</param>
/// <param name="All">What the buckets come to.</param>
/// <param name="Bands">By the size of amounts; of many rows a sample.</param>
/// <param name="Sampled">How many amounts the bands and the percentiles were read from.</param>
/// <param name="Newest">The newest transaction there is, whatever the view; null of nothing.</param>
/// <param name="OldestHot">When the oldest came in that no run has settled; null where all are.</param>
public sealed record OverviewFigures(
    Instant At, Instant? From, Instant To, TimeUnit Every, IReadOnlyList<TimeBucket> Buckets, Totals All, TopAnswer Apps,
    TopAnswer Products, IReadOnlyList<AmountBand> Bands, long Sampled, Money? Median, Money? Most, Instant? Newest, Instant? OldestHot)
{
    public bool IsSample => Sampled < All.Count;
}

/// <summary>Amounts from inclusive, to exclusive; null for no bound.</summary>
public sealed record AmountBand(Money From, Money? To, long Count);
