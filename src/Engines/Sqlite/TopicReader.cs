using Caudal.Log;

namespace Caudal.Engines.Sqlite;

/// <summary>One stream's place in a topic.</summary>
sealed class TopicReader(ReadPool reads, Arrivals arrivals, SqliteLogOptions options, TimeProvider time, string topic, Watermark from)
{
    Watermark _next = from;

    /// <summary>The next records below <paramref name="end"/>, or null where there are none now.</summary>
    public async ValueTask<LogBatch?> TryReadAsync(Watermark? end, CancellationToken cancellation)
    {
        var batch = await reads.AskAsync(queries => queries.Read(topic, _next, end, options.ReadBytesMax), cancellation);
        if (batch is not null)
            _next = _next.With(batch.Partition, batch.NextOffset);
        return batch;
    }

    /// <summary>The next records, once there are any.</summary>
    public async ValueTask<LogBatch> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            // This process's own commits are heard of at once; those of others are looked for.
            var arrival = arrivals.Next;
            if (await TryReadAsync(end: null, cancellation) is { } batch)
                return batch;
            await Task.WhenAny(arrival, Task.Delay(options.PollInterval, time, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }
}

/// <summary>Tells those who wait that this process has committed something.</summary>
sealed class Arrivals
{
    TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Next => Volatile.Read(ref _next).Task;

    public void Announce() =>
        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
