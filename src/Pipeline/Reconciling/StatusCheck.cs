using Caudal.History;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Querying;

namespace Caudal.Reconciling;

/// <summary>Compares the accounts that log, stores and receipts keep of themselves.</summary>
sealed class StatusCheck(ITransactionLog log, RejectionBook rejections, string topic)
{
    /// <summary>What was measured against a standing.</summary>
    sealed record Measures(
        long Messages, long Lag, long Unsettled, string? LogBreak,
        long RejectedSettled, long RejectedUnsettled, long RejectedSealed);

    public async ValueTask<Reconciliation> RunAsync(Standing standing, CancellationToken cancellation)
    {
        var measures = await MeasureAsync(standing, cancellation);
        var (inHot, inHistory) = (standing.UnsettledInHot, standing.History.Held);
        var (migrated, all) = (standing.History.Migrated.Held, inHistory.Rows + standing.History.Migrated.Held);
        var rejected = measures.RejectedSettled + measures.RejectedUnsettled + standing.RejectedByRuns;
        var differences = Compare(standing, measures).ToList();
        return new(
            differences.Count == 0,
            new(measures.Messages, measures.Lag),
            new(inHot.Rows.Count, inHot.Rows.Sum, inHot.Rows.Digest, standing.AwaitingInHot.Rows.Count, standing.Hot.RebuiltFrom),
            new(all.Count, all.Sum, all.Digest, migrated.Count),
            new(rejected, await rejections.CountOpenAsync(cancellation)),
            new(inHistory.Duplicates.Count + inHot.Duplicates.Count) { Figures = inHistory.Duplicates + inHot.Duplicates },
            differences);
    }

    async ValueTask<Measures> MeasureAsync(Standing standing, CancellationToken cancellation)
    {
        var end = (await log.DescribeAsync(topic, cancellation)).End;
        var ingested = standing.Taken;
        var unsettled = new PositionRange(standing.Settled, ingested);
        var lag = await log.CountAsync(topic, new(ingested, end), cancellation);
        var unsealed = await log.CountAsync(topic, new(standing.Sealed, ingested), cancellation);
        return new(
            standing.Receipts.Sum(receipt => receipt.Messages) + unsealed + lag,
            lag,
            await log.CountAsync(topic, unsettled, cancellation),
            await standing.FindLogBreakAsync(log, topic, cancellation),
            await rejections.CountAsync(new(Watermark.Zero, standing.Settled), cancellation),
            await rejections.CountAsync(unsettled, cancellation),
            await rejections.CountAsync(new(Watermark.Zero, standing.Sealed), cancellation));
    }

    static IEnumerable<Difference> Compare(Standing standing, Measures measures)
    {
        foreach (var difference in ReceiptChain.Check(standing.Receipts))
            yield return difference;
        if (measures.LogBreak is { } replaced)
            yield return new("log", replaced);
        if (standing.Unfinished is null && standing.History.NewestRunId > (standing.LastReceipt?.RunId ?? 0))
            yield return new("receipts", $"Run {standing.History.NewestRunId} is finished, but its receipt is gone.");
        if (standing.InHot.Held != standing.Hot.Expected)
            yield return new("hot", Sentence("hot", "it took and kept", standing.Hot.Expected, standing.InHot.Held));
        if (standing.Leftover != default)
            yield return new("hot", $"Hot still holds {standing.Leftover.Rows} of ranges that were purged.");
        if (standing.OutsidersInHot is > 0 and var outsiders)
            yield return new("hot", $"Hot holds {outsiders} rows at positions that the log does not have.");
        if (standing.AwaitingPurge is { } run && standing.Hot.Next.Covers(run.Range.To)
            && standing.AwaitingInHot != default && standing.AwaitingInHot != run.Extracted)
            yield return new("hot", Sentence($"hot, of run {run.Id},", "was extracted", run.Extracted, standing.AwaitingInHot));
        if (standing.History.Held != standing.InHistory)
            yield return new("history", Sentence("history", "runs loaded", standing.InHistory, standing.History.Held));
        if (standing.History.Migrated is var (taken, kept) && taken != kept)
            yield return new("history", $"Of {taken} that were taken over from an older table history holds {kept}.");
        foreach (var difference in CompareCounts(standing, measures))
            yield return difference;
    }

    static IEnumerable<Difference> CompareCounts(Standing standing, Measures measures)
    {
        var (inHot, inHistory) = (standing.UnsettledInHot, standing.History.Held);
        var placed = inHot.Count + measures.RejectedUnsettled;
        if (measures.Unsettled != placed)
            yield return new(
                "conservation", $"Of {measures.Unsettled} messages that no run has settled, hot and the rejections account for {placed}: "
                + $"{By(measures.Unsettled - placed)}.");
        var sealedRejections = standing.Receipts.Sum(receipt => receipt.Rejections - receipt.RunRejected.Count);
        if (sealedRejections != measures.RejectedSealed)
            yield return new(
                "conservation", $"Receipts name {sealedRejections} messages that ingest rejected, but {measures.RejectedSealed} are kept: "
                + $"{By(sealedRejections - measures.RejectedSealed)}.");
        var settled = inHistory.Count + measures.RejectedSettled + standing.RejectedByRuns;
        var total = placed + settled + measures.Lag;
        if (measures.Messages != total)
            yield return new(
                "conservation", $"The log took {measures.Messages} messages, but hot, history, rejections, duplicates and lag are {total}: "
                + $"{By(measures.Messages - total)}.");
    }

    static string Sentence(string store, string account, RangeFigures expected, RangeFigures found) =>
        expected.Rows != found.Rows
            ? $"In {store} there are {found.Rows}, but {account} {expected.Rows}; the difference is {expected.Rows - found.Rows}."
            : $"In {store} there are {found.Duplicates.Count} duplicates, but {account} {expected.Duplicates.Count}, or others.";

    static string By(long missing) => missing > 0 ? $"{missing} missing" : $"{-missing} too many";
}
