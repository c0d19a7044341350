using Caudal.Batch;
using Caudal.Log;

namespace Caudal.Reconciling;

/// <summary>Checks what receipts say of themselves and of each other. Pure.</summary>
static class ReceiptChain
{
    /// <param name="receipts">Oldest first.</param>
    public static IEnumerable<Difference> Check(IReadOnlyList<Receipt> receipts)
    {
        Receipt? previous = null;
        foreach (var receipt in receipts)
        {
            foreach (var what in Faults(receipt, previous))
                yield return new("receipts", what);
            previous = receipt;
        }
    }

    static IEnumerable<string> Faults(Receipt receipt, Receipt? previous)
    {
        if (!receipt.IsIntact)
            yield return $"The receipt of run {receipt.RunId} was altered: its hash does not fit.";
        if (receipt.PreviousHash != (previous?.Hash ?? Receipt.NoPrevious))
            yield return $"The receipt of run {receipt.RunId} is not chained to the one before it: one was altered, replaced or removed.";
        if (receipt.RunId != (previous?.RunId ?? 0) + 1)
            yield return $"Between run {previous?.RunId ?? 0} and run {receipt.RunId} receipts are missing.";
        if (!receipt.Range.From.Equals(previous?.Range.To ?? Watermark.Zero))
            yield return $"The receipt of run {receipt.RunId} does not begin where the one before it ends.";
        if (!receipt.Conserves)
            yield return $"The receipt of run {receipt.RunId} does not add up: its messages are not its rows, duplicates and rejections.";
        if (receipt.Groups.Values.Aggregate(default(Figures), (sum, group) => sum + group) != receipt.History.Rows)
            yield return $"The receipt of run {receipt.RunId} does not add up: its groups are not its rows.";
    }
}
