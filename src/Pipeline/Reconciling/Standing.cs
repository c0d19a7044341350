using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Log;

namespace Caudal.Reconciling;

/// <summary>
/// What the stores say of themselves and hold: what has to be looked for, and where. History as one moment shows it, then hot as a moment
/// just after shows it. All that history then calls purged has left hot; hot can lack what history does not call settled only where a whole
/// load and purge went by between the two moments.
/// </summary>
sealed record Standing(HistoryStock History, HotStock InHot)
{
    public IReadOnlyList<Receipt> Receipts => History.Receipts;

    public BatchRun? Unfinished => History.Unfinished;

    public Receipt? LastReceipt => Receipts.Count == 0 ? null : Receipts[^1];

    public HotState Hot => InHot.State;

    /// <summary>What hot holds of the run that waits for its purge.</summary>
    public RangeFigures AwaitingInHot => InHot.Ranges[0];

    /// <summary>What hot holds of ranges that were purged: nothing, if all is well.</summary>
    public RangeFigures Leftover => InHot.Ranges[1];

    /// <summary>What hot holds that no run has settled.</summary>
    public RangeFigures UnsettledInHot => InHot.Held - AwaitingInHot - Leftover;

    /// <summary>Rows of hot at no position that ingest has come to.</summary>
    public long OutsidersInHot => InHot.Rows - InHot.Held.Rows.Count;

    /// <summary>A run that is in history but whose rows still wait in hot for their purge.</summary>
    public BatchRun? AwaitingPurge => Unfinished is { IsSettled: true } ? Unfinished : null;

    /// <summary>A run that is in history but has no receipt yet.</summary>
    public BatchRun? Unsealed => Unfinished is { State: RunState.Loaded } ? Unfinished : null;

    /// <summary>All before it has a receipt.</summary>
    public Watermark Sealed => LastReceipt?.Range.To ?? Watermark.Zero;

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
    public ValueTask<string?> FindLogBreakAsync(ITransactionLog log, string topic, CancellationToken cancellation) =>
        log.FindBreakAsync(topic, Taken, LastReceipt, Hot.Anchor, cancellation);

    public static async ValueTask<Standing> ReadAsync(IHotStore hot, IHistoryStore history, CancellationToken cancellation)
    {
        var settled = new Standing(await history.TakeStockAsync(cancellation), InHot: null!);
        PositionRange[] ranges =
            [settled.AwaitingPurge?.Range ?? new(Watermark.Zero, Watermark.Zero), new(Watermark.Zero, settled.Purged)];
        return settled with { InHot = await hot.TakeStockAsync(ranges, cancellation) };
    }

    /// <summary>
    /// True where nothing moved from store to store between the two: what was looked at in between can be compared. Ingest may have gone
    /// on, since what it adds lies beyond the watermark that was looked up to; so may a run that loaded, sealed or purged nothing.
    /// </summary>
    public bool IsStillTrue(Standing later) =>
        Receipts.Count == later.Receipts.Count && Unsealed?.Id == later.Unsealed?.Id
        && Hot.Removed == later.Hot.Removed && Hot.Start.Equals(later.Hot.Start);
}
