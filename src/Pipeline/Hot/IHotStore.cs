using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Hot;

/// <summary>
/// Where accepted transactions are searchable within a second of being logged, until a run has settled them. Engines: DuckDB,
/// Elasticsearch. Reading may go on in parallel with everything; <see cref="IndexAsync"/> is called by one ingest loop per partition
/// at a time, <see cref="RemoveAsync"/> by one run at a time, and the two may overlap. Failures are thrown and the caller retries:
/// every write is safe to repeat.
/// </summary>
public interface IHotStore : IAsyncDisposable
{
    /// <summary>How far the store has come and what it took, as committed. Begins at <paramref name="startAt"/> (the last receipt's
    /// watermark) where the store is new or was rebuilt. Call it once before anything else, and whenever figures are wanted.</summary>
    ValueTask<HotState> OpenAsync(Watermark startAt, CancellationToken cancellation);

    /// <summary>The committed state: never behind what a reading that ended before has seen.</summary>
    ValueTask<HotState> GetStateAsync(CancellationToken cancellation);

    /// <summary>
    /// Takes one batch: what lies before the store's own watermark is a redelivery and counts as nothing; an id that the store holds
    /// at another position is a duplicate if the digest is equal, else a conflict (also within the batch: the first position wins).
    /// Rows, duplicates and watermark become durable and searchable together, in one commit, before it returns.
    /// What the store takes for neither is refused, with the reason: conflicts, and what the engine behind it will not keep (DuckDB keeps
    /// all). <paramref name="settleRefused"/> is awaited before that commit with the refused, if there are any, and must make them durable
    /// elsewhere.
    /// </summary>
    ValueTask<IndexOutcome> IndexAsync(
        IndexBatch batch, Func<IReadOnlyList<RefusedTransaction>, CancellationToken, ValueTask> settleRefused,
        CancellationToken cancellation);

    /// <summary>
    /// The rows and duplicates in the range as one consistent snapshot, ordered by position, in batches of bounded size.
    /// What is indexed or removed meanwhile does not show.
    /// </summary>
    IAsyncEnumerable<IndexedBatch> ReadAsync(PositionRange range, CancellationToken cancellation);

    /// <summary>Count, Σ and the sum of the stored digests in the range, without re-hashing.</summary>
    ValueTask<RangeFigures> MeasureAsync(PositionRange range, CancellationToken cancellation);

    /// <summary>
    /// What the store says of itself and what it holds, as one moment shows both: its state, everything before its watermark, each of these
    /// ranges, and all rows wherever they claim to stand. By stored digests.
    /// </summary>
    ValueTask<HotStock> TakeStockAsync(IReadOnlyList<PositionRange> ranges, CancellationToken cancellation);

    /// <summary>
    /// Removes exactly what was proven: re-hashes the range's rows from their columns, compares with <paramref name="proven"/>, and removes
    /// the range only when both agree; all or nothing, as the version that was read. An empty range that was removed before is a success.
    /// </summary>
    /// <exception cref="ReconciliationException">The range is not what was proven; nothing was removed.</exception>
    ValueTask RemoveAsync(PositionRange range, RangeFigures proven, CancellationToken cancellation);

    /// <summary>What can be asked of the rows, as of both stores alike.</summary>
    TransactionQueries Queries { get; }
}

/// <summary>One unit of ingest.</summary>
/// <param name="Transactions">What decoding accepted, in position order per partition.</param>
/// <param name="Next">Where ingest stands once this batch is in: all before it is accounted for.</param>
/// <param name="Messages">How many messages were read for it, redeliveries excluded.</param>
/// <param name="Rejected">How many of them were or had been rejected, by decoding or as settled earlier.</param>
public sealed record IndexBatch(IReadOnlyList<Transaction> Transactions, Watermark Next, long Messages, long Rejected)
{
    /// <summary>The last message of each partition that was read for it: kept with the watermark.</summary>
    public LogAnchor Anchor { get; init; } = LogAnchor.None;

    /// <summary>
    /// What a store that stands at <paramref name="next"/> has not taken yet. An order or an extent other than the contract's would make
    /// redeliveries indistinguishable from what is new, so it is refused.
    /// </summary>
    public IReadOnlyList<Transaction> Unseen(Watermark next)
    {
        var fresh = new List<Transaction>(Transactions.Count);
        var expected = Watermark.Zero;
        foreach (var stretch in Stretches())
        {
            var (from, least, end) = (next[stretch.Partition], expected[stretch.Partition], Next[stretch.Partition]);
            for (var index = stretch.First; index < stretch.End; index++)
            {
                var position = Transactions[index].Position;
                if (position.Offset < least || position.Offset >= end)
                    throw new ArgumentException($"Position {position} is out of order or past the batch's end {Next}.", nameof(next));
                least = position.Offset + 1;
                if (position.Offset >= from)
                    fresh.Add(Transactions[index]);
            }
            expected = expected.With(stretch.Partition, least);
        }
        return fresh;
    }

    /// <summary>Runs of one partition: mostly the whole batch.</summary>
    IEnumerable<(LogPartition Partition, int First, int End)> Stretches()
    {
        var first = 0;
        for (var index = 1; index <= Transactions.Count; index++)
        {
            var partition = Transactions[first].Position.LogPartition;
            if (index < Transactions.Count && Transactions[index].Position.LogPartition == partition)
                continue;
            yield return (partition, first, index);
            first = index;
        }
    }
}

/// <summary>What became of a batch's transactions. Rows + duplicates + refused + redelivered = the batch's transactions.</summary>
public sealed record IndexOutcome(long Rows, long Duplicates, long Refused, long Redelivered);

/// <summary>A transaction that the store does not take, and why.</summary>
public readonly record struct RefusedTransaction(Transaction Transaction, Fault Fault);

/// <summary>A message whose transaction was already taken at another position, with the same digest.</summary>
public readonly record struct Duplicate(Position Position, TransactionId Id, Money Amount, Digest Digest)
{
    public static Duplicate Of(Transaction transaction) =>
        new(transaction.Position, transaction.Id, transaction.Amount, transaction.Digest);
}

/// <summary>Part of a snapshot.</summary>
public sealed record IndexedBatch(IReadOnlyList<Transaction> Rows, IReadOnlyList<Duplicate> Duplicates)
{
    public int Count => Rows.Count + Duplicates.Count;
}

/// <summary>The figures of a range's rows and of its duplicates.</summary>
public readonly record struct RangeFigures(Figures Rows, Figures Duplicates)
{
    public long Count => Rows.Count + Duplicates.Count;

    public static RangeFigures operator +(RangeFigures left, RangeFigures right) =>
        new(left.Rows + right.Rows, left.Duplicates + right.Duplicates);

    public static RangeFigures operator -(RangeFigures left, RangeFigures right) =>
        new(left.Rows - right.Rows, left.Duplicates - right.Duplicates);
}

/// <summary>
/// The store's own account, kept in the same commits as its rows, so that what it should hold is known without looking at the rows.
/// </summary>
/// <param name="Start">Where this store began.</param>
/// <param name="Next">Where ingest goes on.</param>
/// <param name="Messages">Messages read from <paramref name="Start"/> to <paramref name="Next"/>.</param>
/// <param name="Rejected">How many of them were rejected, refused ones included.</param>
/// <param name="Taken">Rows and duplicates taken since <paramref name="Start"/>.</param>
/// <param name="Removed">Rows and duplicates removed by runs since.</param>
/// <param name="RebuiltFrom">The set-aside file's name where the store did not open and was made anew at this start; else null.</param>
public sealed record HotState(
    Watermark Start, Watermark Next, long Messages, long Rejected, RangeFigures Taken, RangeFigures Removed, string? RebuiltFrom = null)
{
    /// <summary>
    /// The last messages before <see cref="Next"/>, by which the log is known again. None where an older version wrote the store.
    /// </summary>
    public LogAnchor Anchor { get; init; } = LogAnchor.None;

    /// <summary>What the rows and duplicates that are there must amount to.</summary>
    public RangeFigures Expected => Taken - Removed;
}

/// <param name="Held">What lies before the state's watermark.</param>
/// <param name="Ranges">What lies in each range that was asked for.</param>
/// <param name="Rows">How many rows there are at all.</param>
public sealed record HotStock(HotState State, RangeFigures Held, IReadOnlyList<RangeFigures> Ranges, long Rows);
