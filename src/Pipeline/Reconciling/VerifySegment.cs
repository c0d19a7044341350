using Caudal.Batch;
using Caudal.Hot;
using Caudal.Log;

namespace Caudal.Reconciling;

/// <summary>A range whose messages are all in the same situation: those of one run, or those that no run has settled.</summary>
/// <param name="Name">What it is called in sentences.</param>
/// <param name="InHistory">What history must give back; nothing where no run has settled the range.</param>
/// <param name="ForGood">The run that has settled and purged the range, so that nothing about it changes any more; or null.</param>
/// <param name="Groups">The same per day, app and product, where a receipt says so.</param>
sealed record VerifySegment(
    string Name, PositionRange Range, RangeFigures InHistory, IReadOnlyDictionary<FigureGroup, Figures>? Groups, Expectation Expected,
    long? ForGood = null)
{
    public static IEnumerable<VerifySegment> Of(Standing standing)
    {
        var purgePending = IsPurgePending(standing);
        foreach (var receipt in standing.Receipts)
            yield return standing.AwaitingPurge?.Id == receipt.RunId
                ? OfReceipt(receipt, purgePending)
                : OfReceipt(receipt, inHot: false) with { ForGood = receipt.RunId };
        if (standing.Unsealed is { } run)
            yield return new($"run {run.Id}", run.Range, run.Loaded, null, new(Settled: true, InHot: purgePending));
        yield return new(
            "what no run has settled", new(standing.Settled, standing.Hot.Next), default, null, new(Settled: false, InHot: true));
    }

    static VerifySegment OfReceipt(Receipt receipt, bool? inHot) => new(
        $"run {receipt.RunId}", receipt.Range, receipt.History, receipt.Groups, new(Settled: true, inHot));

    /// <summary>Whether hot still holds the run that waits for its purge; null where hot, rebuilt, has yet to come to it again.</summary>
    static bool? IsPurgePending(Standing standing) =>
        standing.AwaitingPurge is not { } run ? false
        : !standing.Hot.Next.Covers(run.Range.To) ? null
        : standing.AwaitingInHot != default;

    /// <summary>Compares what history gave back, by its columns, with what was proven of the range.</summary>
    public IEnumerable<(FigureGroup? Group, Figures Expected, Figures Found)> Compare(
        RangeFigures found, IReadOnlyDictionary<FigureGroup, Figures> foundGroups)
    {
        if (found.Duplicates != InHistory.Duplicates)
            yield return (null, InHistory.Duplicates, found.Duplicates);
        if (found.Rows == InHistory.Rows)
            yield break;
        if (Groups is null)
            yield return (null, InHistory.Rows, found.Rows);
        else
            foreach (var group in Groups.Keys.Union(foundGroups.Keys).Order())
            {
                var (expected, actual) = (Groups.GetValueOrDefault(group), foundGroups.GetValueOrDefault(group));
                if (expected != actual)
                    yield return (group, expected, actual);
            }
    }
}
