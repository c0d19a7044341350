using System.Runtime.CompilerServices;
using Caudal.Auditing;
using Caudal.History;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Telemetry;
using Caudal.Transactions;
using Microsoft.Extensions.Logging;

namespace Caudal.Batch;

/// <summary>What a running step has done so far; <paramref name="Rows"/> null where the step cannot know how much there is.</summary>
public sealed record StepProgress(long RunId, BatchStepName Step, long Done, long? Rows);

/// <summary>
/// Makes runs and takes them through their five steps. State lives in history: any step may be killed, repeated, or started twice at
/// once, and the end is that of running it once.
/// </summary>
/// <param name="ingest">The loop that fills hot, where no other process does: what a run waits for is then known at once.</param>
public sealed class BatchRunner(
    ITransactionLog log, IHotStore hot, IHistoryStore history, RejectionBook rejections, BatchOptions options, string topic,
    TimeProvider time, ILogger<BatchRunner> logger, IngestLoop? ingest = null) : IDisposable
{
    /// <summary>How often one call lets a run stay where it is or go back before it gives up.</summary>
    const int SetbacksMax = 3;

    // Runs settle one after another, so one gate does for all of this process, and one turn for all processes. Where a turn is lost with
    // its connection, the journal alone keeps them apart.
    readonly SemaphoreSlim _gate = new(1);
    readonly RoleCounters _counters = new("batch");
    readonly AuditTrail _audit = new(log, topic, time);

    /// <summary>What the step that runs now in this process has done, or null.</summary>
    public StepProgress? Progress { get; private set; }

    /// <summary>
    /// The run with this key, or a new one whose cutoff is ingest's watermark now, or the one at append time <paramref name="cutoff"/>.
    /// Without a key: the unfinished run if there is one, else a new one. Where there is nothing to settle the run is made all the same:
    /// it goes through its steps with zero rows and ends with a receipt that says so, and its key finds it again.
    /// </summary>
    /// <exception cref="RunConflictException">Another run is unfinished, or the cutoff would go back.</exception>
    public ValueTask<BatchRun> CreateAsync(string? key, Instant? cutoff, string actor, CancellationToken cancellation) =>
        _audit.DoAsync(
            actor, AuditActions.CreateRun, key is null ? "run" : $"run under key {key}",
            () => new RunCreation(log, hot, history, topic, time, logger).CreateAsync(key, cutoff, actor, cancellation),
            run => $"run {run.Id}", cancellation);

    /// <summary>Takes the run through its remaining steps; returns when it is done or waits for approval.</summary>
    public ValueTask<BatchRun> RunAsync(long runId, string actor, CancellationToken cancellation) =>
        _audit.DoAsync(
            actor, AuditActions.TakeRun, $"run {runId}", () => AdvanceAsync(runId, BatchStepName.Purge, actor, cancellation), Outcome,
            cancellation);

    /// <summary>
    /// Runs one step. A step that was done already changes nothing; one that comes too early says which is missing. A step that finds its
    /// run's staging lost does the steps before it again first.
    /// </summary>
    /// <exception cref="RunConflictException">The step's turn has not come.</exception>
    public ValueTask<BatchRun> StepAsync(BatchStepName step, long runId, string actor, CancellationToken cancellation) =>
        _audit.DoAsync(
            actor, AuditActions.StepRun, $"run {runId} {step}", () => StepOnceAsync(step, runId, actor, cancellation), Outcome,
            cancellation);

    async ValueTask<BatchRun> StepOnceAsync(BatchStepName step, long runId, string actor, CancellationToken cancellation)
    {
        var run = await history.Journal.GetAsync(runId, cancellation);
        if (run.HasDone(step))
            return run;
        if (run.State == RunState.WaitingForApproval)
            throw new RunConflictException(
                $"Run {runId} waits for approval: 'caudal batch approve {runId}' or 'caudal batch decline {runId}' comes before {step}.");
        if (run.NextStep() < step)
            throw new RunConflictException($"Run {runId} is {run.State}: {run.NextStep()} comes before {step}.");
        return await AdvanceAsync(runId, step, actor, cancellation);
    }

    /// <summary>Lets a waiting run go on with all its rows.</summary>
    /// <param name="why">The words that are kept with the run, where there are any.</param>
    public ValueTask<BatchRun> ApproveAsync(long runId, string actor, CancellationToken cancellation, string? why = null)
    {
        var decision = string.IsNullOrWhiteSpace(why) ? $"approved by {actor}" : $"approved by {actor}: {why.Trim()}";
        return _audit.DoAsync(
            actor, AuditActions.ApproveRun, $"run {runId}", () => DecideAsync(runId, decision, _ => [], cancellation), Outcome,
            cancellation);
    }

    /// <summary>Lets a waiting run go on without the rows that failed: they become rejections.</summary>
    /// <exception cref="MissingReasonException">No reason was given.</exception>
    public ValueTask<BatchRun> DeclineAsync(long runId, string why, string actor, CancellationToken cancellation)
    {
        var decision = $"declined by {actor}: {MissingReasonException.Require(why)}";
        return _audit.DoAsync(
            actor, AuditActions.DeclineRun, $"run {runId}",
            () => DecideAsync(runId, decision, run => run.FailedRules, cancellation), Outcome, cancellation);
    }

    /// <summary>
    /// The rows of a waiting run that become rejections where a person declines it: those of the checks over their thresholds, and the
    /// conflicts, which become so anyhow. Ordered by position.
    /// </summary>
    /// <exception cref="RunConflictException">The run does not wait for a person.</exception>
    public async IAsyncEnumerable<StagedRejection> ReadFailingAsync(
        long runId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var run = await history.Journal.GetAsync(runId, cancellation);
        if (run.State != RunState.WaitingForApproval)
            throw new RunConflictException(
                $"Run {runId} does not wait for a person: it is {run.State}. `caudal rejections list` has what runs rejected.");
        await foreach (var failing in history.ReadStagedRejectionsAsync(run with { Declined = run.FailedRules }, cancellation))
            yield return failing;
    }

    static string Outcome(BatchRun run) => run.State.ToString();

    public void Dispose() => _gate.Dispose();

    async ValueTask<BatchRun> DecideAsync(
        long runId, string decision, Func<BatchRun, IReadOnlyList<QualityRule>> declined, CancellationToken cancellation)
    {
        var run = await history.Journal.GetAsync(runId, cancellation);
        if (run.State == RunState.WaitingForApproval)
        {
            var decided = run with { State = RunState.Validated, Decision = decision, Declined = declined(run) };
            // Where the staging was lost meanwhile the figures do not fit, and load goes back to extract.
            decided = decided with { Rejected = StagedRejections.Sum(await history.ListStagedRejectionsAsync(decided, cancellation)) };
            run = await history.Journal.MoveAsync(decided, expected: RunState.WaitingForApproval, cancellation);
            BatchLog.Decided(logger, runId, decision);
        }

        // The same decision again, after a lost reply, is the same decision.
        return run.Decision == decision
            ? run
            : throw new RunConflictException(
                $"Run {runId} does not wait for approval: it is {run.State}{(run.Decision is { } made ? $", {made}" : "")}.");
    }

    async ValueTask<BatchRun> AdvanceAsync(long runId, BatchStepName last, string actor, CancellationToken cancellation)
    {
        using var trace = Tracing.StartRun(runId, actor);
        await _gate.WaitAsync(cancellation);
        try
        {
            await using var turn = await history.Journal.TakeRunTurnAsync(time, cancellation);
            var run = await history.Journal.GetAsync(runId, cancellation);
            for (var setbacks = 0; run.NextStep() is { } step && step <= last;)
            {
                var before = run.State;
                run = await AttemptAsync(step, run, actor, cancellation);
                if (run.State <= before && ++setbacks > SetbacksMax)
                    throw new ReconciliationException(
                        $"Run {runId} does not get past {step}: what is staged is never what extract recorded.");
            }
            if (run.State == RunState.WaitingForApproval)
                BatchLog.Waits(logger, runId);
            return run;
        }
        finally
        {
            Progress = null;
            _gate.Release();
        }
    }

    async ValueTask<BatchRun> AttemptAsync(BatchStepName step, BatchRun run, string actor, CancellationToken cancellation)
    {
        Progress = new(run.Id, step, 0, null);
        var attempt = await history.Journal.BeginStepAsync(run.Id, step, actor, cancellation);
        using var span = Tracing.StartStep(step.ToString().ToLowerInvariant());
        var begun = time.GetTimestamp();
        if (attempt.Attempt > 1)
            _counters.Retried();
        BatchRun after;
        try
        {
            after = await PerformAsync(step, run, cancellation);
        }
        catch (Exception error)
        {
            var interrupted = error is OperationCanceledException;
            Durations.Step(time.GetElapsedTime(begun), $"{step}", interrupted ? "interrupted" : "failed");
            span?.Fail(error);
            await NoteAsync(attempt, interrupted ? "Interrupted." : error.Message);
            if (await FindDoneAsync(step, run, cancellation) is not { } done)
            {
                if (interrupted)
                    BatchLog.StepInterrupted(logger, run.Id, step);
                else
                    BatchLog.StepFailed(logger, error, run.Id, step);
                throw;
            }
            BatchLog.DoneAllTheSame(logger, error, run.Id, step);
            await TidyUpAsync(step, done, cancellation);
            return done;
        }
        var wentBack = !after.HasDone(step);
        Durations.Step(time.GetElapsedTime(begun), $"{step}", wentBack ? "back" : "done");
        if (wentBack)
        {
            BatchLog.WentBack(logger, run.Id, step);
        }
        else
        {
            Count(step, after);
            BatchLog.StepDone(logger, run.Id, step, after.State);
        }
        await NoteAsync(attempt, wentBack ? "What is staged is not what extract recorded: the run goes back to extract." : null);
        await TidyUpAsync(step, after, cancellation);
        return after;
    }

    void Count(BatchStepName step, BatchRun run)
    {
        if (step == BatchStepName.Extract)
            _counters.Received(run.Extracted.Count);
        if (step != BatchStepName.Load)
            return;
        _counters.Sent(run.Loaded.Count);
        _counters.Rejected(run.Rejected.Count);
    }

    ValueTask<BatchRun> PerformAsync(BatchStepName step, BatchRun run, CancellationToken cancellation) => step switch
    {
        BatchStepName.Extract => new ExtractStep(log, hot, history, rejections, ingest, topic, time).RunAsync(
            run, Reporting(run, step, null), cancellation),
        BatchStepName.Validate => new ValidateStep(history, options).RunAsync(run, cancellation),
        BatchStepName.Load => new LoadStep(log, history, topic, time).RunAsync(run, cancellation),
        BatchStepName.Reconcile => new ReconcileStep(log, hot, history, ingest, topic, time).RunAsync(
            run, Reporting(run, step, run.Loaded.Count), cancellation),
        BatchStepName.Purge => new PurgeStep(log, hot, history, options.LogRetention, topic, time).RunAsync(
            run, Reporting(run, step, run.Loaded.Count), cancellation),
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, null),
    };

    Action<long> Reporting(BatchRun run, BatchStepName step, long? rows) => done => Progress = new(run.Id, step, done, rows);

    /// <summary>The journal's note of an attempt is for people; that it cannot be written does not undo what was done.</summary>
    async ValueTask NoteAsync(BatchStep attempt, string? error)
    {
        try
        {
            await history.Journal.FinishStepAsync(attempt, error, CancellationToken.None);
        }
        catch (Exception failure)
        {
            BatchLog.NotNoted(logger, failure, attempt.RunId, attempt.Name);
        }
    }

    /// <summary>A failed step may have been done all the same: its reply was lost, or another process was faster.</summary>
    async ValueTask<BatchRun?> FindDoneAsync(BatchStepName step, BatchRun run, CancellationToken cancellation)
    {
        try
        {
            var now = await history.Journal.FindAsync(run.Id, cancellation);
            return now?.HasDone(step) == true ? now : null;
        }
        catch (Exception)
        {
            // The step's own failure says more than that the journal cannot be asked about it.
            return null;
        }
    }

    /// <summary>A step that was overtaken by another process may have staged again what that one had dropped.</summary>
    async ValueTask TidyUpAsync(BatchStepName step, BatchRun run, CancellationToken cancellation)
    {
        if (run.IsFinished && step != BatchStepName.Purge)
            await history.DropStagingAsync(run, cancellation);
    }
}
