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
        var fresh = Unseen(batch, next);
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

    /// <summary>
    /// What the store has not taken yet. An order or an extent other than the contract's would make redeliveries indistinguishable from
    /// what is new, so it is refused.
    /// </summary>
    static List<Transaction> Unseen(IndexBatch batch, Watermark next)
    {
        var fresh = new List<Transaction>(batch.Transactions.Count);
        var expected = Watermark.Zero;
        foreach (var stretch in StretchesOf(batch.Transactions))
        {
            var (from, least, end) = (next[stretch.Partition], expected[stretch.Partition], batch.Next[stretch.Partition]);
            for (var index = stretch.First; index < stretch.End; index++)
            {
                var position = batch.Transactions[index].Position;
                if (position.Offset < least || position.Offset >= end)
                    throw new ArgumentException(
                        $"Position {position} is out of order or past the batch's end {batch.Next}.", nameof(batch));
                least = position.Offset + 1;
                if (position.Offset >= from)
                    fresh.Add(batch.Transactions[index]);
            }
            expected = expected.With(stretch.Partition, least);
        }
        return fresh;
    }

    /// <summary>Runs of one partition: mostly the whole batch.</summary>
    static IEnumerable<(LogPartition Partition, int First, int End)> StretchesOf(IReadOnlyList<Transaction> transactions)
    {
        var first = 0;
        for (var index = 1; index <= transactions.Count; index++)
        {
            var partition = transactions[first].Position.LogPartition;
            if (index < transactions.Count && transactions[index].Position.LogPartition == partition)
                continue;
            yield return (partition, first, index);
            first = index;
        }
    }
}
