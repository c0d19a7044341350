using Caudal.Auditing;
using Caudal.Dashboard;
using Caudal.Generating;
using Caudal.Host.Options;

namespace Caudal.Host.Verbs;

/// <summary>What makes <c>up --demo</c> live: generated transactions without end.</summary>
sealed partial class Demo(RunningPipeline pipeline, DemoSettings settings, string actor, ILogger<Demo> logger)
{
    /// <summary>As real feeds have them, so that a demonstration has rejections and duplicates to show.</summary>
    static readonly FaultDial Faults = FaultDial.Parse("duplicate=0.002,late=0.01,malformed=0.0005,missing=0.0005,amount=0.0005");

    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Returns when it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await GenerateAsync(cancellation);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                LogFailed(logger, failure);
                await Task.Delay(RetryAfter, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    async Task GenerateAsync(CancellationToken cancellation)
    {
        // The seed is the moment, so that a second demo over the same data does not repeat the first one's ids.
        var seed = (ulong)TimeProvider.System.GetUtcNow().Ticks;
        var options = new GeneratorOptions { Rate = settings.RatePerSecond, Seed = seed, Faults = Faults };
        var generator = new TransactionGenerator(options, TimeProvider.System);
        await pipeline.Audit.NoteAsync(actor, AuditActions.Generate, pipeline.Topic, AuditEntry.Begun, cancellation);
        await foreach (var batch in generator.RunAsync(cancellation))
            await pipeline.Log.AppendAsync(pipeline.Topic, batch, cancellation);
    }

    [LoggerMessage(612, LogLevel.Warning, "The demonstration tries again after a failure")]
    static partial void LogFailed(ILogger logger, Exception failure);
}
