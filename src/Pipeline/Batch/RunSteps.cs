using Caudal.History;

namespace Caudal.Batch;

/// <summary>How a run moves from state to state. Who finds it in the expected state moves it; another sees where it went.</summary>
static class RunSteps
{
    /// <summary>The step whose turn it is; null where the run waits for a person or is done.</summary>
    public static BatchStepName? NextStep(this BatchRun run) => run.State switch
    {
        RunState.Created => BatchStepName.Extract,
        RunState.Extracted => BatchStepName.Validate,
        RunState.Validated => BatchStepName.Load,
        RunState.Loaded => BatchStepName.Reconcile,
        RunState.Reconciled => BatchStepName.Purge,
        _ => null,
    };

    /// <summary>True once the run is past the step: doing it again changes nothing.</summary>
    public static bool HasDone(this BatchRun run, BatchStepName step) => step switch
    {
        BatchStepName.Extract => run.State >= RunState.Extracted,
        BatchStepName.Validate => run.State >= RunState.WaitingForApproval,
        BatchStepName.Load => run.State >= RunState.Loaded,
        BatchStepName.Reconcile => run.State >= RunState.Reconciled,
        _ => run.State >= RunState.Purged,
    };

    public static async ValueTask<BatchRun> GetAsync(this RunJournal journal, long runId, CancellationToken cancellation) =>
        await journal.FindAsync(runId, cancellation)
        ?? throw new RunConflictException($"There is no run {runId}; 'caudal batch list' shows which there are.");

    /// <summary>Saves the run if it still is as <paramref name="expected"/>; returns it as it then stands.</summary>
    public static async ValueTask<BatchRun> MoveAsync(
        this RunJournal journal, BatchRun run, RunState expected, CancellationToken cancellation) =>
        await journal.SaveAsync(run, expected, cancellation) ? run : await journal.GetAsync(run.Id, cancellation);

    /// <summary>For a run whose staging is not what extract recorded: an unlogged table empties when its server crashes.</summary>
    public static ValueTask<BatchRun> MoveBackToExtractAsync(this RunJournal journal, BatchRun run, CancellationToken cancellation) =>
        journal.MoveAsync(run with { State = RunState.Created }, expected: run.State, cancellation);
}
