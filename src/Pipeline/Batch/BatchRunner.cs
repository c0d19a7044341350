using Caudal.History;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Extensions.Logging;

namespace Caudal.Batch;

/// <summary>What a running step has done so far; <paramref name="Rows"/> null where the step cannot know how much there is.</summary>
public sealed record StepProgress(long RunId, BatchStepName Step, long Done, long? Rows);

/// <summary>
/// Makes runs and takes them through their five steps. State lives in history: any step may be killed, repeated, or started twice at
/// once, and the end is that of running it once.
/// </summary>
public sealed class BatchRunner(
    ITransactionLog log, IHotStore hot, IHistoryStore history, RejectionBook rejections, BatchOptions options, string topic,
    TimeProvider time, ILogger<BatchRunner> logger)
{
    /// <summary>What the step that runs now in this process has done, or null.</summary>
    public StepProgress? Progress { get; private set; }

    /// <summary>
    /// The run with this key, or a new one whose cutoff is ingest's watermark now, or the one at append time <paramref name="cutoff"/>.
    /// Without a key: the unfinished run if there is one, else a new one.
    /// </summary>
    /// <exception cref="RunConflictException">Another run is unfinished, or the cutoff would go back.</exception>
    public ValueTask<BatchRun> CreateAsync(string? key, Instant? cutoff, string actor, CancellationToken cancellation) =>
        throw new NotImplementedException($"{log}{hot}{history}{rejections}{options}{topic}{time}{logger}");

    /// <summary>Takes the run through its remaining steps; returns when it is done or waits for approval.</summary>
    public ValueTask<BatchRun> RunAsync(long runId, string actor, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Runs one step. A step that was done already changes nothing; one that comes too early says which is missing.</summary>
    /// <exception cref="RunConflictException">The step's turn has not come.</exception>
    public ValueTask<BatchRun> StepAsync(BatchStepName step, long runId, string actor, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Lets a waiting run go on with all its rows.</summary>
    public ValueTask<BatchRun> ApproveAsync(long runId, string actor, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Lets a waiting run go on without the rows that failed: they become rejections.</summary>
    public ValueTask<BatchRun> DeclineAsync(long runId, string why, string actor, CancellationToken cancellation) => throw new NotImplementedException();
}
