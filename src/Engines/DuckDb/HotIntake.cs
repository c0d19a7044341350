using Caudal.Hot;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Engines.DuckDb;

/// <summary>What a batch's transactions are to the store, decided before anything is written.</summary>
sealed record HotIntake(
    IReadOnlyList<Transaction> Rows, IReadOnlyList<Transaction> Duplicates, IReadOnlyList<Transaction> Conflicts, int Redelivered)
{
    public IndexOutcome Outcome => new(Rows.Count, Duplicates.Count, Conflicts.Count, Redelivered);

    /// <summary>
    /// A redelivery is told by its position alone. Of the others, almost all have an id that the filter has never seen: they are rows.
    /// The few others are looked up together: <paramref name="findDigests"/> gives the digest under which the store holds an id.
    /// </summary>
    public static HotIntake Sort(
        IndexBatch batch, Watermark next, IdFilter filter,
        Func<IReadOnlyCollection<TransactionId>, Dictionary<TransactionId, Digest>> findDigests)
    {
        var fresh = batch.Unseen(next);
        var suspects = new HashSet<TransactionId>();
        foreach (var transaction in fresh)
            if (!filter.Add(transaction.Id))
                suspects.Add(transaction.Id);
        var redelivered = batch.Transactions.Count - fresh.Count;
        if (suspects.Count == 0)
            return new(fresh, [], [], redelivered);

        var taken = findDigests(suspects);
        var (rows, duplicates, conflicts) = (new List<Transaction>(fresh.Count), new List<Transaction>(), new List<Transaction>());
        foreach (var transaction in fresh)
            if (!suspects.Contains(transaction.Id) || taken.TryAdd(transaction.Id, transaction.Digest))
                rows.Add(transaction);
            else
                (taken[transaction.Id] == transaction.Digest ? duplicates : conflicts).Add(transaction);
        return new(rows, duplicates, conflicts, redelivered);
    }
}
