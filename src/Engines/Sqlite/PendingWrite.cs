using Caudal.Log;

namespace Caudal.Engines.Sqlite;

/// <summary>Work that waits for its transaction, and whoever waits for its outcome.</summary>
abstract class PendingWrite(long bytes)
{
    public long Bytes => bytes;

    public abstract void Do(LogUpdates updates);

    public abstract void Succeed();

    public abstract void Fail(LogUnavailableException fault);
}

sealed class PendingWrite<T>(Func<LogUpdates, T> work, long bytes) : PendingWrite(bytes)
{
    readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
    T? _done;

    public Task<T> Result => _result.Task;

    public override void Do(LogUpdates updates) => _done = work(updates);

    public override void Succeed() => _result.TrySetResult(_done!);

    public override void Fail(LogUnavailableException fault) => _result.TrySetException(fault);
}
