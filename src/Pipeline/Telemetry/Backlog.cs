using System.Diagnostics.Metrics;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Telemetry;

/// <summary>What waits in the log: looked at now and then, so that whoever collects metrics waits for nothing.</summary>
public sealed class Backlog : IDisposable
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    readonly Meter _meter = new(RoleCounters.MeterName);
    readonly ITransactionLog _log;
    readonly string _topic;
    readonly IngestWatch _ingest;
    readonly TimeProvider _time;
    long _lag;
    TimeSpan _oldest;

    public Backlog(ITransactionLog log, string topic, IngestWatch ingest, TimeProvider time)
    {
        (_log, _topic, _ingest, _time) = (log, topic, ingest, time);
        _meter.CreateObservableGauge("caudal.lag", () => Interlocked.Read(ref _lag), "{message}", "Messages that ingest has yet to take.");
        _meter.CreateObservableGauge("caudal.lag.age", () => _oldest.TotalSeconds, "s", "How long the oldest of them has waited.");
        _meter.CreateObservableGauge(
            "process.memory.usage", () => Environment.WorkingSet, "By", "The memory that the process holds.");
    }

    /// <summary>Returns when it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await LookAsync(cancellation);
            }
            catch (Exception)
            {
                // A log that does not answer is told of by those who need it; the last that was seen stands meanwhile.
            }
            await Task.Delay(Every, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _meter.Dispose();

    async Task LookAsync(CancellationToken cancellation)
    {
        var (next, end) = (await _ingest.GetNextAsync(cancellation), (await _log.DescribeAsync(_topic, cancellation)).End);
        var lag = next.Covers(end) ? 0 : await _log.CountAsync(_topic, new(next, end), cancellation);
        var oldest = TimeSpan.Zero;
        if (lag > 0)
            await foreach (var batch in _log.ReadAsync(_topic, next, follow: false, cancellation))
                if (batch.Records is [var first, ..])
                {
                    oldest = Instant.Now(_time) - first.AppendedAt;
                    break;
                }
        Interlocked.Exchange(ref _lag, lag);
        _oldest = oldest;
    }
}
