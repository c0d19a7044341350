namespace Caudal.Engines.Sqlite;

/// <summary>
/// Lets so many bytes in at a time. Who finds no room waits, in order of arrival; what is larger than all the room waits until it is empty.
/// </summary>
sealed class ByteBudget(long bytesMax)
{
    readonly long _bytesMax = bytesMax;
    readonly Lock _lock = new();
    readonly Queue<(long Bytes, TaskCompletionSource Granted)> _waiting = [];
    long _free = bytesMax;

    public async ValueTask TakeAsync(long bytes, CancellationToken cancellation)
    {
        bytes = Math.Min(bytes, _bytesMax);
        var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_waiting.Count == 0 && bytes <= _free)
            {
                _free -= bytes;
                return;
            }
            _waiting.Enqueue((bytes, granted));
        }
        await using var registration = cancellation.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), granted);
        await granted.Task;
    }

    public void Return(long bytes)
    {
        lock (_lock)
        {
            _free += Math.Min(bytes, _bytesMax);
            // Who gave up waiting is passed over.
            while (_waiting.TryPeek(out var next) && (next.Bytes <= _free || next.Granted.Task.IsCanceled))
                if (_waiting.Dequeue().Granted.TrySetResult())
                    _free -= next.Bytes;
        }
    }
}
