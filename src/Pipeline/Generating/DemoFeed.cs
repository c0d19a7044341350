using Caudal.Auditing;
using Caudal.Log;
using Microsoft.Extensions.Logging;

namespace Caudal.Generating;

/// <summary>Generated transactions without end, for whoever wants to see Caudal at work: from <c>up --demo</c>, or from a page.</summary>
/// <param name="ratePerSecond">On average.</param>
public sealed partial class DemoFeed(
    ITransactionLog log, string topic, AuditTrail audit, int ratePerSecond, TimeProvider time, ILogger<DemoFeed> logger) : IAsyncDisposable
{
    /// <summary>As real feeds have them, so that a demonstration has rejections and duplicates to show.</summary>
    static readonly FaultDial Faults = FaultDial.Parse("duplicate=0.002,late=0.01,malformed=0.0005,missing=0.0005,amount=0.0005");

    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    readonly Lock _turn = new();
    readonly CancellationTokenSource _stopping = new();
    Task? _running;

    public bool IsRunning => _running is not null;

    /// <summary>Begins, where it has not begun already, and goes on until it is disposed of.</summary>
    public void Start(string actor)
    {
        lock (_turn)
            _running ??= Task.Run(() => RunAsync(actor, _stopping.Token), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_running is { } running)
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    async Task RunAsync(string actor, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await GenerateAsync(actor, cancellation);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                LogFailed(logger, failure);
                await Task.Delay(RetryAfter, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    async Task GenerateAsync(string actor, CancellationToken cancellation)
    {
        // The seed is the moment, so that a second demo over the same data does not repeat the first one's ids.
        var seed = (ulong)time.GetUtcNow().Ticks;
        var generator = new TransactionGenerator(new GeneratorOptions { Rate = ratePerSecond, Seed = seed, Faults = Faults }, time);
        await audit.NoteAsync(actor, AuditActions.Generate, topic, AuditEntry.Begun, cancellation);
        await foreach (var batch in generator.RunAsync(cancellation))
            await log.AppendAsync(topic, batch, cancellation);
    }

    [LoggerMessage(612, LogLevel.Warning, "The demonstration tries again after a failure")]
    static partial void LogFailed(ILogger logger, Exception failure);
}
