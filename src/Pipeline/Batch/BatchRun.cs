using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Batch;

/// <summary>How far a run has come: each state but the last two names the step that was last done.</summary>
public enum RunState
{
    Created,
    Extracted,

    /// <summary>Validated, with a check over its threshold: a person approves or declines.</summary>
    WaitingForApproval,
    Validated,
    Loaded,
    Reconciled,

    /// <summary>Purged: the run is done.</summary>
    Purged,
}

/// <summary>The five steps, in their order.</summary>
public enum BatchStepName
{
    Extract,
    Validate,
    Load,
    Reconcile,
    Purge,
}

/// <summary>One run: a contiguous range of positions on its way from hot to history. An immutable row of <c>batch_runs</c>.</summary>
public sealed record BatchRun
{
    /// <summary>Runs are numbered from 1 in the order in which they settle.</summary>
    public required long Id { get; init; }

    /// <summary>
    /// The caller's name for it (Airflow's run id, or one made from the id): creating with the same key finds the same run.
    /// </summary>
    public required string Key { get; init; }

    /// <summary>From the last receipt's watermark to the cutoff.</summary>
    public required PositionRange Range { get; init; }

    /// <summary>The run's day, which becomes <c>batch_date</c> of its rows.</summary>
    public required DateOnly Day { get; init; }

    public required RunState State { get; init; }

    public required string Actor { get; init; }

    public required Instant CreatedAt { get; init; }

    public Instant? FinishedAt { get; init; }

    /// <summary>Messages in the range, as the log counts them. Set by extract.</summary>
    public long Messages { get; init; }

    /// <summary>Messages in the range that ingest had rejected. Set by extract.</summary>
    public long RejectedBefore { get; init; }

    /// <summary>What was staged from hot.</summary>
    public RangeFigures Extracted { get; init; }

    /// <summary>
    /// Rows of <see cref="Extracted"/> that validate found to be duplicates, of history or of each other: load must find as many.
    /// </summary>
    public long DuplicateRows { get; init; }

    /// <summary>What was committed to history: new rows, and every duplicate of the range.</summary>
    public RangeFigures Loaded { get; init; }

    /// <summary>What validate rejected: conflicts with history and declined rows.</summary>
    public Figures Rejected { get; init; }

    public RangeFigures Purged { get; init; }

    public IReadOnlyList<CheckResult> Checks { get; init; } = [];

    /// <summary>Rules whose failing rows a person declined: they become rejections.</summary>
    public IReadOnlyList<QualityRule> Declined { get; init; } = [];

    /// <summary>The rules whose checks are over their thresholds.</summary>
    public IReadOnlyList<QualityRule> FailedRules => [.. from check in Checks where check.OverThreshold select check.Rule];

    /// <summary>The words of the person who approved or declined.</summary>
    public string? Decision { get; init; }

    public bool IsFinished => State == RunState.Purged;

    /// <summary>True once its rows are in history: hot then only waits for the purge.</summary>
    public bool IsSettled => State >= RunState.Loaded;
}

/// <summary>One attempt at a step, a row of <c>batch_steps</c>.</summary>
/// <param name="Error">Null while it runs or when it was done; else what went wrong.</param>
public sealed record BatchStep(
    long RunId, BatchStepName Name, int Attempt, string Actor, Instant StartedAt, Instant? FinishedAt, string? Error);
