using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Extensions.Logging;

namespace Caudal.Auditing;

/// <summary>Carries events into the log, and lets the log forget of audit and events what is older than it is kept.</summary>
public sealed partial class RecordKeeper(
    ITransactionLog log, string topic, EventRecord events, AuditTrail audit, AuditOptions options, TimeProvider time,
    ILogger<RecordKeeper> logger)
{
    static readonly TimeSpan ForgetEvery = TimeSpan.FromHours(1);

    /// <summary>Returns once it is cancelled and what was logged before is kept, if the log takes it.</summary>
    public Task RunAsync(CancellationToken cancellation) =>
        Task.WhenAll(events.RunAsync(log, topic, cancellation), ForgetAsync(cancellation));

    async Task ForgetAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            // A short verb is gone before, and leaves it to whoever runs for long.
            await Task.Delay(ForgetEvery, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellation.IsCancellationRequested)
                return;
            try
            {
                await audit.ForgetAsync(options.Retention, cancellation);
                await EventRecord.ForgetAsync(log, topic, Instant.Now(time) - options.EventRetention, cancellation);
            }
            catch (Exception fault) when (!cancellation.IsCancellationRequested)
            {
                LogNotForgotten(logger, fault);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    [LoggerMessage(701, LogLevel.Warning, "Old entries of audit and events could not be forgotten; it is tried again in an hour.")]
    static partial void LogNotForgotten(ILogger logger, Exception fault);
}
