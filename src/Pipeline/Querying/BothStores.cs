using System.Runtime.CompilerServices;
using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Querying;

/// <summary>
/// Hot and history seen as one. A transaction that a run has settled and not yet purged stands in both: it shows and counts once.
/// No transaction spans the two files, so hot is always asked first: what leaves it meanwhile was in history before it left.
/// </summary>
public sealed class BothStores(IHotStore hot, IHistoryStore history)
{
    /// <summary>The transactions that a search names, in its order.</summary>
    public async IAsyncEnumerable<Transaction> SearchAsync(
        TransactionSearch search, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var order = new SearchOrder(search);
        await using var recent = Rows(hot.SearchAsync(search, cancellation)).GetAsyncEnumerator(cancellation);
        var more = await recent.MoveNextAsync();
        await using var settled = Rows(history.SearchAsync(search, cancellation)).GetAsyncEnumerator(cancellation);
        var moreSettled = await settled.MoveNextAsync();
        for (var left = search.Limit; left > 0 && (more || moreSettled); left--)
        {
            var first = !more ? 1 : !moreSettled ? -1 : order.Compare(recent.Current, settled.Current);
            yield return first < 0 ? recent.Current : settled.Current;
            if (first <= 0)
                more = await recent.MoveNextAsync();
            if (first >= 0)
                moreSettled = await settled.MoveNextAsync();
        }
    }

    /// <summary>
    /// Count, Σ and digests of all that the search's filter names. Rows that are in both stores are counted and taken off again; a run
    /// that settles or purges in between shows by a changed record, and the question is asked anew.
    /// </summary>
    public async ValueTask<Figures> CountAsync(TransactionSearch search, CancellationToken cancellation)
    {
        while (true)
        {
            var before = await SettledAsync(search, cancellation);
            var recent = await hot.CountAsync(search, cancellation);
            var settled = await history.CountAsync(search, cancellation);
            if (await SettledAsync(search, cancellation) == before)
                return recent + settled - before.InBoth;
        }
    }

    async ValueTask<(long LastRun, bool Settled, Figures InBoth)> SettledAsync(TransactionSearch search, CancellationToken cancellation)
    {
        var last = (await history.Journal.ListAsync(1, cancellation)).SingleOrDefault();
        if (last is null || !last.IsSettled || last.IsFinished)
            return (last?.Id ?? 0, last?.IsSettled ?? false, default);
        var inBoth = default(Figures);
        await foreach (var batch in hot.ReadAsync(last.Range, cancellation))
            inBoth += Figures.Of(batch.Rows.Where(search.Names));
        return (last.Id, true, inBoth);
    }

    static async IAsyncEnumerable<Transaction> Rows(IAsyncEnumerable<IReadOnlyList<Transaction>> batches)
    {
        await foreach (var batch in batches)
            foreach (var transaction in batch)
                yield return transaction;
    }

    /// <summary>The order in which both engines answer: by the key, and among equals by position.</summary>
    sealed class SearchOrder(TransactionSearch search) : IComparer<Transaction>
    {
        public int Compare(Transaction? left, Transaction? right)
        {
            var byKey = search.Sort switch
            {
                SortKey.Timestamp => left!.Timestamp.CompareTo(right!.Timestamp),
                SortKey.Amount => left!.Amount.CompareTo(right!.Amount),
                _ => 0,
            };
            if (byKey == 0)
                byKey = left!.Position.CompareTo(right!.Position);
            return search.Descending ? -byKey : byKey;
        }
    }
}
