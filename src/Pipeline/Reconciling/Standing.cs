using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Log;

namespace Caudal.Reconciling;

/// <summary>What the stores say of themselves at one moment: what has to be looked for, and where.</summary>
/// <param name="Receipts">Oldest first.</param>
/// <param name="Unfinished">The run that is under way, or null.</param>
/// <param name="NewestRunId">Of all runs, or 0.</param>
sealed record Standing(IReadOnlyList<Receipt> Receipts, BatchRun? Unfinished, long NewestRunId, HotState Hot)
{
    /// <summary>A run that is in history but whose rows still wait in hot for their purge.</summary>
    public BatchRun? AwaitingPurge => Unfinished is { IsSettled: true } ? Unfinished : null;

    /// <summary>A run that is in history but has no receipt yet.</summary>
    public BatchRun? Unsealed => Unfinished is { State: RunState.Loaded } ? Unfinished : null;

    /// <summary>All before it has a receipt.</summary>
    public Watermark Sealed => Receipts.Count == 0 ? Watermark.Zero : Receipts[^1].Range.To;

    /// <summary>All before it is in history.</summary>
    public Watermark Settled => Unsealed?.Range.To ?? Sealed;

    /// <summary>All before it has left hot.</summary>
    public Watermark Purged => AwaitingPurge?.Range.From ?? Sealed;

    /// <summary>All before it was ingested. A hot store that was rebuilt may stand behind a run that is settled already.</summary>
    public Watermark Taken => Hot.Next.Furthest(Settled);

    /// <summary>What runs have put into history, by their own account.</summary>
    public RangeFigures InHistory => Receipts.Aggregate(Unsealed?.Loaded ?? default, (sum, receipt) => sum + receipt.History);

    /// <summary>How many rows of hot runs have rejected.</summary>
    public long RejectedByRuns => Receipts.Sum(receipt => receipt.RunRejected.Count) + (Unsealed?.Rejected.Count ?? 0);

    /// <summary>Why the log is not the one that was ingested from, or null.</summary>
    public ValueTask<string?> FindLogBreakAsync(ITransactionLog log, string topic, CancellationToken cancellation) => log.FindBreakAsync(
        topic, Taken, Sealed, [Receipts.Count == 0 ? LogAnchor.None : Receipts[^1].Anchor ?? LogAnchor.None, Hot.Anchor], cancellation);

    public static async ValueTask<Standing> ReadAsync(IHotStore hot, IHistoryStore history, CancellationToken cancellation)
    {
        var receipts = new List<Receipt>();
        await foreach (var receipt in history.Journal.ReadReceiptsAsync(cancellation))
            receipts.Add(receipt);
        var unfinished = await history.Journal.FindUnfinishedAsync(cancellation);
        var newest = await history.Journal.ListAsync(1, cancellation);
        return new(receipts, unfinished, newest is [var run] ? run.Id : 0, await hot.GetStateAsync(cancellation));
    }

    /// <summary>
    /// True where nothing moved from store to store between the two: what was looked at in between can be compared. Ingest may have gone
    /// on, since what it adds lies beyond the watermark that was looked up to.
    /// </summary>
    public bool IsStillTrue(Standing later) =>
        Receipts.Count == later.Receipts.Count && Unfinished?.Id == later.Unfinished?.Id && Unfinished?.State == later.Unfinished?.State
        && Hot.Removed == later.Hot.Removed && Hot.Start.Equals(later.Hot.Start);
}
