using Caudal.Reconciling;

namespace Caudal.Batch;

static class Conservation
{
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
