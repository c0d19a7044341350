using System.Collections.Concurrent;

namespace Caudal.Dashboard.Api;

/// <summary>
/// Work that outlives the request that starts it. Each has a name; starting a name that is at work joins it. Others look at it by
/// asking for the name, and may wait for its end a little.
/// </summary>
public sealed class LongWork : IAsyncDisposable
{
    /// <summary>How long a look waits for the end: short enough for a progress bar, long enough that nobody polls hotly.</summary>
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    readonly ConcurrentDictionary<string, Task<object>> _tasks = new();
    readonly CancellationTokenSource _stopping = new();
    readonly Lock _starting = new();

    public void Start<T>(string name, Func<CancellationToken, Task<T>> work) where T : notnull
    {
        lock (_starting)
            if (!_tasks.TryGetValue(name, out var running) || running.IsCompleted)
                _tasks[name] = Task.Run(async () => (object)await work(_stopping.Token), _stopping.Token);
    }

    public bool IsKnown(string name) => _tasks.ContainsKey(name);

    /// <summary>
    /// The result if it is there within a glance; null while the work goes on or where it was never started. Its failure is thrown.
    /// </summary>
    public async Task<T?> LookAsync<T>(string name, CancellationToken cancellation) where T : class
    {
        if (!_tasks.TryGetValue(name, out var task))
            return null;
        await Task.WhenAny(task, Task.Delay(Glance, cancellation));
        return task.IsCompleted ? (T)await task : null;
    }

    /// <summary>Asks all work to stop and waits until it has.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await ((Task)Task.WhenAll(_tasks.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }
}
