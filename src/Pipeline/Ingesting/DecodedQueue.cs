using System.Threading.Channels;

namespace Caudal.Ingesting;

/// <summary>
/// Between the one that decodes and the one that commits, bounded by bytes: what is being committed counts too, until it is released.
/// Full means that decoding, and with it reading, waits. One caller on each side.
/// </summary>
sealed class DecodedQueue(long bytesMax) : IDisposable
{
    readonly Channel<DecodedBatch> _batches =
        Channel.CreateUnbounded<DecodedBatch>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    readonly SemaphoreSlim _released = new(0);
    long _held;

    /// <summary>What has been put and not yet released.</summary>
    public long BytesHeld => Interlocked.Read(ref _held);

    /// <summary>Waits until there is room. A batch larger than all the room goes in once nothing else is held.</summary>
    public async ValueTask PutAsync(DecodedBatch batch, CancellationToken cancellation)
    {
        while (BytesHeld is > 0 and var held && held + batch.Bytes > bytesMax)
            await _released.WaitAsync(cancellation);
        Interlocked.Add(ref _held, batch.Bytes);
        _batches.Writer.TryWrite(batch);
    }

    /// <summary>Waits until all that was put is released. For the one that puts.</summary>
    public async ValueTask DrainAsync(CancellationToken cancellation)
    {
        while (BytesHeld > 0)
            await _released.WaitAsync(cancellation);
    }

    /// <summary>Nothing more will be put; <paramref name="fault"/> is thrown at the taker once the rest is taken.</summary>
    public void Complete(Exception? fault) => _batches.Writer.Complete(fault);

    /// <summary>
    /// Waits for something, then takes all that is waiting up to <paramref name="recordsMax"/> messages and half of the room, so that
    /// decoding goes on in the other half while this is committed. Null at the end.
    /// </summary>
    public async ValueTask<DecodedBatch?> TakeAsync(int recordsMax, CancellationToken cancellation)
    {
        if (!await _batches.Reader.WaitToReadAsync(cancellation) || !_batches.Reader.TryRead(out var taken))
            return null;
        while (_batches.Reader.TryPeek(out var next)
            && taken.Messages + next.Messages <= recordsMax && taken.Bytes + next.Bytes <= bytesMax / 2
            && _batches.Reader.TryRead(out _))
            taken.Add(next);
        return taken;
    }

    /// <summary>Makes room: the batch is committed.</summary>
    public void Release(DecodedBatch batch)
    {
        Interlocked.Add(ref _held, -batch.Bytes);
        _released.Release();
    }

    public void Dispose() => _released.Dispose();
}
