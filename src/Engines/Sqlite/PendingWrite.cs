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
    LogUnavailableException? _refused;

    public Task<T> Result => _result.Task;

    /// <summary>What is refused has changed nothing: the others in the transaction go on.</summary>
    public override void Do(LogUpdates updates)
    {
        try
        {
            _done = work(updates);
        }
        catch (LogUnavailableException refused)
        {
            _refused = refused;
        }
    }

    public override void Succeed()
    {
        if (_refused is null)
            _result.TrySetResult(_done!);
        else
            _result.TrySetException(_refused);
    }

    public override void Fail(LogUnavailableException fault) => _result.TrySetException(fault);
}
