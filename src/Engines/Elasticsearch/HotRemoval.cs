using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Engines.Elasticsearch;

/// <summary>
/// The only place that deletes from hot: a range, when every row in it, hashed anew from its fields, adds up to what history was proven to
/// hold. There is no transaction over many documents, so the account decides: once it says that the range is being removed, the range
/// counts no more, and its documents are deleted one by one, each only in the version that was looked at.
/// </summary>
sealed class HotRemoval(SearchCluster cluster, HotIndices indices, AccountBook book, ElasticsearchOptions options, TimeProvider time)
{
    readonly BulkWriter _bulk = new(cluster, options, time);

    /// <exception cref="ReconciliationException">The range is not what was proven; nothing was removed.</exception>
    public async Task RemoveAsync(Removal removal, CancellationToken cancellation)
    {
        var account = await book.ReadAsync(cancellation);
        if (account.Removing is { } unfinished)
        {
            await FinishAsync(unfinished, cancellation);
            account = await book.ReadAsync(cancellation);
        }
        await using var pointInTime = await cluster.OpenPointInTimeAsync(indices.RowsAndDuplicates, cancellation);
        var reader = new RangeReader(pointInTime, indices, hidden: null);
        var (found, _) = await RehashAsync(reader, removal.Range, cancellation);
        if (found == default && (account.WasRemoved(removal) || account.State.Start.Covers(removal.Range.To)))
            return;
        if (found != removal.Figures)
            throw new ReconciliationException(
                $"Nothing was removed from hot: it holds {found.Rows} and as duplicates {found.Duplicates}, "
                + $"where {removal.Figures.Rows} and as duplicates {removal.Figures.Duplicates} were proven.");
        if (found == default)
            return;
        await book.ChangeAsync(current => current.BeginRemoval(removal), cancellation);
        await DeleteAsync(reader, removal.Range, cancellation);
        await book.ChangeAsync(current => current.EndRemoval(), cancellation);
    }

    /// <summary>
    /// Goes on with a removal that a process left half done. What is still there was proven when it was begun; that it has not been changed
    /// since, its own digest tells, and that none was added, the figures.
    /// </summary>
    async Task FinishAsync(Removal unfinished, CancellationToken cancellation)
    {
        await cluster.RefreshAsync([indices.Rows, indices.Duplicates], cancellation);
        await using var pointInTime = await cluster.OpenPointInTimeAsync(indices.RowsAndDuplicates, cancellation);
        var reader = new RangeReader(pointInTime, indices, hidden: null);
        var (left, altered) = await RehashAsync(reader, unfinished.Range, cancellation);
        var proven = unfinished.Figures;
        if (altered > 0 || left.Rows.Count > proven.Rows.Count || left.Rows.Sum > proven.Rows.Sum
            || left.Duplicates.Count > proven.Duplicates.Count)
            throw new ReconciliationException(
                $"A removal from hot that was begun cannot go on: its range now holds {left.Rows} ({altered} altered), where {proven.Rows} "
                + "were proven. 'caudal verify' names the ids.");
        await DeleteAsync(reader, unfinished.Range, cancellation);
        await book.ChangeAsync(current => current.EndRemoval(), cancellation);
    }

    /// <summary>A page at a time, whatever the range holds.</summary>
    static async Task<(RangeFigures Figures, long Altered)> RehashAsync(
        RangeReader reader, PositionRange range, CancellationToken cancellation)
    {
        var (sum, altered) = (default(RangeFigures), 0L);
        await foreach (var batch in reader.ReadAsync(range, cancellation))
        {
            var (rows, duplicates) = (sum.Rows, sum.Duplicates);
            foreach (var row in batch.Rows)
            {
                var digest = CanonicalForm.DigestOf(row);
                rows += new Figures(1, new(row.Amount.Cents), digest);
                altered += digest == row.Digest ? 0 : 1;
            }
            foreach (var duplicate in batch.Duplicates)
                duplicates += Figures.Of(duplicate);
            sum = new(rows, duplicates);
        }
        return (sum, altered);
    }

    async Task DeleteAsync(RangeReader reader, PositionRange range, CancellationToken cancellation)
    {
        await foreach (var hits in reader.HitsAsync(range, withSource: false, cancellation))
        {
            var results = await _bulk.SendAsync(
                [.. hits.Select(hit => new BulkItem("delete", hit.Index, hit.Id, (hit.SequenceNumber, hit.PrimaryTerm), null))],
                cancellation);
            await EnsureGoneAsync([.. hits.Where((_, index) => results[index].Status is not (200 or 404))], cancellation);
        }
        await cluster.RefreshAsync([indices.Rows, indices.Duplicates], cancellation);
    }

    /// <summary>A delete that was sent twice is refused the second time; so is that of a document which somebody changed.</summary>
    async Task EnsureGoneAsync(IReadOnlyList<Hit> refused, CancellationToken cancellation)
    {
        if (refused.Count == 0)
            return;
        var there = await cluster.FindAsync(refused.Select(hit => (hit.Index, hit.Id)), Wire.Id, cancellation);
        if (there.Count > 0)
            throw new ReconciliationException(
                $"{there.Count} documents of hot were changed after they had been proven, and were left where they are: {there[0].Id} of "
                + $"index {there[0].Index} is one. Put them right and purge again.");
    }
}
