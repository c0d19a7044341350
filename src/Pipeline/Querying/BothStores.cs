using System.Runtime.CompilerServices;
using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Querying;

/// <summary>
/// Hot and history seen as one. A transaction that a run has settled and not yet purged stands in both: of hot only what lies beyond the
/// last settled run counts, so each shows once. No transaction spans the two files, so hot is always asked first (what leaves it
/// meanwhile was in history before it left), and figures are asked anew when a run was settled in between.
/// </summary>
public sealed class BothStores(IHotStore hot, IHistoryStore history) : TransactionQueries
{
    /// <summary>Beyond the limit so many more values are asked of each store at first: mostly enough to be sure of the top.</summary>
    const int TopMargin = 100;

    public override async IAsyncEnumerable<IReadOnlyList<Transaction>> SearchAsync(
        TransactionSearch search, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var order = new SearchOrder(search);
        var unsettled = search with { Where = Unsettled(search.Where, await history.Journal.FindSettledAsync(cancellation)) };
        await using var recent = Rows(hot.Queries.SearchAsync(unsettled, cancellation)).GetAsyncEnumerator(cancellation);
        var more = await recent.MoveNextAsync();
        await using var settled = Rows(history.Queries.SearchAsync(search, cancellation)).GetAsyncEnumerator(cancellation);
        var moreSettled = await settled.MoveNextAsync();
        for (var left = search.Limit; left > 0 && (more || moreSettled); left--)
        {
            // Equal is the same row, which a run has settled just now.
            var first = !more ? 1 : !moreSettled ? -1 : order.Compare(recent.Current, settled.Current);
            yield return [first < 0 ? recent.Current : settled.Current];
            if (first <= 0)
                more = await recent.MoveNextAsync();
            if (first >= 0)
                moreSettled = await settled.MoveNextAsync();
        }
    }

    public override async ValueTask<Totals> CountAsync(Query where, CancellationToken cancellation)
    {
        var (recent, settled) = await AskAsync(where, (store, part) => store.CountAsync(part, cancellation), cancellation);
        return recent + settled;
    }

    public override async ValueTask<IReadOnlyList<TimeBucket>> CountByTimeAsync(TimeHistogram histogram, CancellationToken cancellation)
    {
        var (recent, settled) = await AskAsync(
            histogram.Where, (store, part) => store.CountByTimeAsync(histogram with { Where = part }, cancellation), cancellation);
        var buckets = recent.Concat(settled).GroupBy(bucket => bucket.From).OrderBy(same => same.Key)
            .Select(same => same.Aggregate((left, right) => left with { Totals = left.Totals + right.Totals })).ToArray();
        return buckets.Length <= histogram.BucketsMax ? buckets : throw ZonedBuckets.TooMany(histogram.BucketsMax);
    }

    /// <summary>
    /// Exact although neither store gives all its values: what neither named has at most what the last of each has, together. Where that
    /// could still be among the first, more is asked for.
    /// </summary>
    public override async ValueTask<IReadOnlyList<ValueTotals>> CountByValueAsync(TopValues top, CancellationToken cancellation)
    {
        for (var limit = (long)top.Limit + TopMargin; ; limit *= 4)
        {
            var wide = top with { Limit = (int)Math.Min(limit, int.MaxValue) };
            var (recent, settled) = await AskAsync(
                top.Where, (store, part) => store.CountByValueAsync(wide with { Where = part }, cancellation), cancellation);
            var unseen = Least(recent, wide.Limit) + Least(settled, wide.Limit);
            var values = await MergeAsync(top, recent, settled, unseen == default, cancellation);
            if (unseen == default || values.Count == top.Limit && IsBeyond(top.By, values[^1].Totals, unseen))
                return values;
        }
    }

    public override async ValueTask<IReadOnlyList<Money>> SampleAmountsAsync(
        Query where, ulong? digestHighEnd, CancellationToken cancellation)
    {
        var (recent, settled) = await AskAsync(
            where, (store, part) => store.SampleAmountsAsync(part, digestHighEnd, cancellation), cancellation);
        return [.. recent, .. settled];
    }

    /// <summary>The values that were named, with what each comes to in both stores.</summary>
    async ValueTask<IReadOnlyList<ValueTotals>> MergeAsync(
        TopValues top, IReadOnlyList<ValueTotals> recent, IReadOnlyList<ValueTotals> settled, bool complete, CancellationToken cancellation)
    {
        if (!complete)
        {
            Query[] named = [.. recent.Concat(settled).Select(value => value.Value).Distinct()
                .Select(value => new Query.TextIs(top.Field, TextPattern.Of(value)))];
            var narrow = Query.All(top.Where, new Query.Either([.. named]));
            (recent, settled) = await AskAsync(
                narrow, (store, part) => store.CountByValueAsync(top with { Where = part, Limit = named.Length }, cancellation),
                cancellation);
        }
        var values = recent.Concat(settled).GroupBy(value => value.Value)
            .Select(same => new ValueTotals(same.Key, same.Aggregate(default(Totals), (sum, value) => sum + value.Totals))).ToList();
        values.Sort(top.Compare);
        return values.Count <= top.Limit ? values : values[..top.Limit];
    }

    /// <summary>The most that a value which was not named has.</summary>
    static Totals Least(IReadOnlyList<ValueTotals> values, int limit) =>
        values.Count < limit ? default : new(values.Min(value => value.Totals.Count), values.Min(value => value.Totals.Sum));

    static bool IsBeyond(TopOrder by, Totals known, Totals unseen) =>
        by == TopOrder.Count ? known.Count > unseen.Count : known.Sum > unseen.Sum;

    async ValueTask<(T Recent, T Settled)> AskAsync<T>(
        Query where, Func<TransactionQueries, Query, ValueTask<T>> ask, CancellationToken cancellation)
    {
        while (true)
        {
            var before = await history.Journal.FindSettledAsync(cancellation);
            var recent = await ask(hot.Queries, Unsettled(where, before));
            var settled = await ask(history.Queries, where);
            if ((await history.Journal.FindSettledAsync(cancellation)).Equals(before))
                return (recent, settled);
        }
    }

    static Query Unsettled(Query where, Watermark settled) =>
        settled.Equals(Watermark.Zero) ? where : Query.All(where, new Query.Beyond(settled));

    static async IAsyncEnumerable<Transaction> Rows(IAsyncEnumerable<IReadOnlyList<Transaction>> batches)
    {
        await foreach (var batch in batches)
            foreach (var transaction in batch)
                yield return transaction;
    }
}
