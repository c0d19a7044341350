using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Batch;

/// <summary>
/// Removes from hot exactly what the receipt covers, by its range and only if it still is what was extracted: never by query. Then the
/// staging and what the log need not keep.
/// </summary>
sealed class PurgeStep(ITransactionLog log, IHotStore hot, IHistoryStore history, TimeSpan logRetention, string topic, TimeProvider time)
{
    public async ValueTask<BatchRun> RunAsync(BatchRun run, Action<long> report, CancellationToken cancellation)
    {
        await EnsureProvenAsync(run, report, cancellation);
        await hot.RemoveAsync(run.Range, run.Extracted, cancellation);
        await history.DropStagingAsync(run, cancellation);
        await TrimLogAsync(run, cancellation);
        var purged = run with { State = RunState.Purged, Purged = run.Extracted, FinishedAt = Instant.Now(time) };
        return await history.Journal.MoveAsync(purged, expected: RunState.Reconciled, cancellation);
    }

    /// <summary>Between receipt and purge days may pass: history must still hold what was proven.</summary>
    async ValueTask EnsureProvenAsync(BatchRun run, Action<long> report, CancellationToken cancellation)
    {
        var receipt = await history.Journal.FindLastReceiptAsync(cancellation);
        if (receipt is not { IsIntact: true } || receipt.RunId != run.Id || !receipt.Range.Equals(run.Range))
            throw new ReconciliationException($"Run {run.Id} has no receipt that covers its range. Nothing was purged.");
        var audit = new RangeAudit("history", run.Range);
        var done = 0L;
        await foreach (var batch in audit.WalkAsync(history.ReadAsync(run.Range, cancellation), cancellation))
            report(done += batch.Count);
        if (audit.Figures != receipt.History)
            throw new ReconciliationException(
                $"The receipt of run {run.Id} names {receipt.History.Rows}, but history now holds {audit.Figures.Rows}. "
                + "Nothing was purged; 'caudal verify' names the ids.");
    }

    async ValueTask TrimLogAsync(BatchRun run, CancellationToken cancellation)
    {
        try
        {
            var old = await log.FindAsync(topic, Instant.Now(time) - logRetention, cancellation);
            await log.TrimAsync(topic, run.Range.To.Nearest(old), cancellation);
        }
        catch (LogUnsupportedException)
        {
            // Nobody knows how old its messages are: the topic's own retention forgets them.
        }
    }
}
