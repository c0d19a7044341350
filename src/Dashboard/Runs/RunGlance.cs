using Caudal.Batch;

namespace Caudal.Dashboard.Runs;

/// <summary>What a step of a run looks like. Only what was read back from history and agreed is proven.</summary>
public enum StepLook
{
    NotYet,
    Running,
    Done,
    Waiting,
    Failed,
    Proven,
}

/// <summary>A run with its attempts, as the grid shows it.</summary>
/// <param name="AtWork">The step that runs now in this process, or null.</param>
public sealed record RunGlance(BatchRun Run, IReadOnlyList<BatchStep> Steps, StepProgress? AtWork)
{
    public BatchStep? LastOf(BatchStepName step) => Steps.LastOrDefault(each => each.Name == step);

    public StepLook LookOf(BatchStepName step) =>
        AtWork?.Step == step ? StepLook.Running
        : Run.State == RunState.WaitingForApproval && step == BatchStepName.Validate ? StepLook.Waiting
        : Run.State >= StateAfter(step) ? Run.State >= RunState.Reconciled ? StepLook.Proven : StepLook.Done
        : LastOf(step) is { Error: not null } && AtWork is null ? StepLook.Failed
        : StepLook.NotYet;

    /// <summary>Of its attempts together, what the waits between them lasted apart.</summary>
    public TimeSpan? TookBy(BatchStepName step)
    {
        var ended = Steps.Where(each => each.Name == step && each.FinishedAt is not null).ToArray();
        return ended.Length == 0 ? null : ended.Aggregate(TimeSpan.Zero, (sum, each) => sum + (each.FinishedAt!.Value - each.StartedAt));
    }

    /// <summary>Neither at work here, nor done, nor waiting for a person: somebody has to take it on.</summary>
    public bool StandsStill => AtWork is null && Run is { IsFinished: false, State: not RunState.WaitingForApproval };

    public string? Failure => StandsStill && Steps is [.., { Error: { } error }] ? error : null;

    static RunState StateAfter(BatchStepName step) => step switch
    {
        BatchStepName.Extract => RunState.Extracted,
        BatchStepName.Validate => RunState.Validated,
        BatchStepName.Load => RunState.Loaded,
        BatchStepName.Reconcile => RunState.Reconciled,
        _ => RunState.Purged,
    };
}
