using Caudal.History;
using Caudal.Reconciling;

namespace Caudal.Batch;

/// <summary>Finds the staged rows that history holds already, and asks a person where too many rows fail a check.</summary>
sealed class ValidateStep(IHistoryStore history, BatchOptions options)
{
    public async ValueTask<BatchRun> RunAsync(BatchRun run, CancellationToken cancellation)
    {
        if (await history.MeasureStagedAsync(run, cancellation) != run.Extracted)
            return await history.Journal.MoveBackToExtractAsync(run, cancellation);
        var outcome = await history.ValidateAsync(run, options.Checks, cancellation);

        // A run that lost its staging after a person decided comes here again; the same findings need no second decision.
        var decided = run.Decision is not null && run.Checks.SequenceEqual(outcome.Checks);
        var validated = run with
        {
            State = decided || !outcome.Checks.Any(check => check.OverThreshold) ? RunState.Validated : RunState.WaitingForApproval,
            Checks = outcome.Checks,
            DuplicateRows = outcome.Duplicates,
            Decision = decided ? run.Decision : null,
            Declined = decided ? run.Declined : [],
        };
        validated = validated with { Rejected = StagedRejections.Sum(await history.ListStagedRejectionsAsync(validated, cancellation)) };
        return await history.Journal.MoveAsync(validated, expected: RunState.Extracted, cancellation);
    }
}
