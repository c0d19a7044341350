using Caudal.History;
using Caudal.Hot;
using Caudal.Reconciling;

namespace Caudal.Batch;

/// <summary>Nothing of a run gets lost between what it extracted, staged, loaded and rejected.</summary>
public static class Conservation
{
    /// <summary>For load, inside its transaction: what is staged is what extract recorded, and every row of it ends in one place.</summary>
    /// <exception cref="ReconciliationException">It is not, or does not.</exception>
    public static void EnsureComplete(
        this BatchRun run, RangeFigures staged, RangeFigures loaded, IReadOnlyList<RejectedTransaction> rejections)
    {
        if (staged != run.Extracted)
            throw new ReconciliationException(
                $"Run {run.Id} extracted {run.Extracted.Rows}, but {staged.Rows} is staged. Nothing was loaded: extract it again.");
        var rejected = rejections.Aggregate(
            default(Figures), (sum, rejection) => sum + new Figures(1, new(rejection.Amount.Cents), rejection.Digest));
        var ended = loaded.Rows + loaded.Duplicates + rejected;
        if (ended != staged.Rows + staged.Duplicates)
            throw new ReconciliationException(
                $"Run {run.Id} staged {staged.Rows + staged.Duplicates}, but {ended} would be history, duplicates and rejections. "
                + "Nothing was loaded.");
    }

    /// <exception cref="ReconciliationException">What the run extracted is not what it loaded and rejected, taken together.</exception>
    public static void EnsureConserved(this BatchRun run)
    {
        var extracted = run.Extracted.Rows + run.Extracted.Duplicates;
        var kept = run.Loaded.Rows + run.Loaded.Duplicates + run.Rejected;
        if (extracted != kept)
            throw new ReconciliationException(
                $"Run {run.Id}: {extracted} were extracted, but {kept} are loaded or rejected; the difference is {extracted - kept}.");
    }
}
