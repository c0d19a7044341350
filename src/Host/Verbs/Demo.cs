using Caudal.Batch;
using Caudal.Dashboard;
using Caudal.Generating;
using Caudal.Host.Options;

namespace Caudal.Host.Verbs;

/// <summary>What makes <c>up --demo</c> live: generated transactions, and a batch run again and again until there is a scheduler.</summary>
sealed partial class Demo(RunningPipeline pipeline, DemoSettings settings, string actor, ILogger<Demo> logger)
{
    /// <summary>As real feeds have them, so that a demonstration has rejections and duplicates to show.</summary>
    static readonly FaultDial Faults = FaultDial.Parse("duplicate=0.002,late=0.01,malformed=0.0005,missing=0.0005,amount=0.0005");

    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Returns when it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(
        KeepOnAsync(GenerateAsync, RetryAfter, cancellation),
        KeepOnAsync(SettleAsync, settings.BatchEvery, cancellation));

    async Task GenerateAsync(CancellationToken cancellation)
    {
        // The seed is the moment, so that a second demo over the same data does not repeat the first one's ids.
        var seed = (ulong)TimeProvider.System.GetUtcNow().Ticks;
        var options = new GeneratorOptions { Rate = settings.RatePerSecond, Seed = seed, Faults = Faults };
        var generator = new TransactionGenerator(options, TimeProvider.System);
        await foreach (var batch in generator.RunAsync(cancellation))
            await pipeline.Log.AppendAsync(pipeline.Topic, batch, cancellation);
    }

    async Task SettleAsync(CancellationToken cancellation)
    {
        await Task.Delay(settings.BatchEvery, cancellation);
        var run = await pipeline.Batch.CreateAsync(null, null, actor, cancellation);
        run = await pipeline.Batch.RunAsync(run.Id, actor, cancellation);
        if (run.State == RunState.WaitingForApproval)
            LogWaiting(logger, run.Id);
        else
            LogSettled(logger, run.Id, run.Loaded.Rows.Count);
    }

    async Task KeepOnAsync(Func<CancellationToken, Task> work, TimeSpan pauseAfterFailure, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await work(cancellation);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                LogFailed(logger, failure);
                await Task.Delay(pauseAfterFailure, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    [LoggerMessage(610, LogLevel.Information, "Run {Run} is done: {Rows} transactions are in history")]
    static partial void LogSettled(ILogger logger, long run, long rows);

    [LoggerMessage(611, LogLevel.Warning, "Run {Run} waits for a person: `caudal batch show {Run}` says why")]
    static partial void LogWaiting(ILogger logger, long run);

    [LoggerMessage(612, LogLevel.Warning, "The demonstration tries again after a failure")]
    static partial void LogFailed(ILogger logger, Exception failure);
}
