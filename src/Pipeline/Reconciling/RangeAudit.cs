using Caudal.Hot;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Reconciling;

/// <summary>
/// Walks a store's snapshot of a range and adds up what stands in its columns. The first row that is not what was once accepted, or is not
/// where it should be, stops it.
/// </summary>
/// <param name="store">What the store is called in messages: <c>hot</c> or <c>history</c>.</param>
sealed class RangeAudit(string store, PositionRange range)
{
    Position? _lastRow;
    Position? _lastDuplicate;

    /// <summary>What was walked so far, by the rows' recomputed digests.</summary>
    public RangeFigures Figures { get; private set; }

    /// <summary>Walks the batches a little ahead of whoever takes them.</summary>
    /// <exception cref="ReconciliationException">A row was altered, stands outside the range, or stands where another does.</exception>
    public IAsyncEnumerable<IndexedBatch> WalkAsync(IAsyncEnumerable<IndexedBatch> batches, CancellationToken cancellation) =>
        batches.AheadAsync(
            batch =>
            {
                Add(batch);
                return batch;
            }, cancellation);

    void Add(IndexedBatch batch)
    {
        var rows = Figures.Rows;
        foreach (var row in batch.Rows)
        {
            Follow(ref _lastRow, row.Position, row.Id);
            if (CanonicalForm.DigestOf(row) != row.Digest)
                throw new ReconciliationException(
                    $"Transaction {row.Id} was altered in {store}: its columns no longer give the digest that it was stored with.");
            rows += Reconciling.Figures.Of(row);
        }
        var duplicates = Figures.Duplicates;
        foreach (var duplicate in batch.Duplicates)
        {
            Follow(ref _lastDuplicate, duplicate.Position, duplicate.Id);
            duplicates += Reconciling.Figures.Of(duplicate);
        }
        Figures = new(rows, duplicates);
    }

    void Follow(ref Position? last, Position position, TransactionId id)
    {
        if (!range.Contains(position))
            throw new ReconciliationException($"Transaction {id} at {position} in {store} lies outside the range that was asked for.");
        if (last >= position)
            throw new ReconciliationException($"Transaction {id} is one too many in {store}: position {position} is taken already.");
        last = position;
    }
}
