using System.Runtime.CompilerServices;
using Caudal.History;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Reconciling;

namespace Caudal.Batch;

/// <summary>Copies the range's snapshot from hot to the run's staging, once every message of the range is accounted for.</summary>
sealed class ExtractStep(
    ITransactionLog log, IHotStore hot, IHistoryStore history, RejectionBook rejections, IngestLoop? ingest, string topic,
    TimeProvider time)
{
    public async ValueTask<BatchRun> RunAsync(BatchRun run, Action<long> report, CancellationToken cancellation)
    {
        await hot.WaitForAsync(run.Range.To, ingest, time, cancellation);
        var audit = new RangeAudit("hot", run.Range);
        var staged = await history.StageAsync(run, WalkAsync(run.Range, audit, report, cancellation), cancellation);
        if (staged != audit.Figures)
            throw new ReconciliationException($"Run {run.Id}: hot gave {audit.Figures}, but {staged} was staged.");
        var extracted = run with
        {
            State = RunState.Extracted,
            Messages = await log.CountAsync(topic, run.Range, cancellation),
            RejectedBefore = await rejections.CountAsync(run.Range, cancellation),
            Extracted = staged,
        };
        EnsureAccountedFor(extracted);
        return await history.Journal.MoveAsync(extracted, expected: RunState.Created, cancellation);
    }

    async IAsyncEnumerable<IndexedBatch> WalkAsync(
        PositionRange range, RangeAudit audit, Action<long> report, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var done = 0L;
        await foreach (var batch in audit.WalkAsync(hot.ReadAsync(range, cancellation), cancellation))
        {
            yield return batch;
            report(done += batch.Count);
        }
    }

    static void EnsureAccountedFor(BatchRun run)
    {
        var (rows, duplicates) = (run.Extracted.Rows.Count, run.Extracted.Duplicates.Count);
        var missing = run.Messages - rows - duplicates - run.RejectedBefore;
        if (missing != 0)
            throw new ReconciliationException(
                $"Run {run.Id}: the log holds {run.Messages} messages in its range, but there are {rows} rows and {duplicates} duplicates "
                + $"in hot and {run.RejectedBefore} rejections: {Math.Abs(missing)} {(missing > 0 ? "missing" : "too many")}. "
                + "Nothing was loaded; 'caudal verify' names them.");
    }
}
