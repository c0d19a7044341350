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

    /// <summary>
    /// The exact bytes are the log's: what hot made of them is not enough to send them again. Where the log lost them there are none.
    /// </summary>
    async ValueTask<IReadOnlyList<RejectedTransaction>> AddBytesAsync(
        BatchRun run, List<StagedRejection> staged, CancellationToken cancellation)
    {
        var rejectedAt = Instant.Now(time);
        var rejections = new List<RejectedTransaction>(staged.Count);
        var lost = staged.Count == 0 ? null : (await log.DescribeAsync(topic, cancellation)).Lost;
        var held = staged.FindAll(rejection => !lost!.Contains(rejection.Position));
        await foreach (var record in log.ReadExactlyAsync(topic, held.ConvertAll(rejection => rejection.Position), cancellation))
            rejections.Add(Rejected(held[rejections.Count], record.Message.Value));
        foreach (var rejection in staged.Where(rejection => lost!.Contains(rejection.Position)))
            rejections.Add(Rejected(rejection, bytes: default));
        return rejections;

        RejectedTransaction Rejected(StagedRejection rejection, ReadOnlyMemory<byte> bytes) => new(
            run.Id, rejection.Position, rejection.Id, rejection.Amount, rejection.Digest, rejection.Code, rejection.Sentence, bytes,
            rejectedAt);
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
