using Caudal.History;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Reconciling;

namespace Caudal.Batch;

/// <summary>Reads history back, recomputes everything from its columns, and writes the receipt only if it is what was loaded.</summary>
sealed class ReconcileStep(
    ITransactionLog log, IHotStore hot, IHistoryStore history, IngestLoop? ingest, string topic, TimeProvider time)
{
    public async ValueTask<BatchRun> RunAsync(BatchRun run, Action<long> report, CancellationToken cancellation)
    {
        var audit = new RangeAudit("history", run.Range);
        var groups = new GroupedFigures(history.BusinessZone);
        var done = 0L;
        await foreach (var batch in audit.WalkAsync(history.ReadAsync(run.Range, cancellation), cancellation))
        {
            foreach (var row in batch.Rows)
                groups.Add(row);
            report(done += batch.Count);
        }
        if (audit.Figures != run.Loaded)
            throw new ReconciliationException(
                $"Run {run.Id} loaded {run.Loaded.Rows} and {run.Loaded.Duplicates.Count} duplicates, but history gives back "
                + $"{audit.Figures.Rows} and {audit.Figures.Duplicates.Count} duplicates; "
                + $"the difference is {run.Loaded.Rows - audit.Figures.Rows}. Nothing was purged; 'caudal verify' names the ids.");
        run.EnsureConserved();

        // Hot may have been rebuilt during the run, from where the run begins. It must have come to the range again before there is a
        // receipt: a hot store that stands behind the last receipt counts as outdated, and the purge would find nothing to compare.
        await hot.WaitForAsync(run.Range.To, ingest, time, cancellation);
        return await SealAsync(run, groups, cancellation);
    }

    async ValueTask<BatchRun> SealAsync(BatchRun run, GroupedFigures groups, CancellationToken cancellation)
    {
        var previous = await history.Journal.FindLastReceiptAsync(cancellation);
        if (previous?.RunId >= run.Id)
            return await history.Journal.GetAsync(run.Id, cancellation);
        if (previous is { IsIntact: false })
            throw new ReconciliationException(
                $"The receipt of run {previous.RunId} was altered: its hash does not fit. Run {run.Id} is not chained to it.");
        if (previous is not null && !previous.Range.To.Equals(run.Range.From))
            throw new ReconciliationException($"Run {run.Id} does not begin where the receipt of run {previous.RunId} ends.");
        var receipt = Receipt.Of(
            run, groups.ToDictionary(), previous, await log.AnchorAsync(topic, run.Range.To, cancellation));
        if (!receipt.Conserves)
            throw new ReconciliationException(
                $"Run {run.Id}: {receipt.Messages} messages are not its rows, duplicates and rejections taken together.");
        var reconciled = run with { State = RunState.Reconciled };
        return await history.Journal.SealAsync(receipt, reconciled, expected: RunState.Loaded, cancellation)
            ? reconciled
            : await history.Journal.GetAsync(run.Id, cancellation);
    }
}
