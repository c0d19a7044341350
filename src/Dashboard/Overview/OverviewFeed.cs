using System.Collections.Concurrent;
using Caudal.Dashboard.Viewing;
using Caudal.Querying;

namespace Caudal.Dashboard.Overview;

/// <summary>
/// Reads each view once for all who look at it, again and again while somebody does, and takes at most a tenth of the time for it. What a
/// view showed last is there at once for who comes next.
/// </summary>
public sealed class OverviewFeed(RunningPipeline pipeline) : IDisposable
{
    static readonly TimeSpan EveryLeast = TimeSpan.FromSeconds(2);

    /// <summary>How old what is shown first may be.</summary>
    static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(10);

    readonly ConcurrentDictionary<View, Reading> _readings = new();
    readonly CancellationTokenSource _stopping = new();

    /// <summary>What the view shows now.</summary>
    /// <exception cref="QueryException">Its query cannot be read.</exception>
    public async Task<OverviewFigures> ReadAsync(View view)
    {
        view.Asked(pipeline.History.BusinessZone);
        var reading = _readings.GetOrAdd(view, _ => new());
        return reading.Last is { } last && pipeline.Time.GetUtcNow() - last.At.ToDateTimeOffset() < FreshFor
            ? last
            : await ReadAnewAsync(view, reading);
    }

    /// <summary>Calls <paramref name="show"/> with each new reading of the view, on a thread of no page, until it is disposed of.</summary>
    public IDisposable Watch(View view, Action<OverviewFigures?, Exception?> show)
    {
        var reading = _readings.GetOrAdd(view, _ => new());
        lock (reading.Watchers)
        {
            reading.Watchers.Add(show);
            if (reading.Watchers.Count == 1)
                _ = Task.Run(() => RepeatAsync(view, reading));
        }
        return new Watching(() =>
        {
            lock (reading.Watchers)
                reading.Watchers.Remove(show);
        });
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    async Task RepeatAsync(View view, Reading reading)
    {
        var token = _stopping.Token;
        while (!token.IsCancellationRequested)
        {
            var begun = pipeline.Time.GetTimestamp();
            try
            {
                var figures = await ReadAnewAsync(view, reading);
                Tell(figures, null);
            }
            catch (Exception fault)
            {
                Tell(null, fault);
            }
            var pause = pipeline.Time.GetElapsedTime(begun) * 9;
            await Task.Delay(pause > EveryLeast ? pause : EveryLeast, pipeline.Time, token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (reading.Watchers)
                if (reading.Watchers.Count == 0)
                {
                    _readings.TryRemove(new(view, reading));
                    return;
                }
        }

        void Tell(OverviewFigures? figures, Exception? fault)
        {
            Action<OverviewFigures?, Exception?>[] watchers;
            lock (reading.Watchers)
                watchers = [.. reading.Watchers];
            foreach (var show in watchers)
                show(figures, fault);
        }
    }

    /// <summary>Who asks while it is read is given the same reading.</summary>
    async Task<OverviewFigures> ReadAnewAsync(View view, Reading reading)
    {
        Task<OverviewFigures> under;
        lock (reading.Watchers)
            under = reading.Under is { IsCompleted: false } going
                ? going
                : reading.Under = Task.Run(() => OverviewReading.ReadAsync(pipeline, view, _stopping.Token));
        return reading.Last = await under;
    }

    sealed class Reading
    {
        public OverviewFigures? Last { get; set; }

        public Task<OverviewFigures>? Under { get; set; }

        public List<Action<OverviewFigures?, Exception?>> Watchers { get; } = [];
    }

    sealed class Watching(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
