using Caudal.Log;
using Microsoft.Extensions.Logging;

namespace Caudal.Engines.Sqlite;

/// <summary>
/// The right of one consumer to read a topic for a group. The holder counts up a number; who waits takes the lease over when the number has
/// stood still for the lease's length by its own clock, or at once when the holder's process is gone. No clock is compared with another's.
/// A holder that was paused and does not know yet does no harm: the store that it writes to decides by its own watermark.
/// </summary>
sealed class ConsumerLease : IAsyncDisposable
{
    readonly LogWriter _writer;
    readonly string _topic;
    readonly string _group;
    readonly string _owner;
    readonly CancellationTokenSource _ending = new();
    readonly CancellationTokenSource _lost = new();
    readonly Task _renewing;

    ConsumerLease(
        LogWriter writer, IReadOnlyList<LogPartition> partitions, string topic, string group, string owner,
        TimeSpan duration, TimeProvider time, ILogger logger)
    {
        (_writer, Partitions, _topic, _group, _owner) = (writer, partitions, topic, group, owner);
        _renewing = RenewAsync(duration / 4, time, logger);
    }

    /// <summary>Of the topic's epochs, oldest first. An epoch that begins later is the holder's too.</summary>
    public IReadOnlyList<LogPartition> Partitions { get; }

    /// <summary>Cancelled once somebody else has taken the lease.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Waits until the lease is free.</summary>
    public static async Task<ConsumerLease> AcquireAsync(
        LogWriter writer, string topic, string group, TimeSpan duration, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        var owner = ProcessMark.New();
        var (pause, seen, since) = (duration / 40, default(LeaseHolder?), time.GetTimestamp());
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var isDead = seen is { } holder && (ProcessMark.IsGone(holder.Owner) || time.GetElapsedTime(since) >= duration);
            try
            {
                var takeOver = isDead ? seen : null;
                var (partitions, held) = await writer.WriteAsync(updates => updates.TakeLease(topic, group, owner, takeOver), cancellation);
                if (held is null)
                {
                    logger.LeaseTaken(topic, group);
                    return new(writer, partitions, topic, group, owner, duration, time, logger);
                }
                if (held?.Owner != seen?.Owner)
                    logger.LeaseHeld(topic, group, held?.Owner ?? "");
                if (held != seen)
                    (seen, since) = (held, time.GetTimestamp());
                if (ProcessMark.IsGone(held!.Value.Owner))
                    continue;
            }
            catch (LogUnavailableException)
            {
                // The log's writer says so itself, and resumes by itself.
            }
            await Task.Delay(pause, time, cancellation);
        }
    }

    async Task RenewAsync(TimeSpan interval, TimeProvider time, ILogger logger)
    {
        while (!_ending.IsCancellationRequested)
        {
            await Task.Delay(interval, time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (_ending.IsCancellationRequested
                    || await _writer.WriteAsync(updates => updates.RenewLease(_topic, _group, _owner), _ending.Token))
                    continue;
                logger.LeaseLost(_topic, _group);
                await _lost.CancelAsync();
                return;
            }
            catch (Exception exception) when (exception is LogUnavailableException or OperationCanceledException)
            {
                // While nobody can write, nobody can take the lease either.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _renewing;
        try
        {
            await _writer.WriteAsync(
                updates =>
                {
                    updates.ReleaseLease(_topic, _group, _owner);
                    return true;
                },
                CancellationToken.None);
        }
        catch (LogUnavailableException)
        {
            // Who waits finds out by the number that stands still.
        }
        _ending.Dispose();
        _lost.Dispose();
    }
}
