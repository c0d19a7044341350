using Caudal.History;
using Caudal.Reconciling;

namespace Caudal.Batch;

static class StagedRejections
{
    /// <summary>
    /// What the run, with the checks that a person declined, will not load; null where its staging is not validated any more, since
    /// another process staged it again.
    /// </summary>
    public static async ValueTask<List<StagedRejection>?> ListStagedRejectionsAsync(
        this IHistoryStore history, BatchRun run, CancellationToken cancellation)
    {
        try
        {
            var staged = new List<StagedRejection>();
            await foreach (var rejection in history.ReadStagedRejectionsAsync(run, cancellation))
                staged.Add(rejection);
            return staged;
        }
        catch (ReconciliationException)
        {
            return null;
        }
    }

    public static Figures Sum(List<StagedRejection>? rejections) =>
        (rejections ?? []).Aggregate(
            default(Figures), (sum, rejection) => sum + new Figures(1, new(rejection.Amount.Cents), rejection.Digest));
}
