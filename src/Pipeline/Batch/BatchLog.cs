using Caudal.Log;
using Microsoft.Extensions.Logging;

namespace Caudal.Batch;

static partial class BatchLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} was made by {Actor}, up to {Cutoff}.")]
    public static partial void RunCreated(ILogger logger, long runId, string actor, Watermark cutoff);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: {Step} done, the run is {State}.")]
    public static partial void StepDone(ILogger logger, long runId, BatchStepName step, RunState state);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Run {RunId}: {Step} found other rows staged than extract had recorded; the run goes back to extract.")]
    public static partial void WentBack(ILogger logger, long runId, BatchStepName step);

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Run {RunId}: {Step} failed here, but was done all the same: a reply was lost, or another process did it.")]
    public static partial void DoneAllTheSame(ILogger logger, Exception error, long runId, BatchStepName step);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId}: {Step} failed; the run is as it was and the step can be repeated.")]
    public static partial void StepFailed(ILogger logger, Exception error, long runId, BatchStepName step);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: the end of {Step} could not be noted in the journal.")]
    public static partial void NotNoted(ILogger logger, Exception error, long runId, BatchStepName step);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} waits for approval.")]
    public static partial void Waits(ILogger logger, long runId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: {Decision}.")]
    public static partial void Decided(ILogger logger, long runId, string decision);
}
