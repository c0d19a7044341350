using Caudal.Reconciling;
using Caudal.Transactions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Caudal.Dashboard.Shell;

/// <summary>The books at one moment.</summary>
public sealed record PulseBeat(Instant At, Reconciliation Books)
{
    /// <summary>What ingest has taken.</summary>
    public long Ingested => Books.Log.Messages - Books.Log.Lag;

    /// <summary>What has come in so far and was accepted: in hot, or settled.</summary>
    public MoneySum Money => Books.Hot.Sum + Books.History.Sum;
}

/// <summary>
/// Takes the books once a second for all pages together, however many readers there are, and keeps the last minutes of them, so that
/// rates are known at once. Pages are told by <see cref="Beat"/>, on a thread of no page.
/// </summary>
public sealed partial class Pulse(RunningPipeline pipeline, ILogger<Pulse> logger) : BackgroundService
{
    const int BeatsKept = 600;

    static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    readonly Lock _turn = new();
    readonly Queue<PulseBeat> _beats = new(BeatsKept);

    public event Action? Beat;

    /// <summary>Null until the books were taken once.</summary>
    public PulseBeat? Last { get; private set; }

    /// <summary>Why the books cannot be taken now, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>The last minutes, oldest first.</summary>
    public IReadOnlyList<PulseBeat> Recent()
    {
        lock (_turn)
            return [.. _beats];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, pipeline.Time);
        do
        {
            try
            {
                Keep(new(Instant.Now(pipeline.Time), await pipeline.Reconciler.StatusAsync(stoppingToken)));
                Fault = null;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                if (Fault is null)
                    LogStandsStill(logger, fault);
                Fault = fault.GetType().Name;
            }
            Beat?.Invoke();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(
            tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default));
    }

    void Keep(PulseBeat beat)
    {
        lock (_turn)
        {
            if (_beats.Count == BeatsKept)
                _beats.Dequeue();
            _beats.Enqueue(beat);
            Last = beat;
        }
    }

    [LoggerMessage(800, LogLevel.Warning, "The pages show old figures: the books cannot be taken now")]
    static partial void LogStandsStill(ILogger logger, Exception fault);
}
