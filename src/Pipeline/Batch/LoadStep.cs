using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Batch;

/// <summary>Moves the staged rows into history, with the run's rejections and duplicates, in one transaction.</summary>
sealed class LoadStep(ITransactionLog log, IHistoryStore history, string topic, TimeProvider time)
{
    public async ValueTask<BatchRun> RunAsync(BatchRun run, CancellationToken cancellation)
    {
        if (await history.MeasureStagedAsync(run, cancellation) != run.Extracted)
            return await history.Journal.MoveBackToExtractAsync(run, cancellation);
        var staged = await history.ListStagedRejectionsAsync(run, cancellation);
        if (staged is null || StagedRejections.Sum(staged) != run.Rejected)
            return await history.Journal.MoveBackToExtractAsync(run, cancellation);
        var rejections = await AddBytesAsync(run, staged, cancellation);
        await history.LoadAsync(run, rejections, figures => Loaded(run, figures), cancellation);
        return await history.Journal.GetAsync(run.Id, cancellation);
    }

    /// <summary>The exact bytes are the log's: what hot made of them is not enough to send them again.</summary>
    async ValueTask<IReadOnlyList<RejectedTransaction>> AddBytesAsync(
        BatchRun run, List<StagedRejection> staged, CancellationToken cancellation)
    {
        var rejectedAt = Instant.Now(time);
        var rejections = new List<RejectedTransaction>(staged.Count);
        var positions = staged.ConvertAll(rejection => rejection.Position);
        await foreach (var record in log.ReadExactlyAsync(topic, run.Range, positions, cancellation))
        {
            var rejection = staged[rejections.Count];
            rejections.Add(new(
                run.Id, rejection.Position, rejection.Id, rejection.Amount, rejection.Digest, rejection.Code, rejection.Sentence,
                record.Message.Value, rejectedAt));
        }
        return rejections;
    }

    /// <summary>Called inside load's transaction: what does not add up is taken back.</summary>
    static BatchRun Loaded(BatchRun run, RangeFigures loaded)
    {
        var duplicates = run.Extracted.Duplicates.Count + run.DuplicateRows;
        if (loaded.Duplicates.Count != duplicates)
            throw new ReconciliationException(
                $"Run {run.Id}: validate found {duplicates} duplicates, but load {loaded.Duplicates.Count}. Nothing was loaded.");
        var after = run with { State = RunState.Loaded, Loaded = loaded };
        after.EnsureConserved();
        return after;
    }
}
