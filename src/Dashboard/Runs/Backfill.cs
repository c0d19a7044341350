using Caudal.Batch;
using Caudal.Dashboard.Api;
using Caudal.Scheduling;

namespace Caudal.Dashboard.Runs;

/// <summary>Settles days one by one, as <c>caudal batch backfill</c> does, beside whoever asked for it.</summary>
static class Backfill
{
    const string Name = "backfill";

    /// <summary>What is done is done: after a failure, or a run that waits for a person, the same again goes on with the rest.</summary>
    public static void Start(RunningPipeline pipeline, LongWork work, IReadOnlyList<LogDay> due, string actor) =>
        work.Start(Name, async cancellation =>
        {
            BatchRun? run = null;
            foreach (var day in due)
            {
                run = await pipeline.Batch.CreateAsync(day.Key, day.Cutoff, actor, cancellation);
                run = await pipeline.Batch.RunAsync(run.Id, actor, cancellation);
                if (!run.IsFinished)
                    break;
            }
            return run!;
        });
}
