using Caudal.Log;
using Microsoft.Extensions.Logging;

namespace Caudal.Batch;

static partial class BatchLog
{
    [LoggerMessage(400, LogLevel.Information, "Run {RunId} was made by {Actor}, up to {Cutoff}.")]
    public static partial void RunCreated(ILogger logger, long runId, string actor, Watermark cutoff);

    [LoggerMessage(401, LogLevel.Information, "Run {RunId}: {Step} done, the run is {State}.")]
    public static partial void StepDone(ILogger logger, long runId, BatchStepName step, RunState state);

    [LoggerMessage(
        402, LogLevel.Warning, "Run {RunId}: {Step} found other rows staged than extract had recorded; the run goes back to extract.")]
    public static partial void WentBack(ILogger logger, long runId, BatchStepName step);

    [LoggerMessage(
        403, LogLevel.Warning,
        "Run {RunId}: {Step} failed here, but was done all the same: a reply was lost, or another process did it.")]
    public static partial void DoneAllTheSame(ILogger logger, Exception error, long runId, BatchStepName step);

    [LoggerMessage(404, LogLevel.Error, "Run {RunId}: {Step} failed; the run is as it was and the step can be repeated.")]
    public static partial void StepFailed(ILogger logger, Exception error, long runId, BatchStepName step);

    [LoggerMessage(408, LogLevel.Information, "Run {RunId}: {Step} was interrupted; the run is as it was and the step can be repeated.")]
    public static partial void StepInterrupted(ILogger logger, long runId, BatchStepName step);

    [LoggerMessage(405, LogLevel.Warning, "Run {RunId}: the end of {Step} could not be noted in the journal.")]
    public static partial void NotNoted(ILogger logger, Exception error, long runId, BatchStepName step);

    [LoggerMessage(406, LogLevel.Information, "Run {RunId} waits for approval.")]
    public static partial void Waits(ILogger logger, long runId);

    [LoggerMessage(407, LogLevel.Information, "Run {RunId}: {Decision}.")]
    public static partial void Decided(ILogger logger, long runId, string decision);
}
