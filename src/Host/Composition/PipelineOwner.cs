using Caudal.Access;
using Caudal.Auditing;
using Caudal.Batch;
using Caudal.Dashboard;
using Caudal.Dashboard.Api;
using Caudal.Generating;
using Caudal.History;
using Caudal.Host.Options;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Scheduling;
using Caudal.Telemetry;
using Caudal.Transactions;

namespace Caudal.Host.Composition;

/// <summary>
/// A process at work on the stores: it opens the engines and, as its duties say, carries the log into the hot store and serves the REST
/// routes. Where a store is a file it has the owner lock, and is the only one. Disposing drains it in the reverse order: no more requests,
/// no more work, ingest stands still, the stores close, the lock is free.
/// </summary>
sealed class PipelineOwner : IAsyncDisposable
{
    readonly Stack<IAsyncDisposable> _opened = new();

    PipelineOwner()
    {
    }

    public RunningPipeline Pipeline { get; private set; } = null!;

    /// <summary>Null where the routes are served nowhere.</summary>
    public ApiServer? Server { get; private set; }

    /// <param name="taken">The lock, of which the owner lets go at its end; null where the stores are shared.</param>
    public static async Task<PipelineOwner> StartAsync(
        CaudalSettings settings, DataFolder folder, OwnerLock? taken, Duties duties, Readiness readiness, ILoggerFactory loggers,
        EventRecord events, CancellationToken cancellation)
    {
        var owner = new PipelineOwner();
        owner.Opened(new Closing(() => { taken?.Dispose(); return default; }));
        try
        {
            owner.Pipeline = await owner.OpenAsync(settings, folder, duties, loggers, events, cancellation);
            var work = owner.Opened(new LongWork());
            var telemetry = duties.IsRole ? owner.Watch(settings.Telemetry) : null;
            if (duties.Socket is not null || duties.OpensPort)
                owner.Server = owner.Opened(await ApiServer.StartAsync(
                    settings, duties, owner.Pipeline, work, readiness, telemetry, loggers, cancellation));
            readiness.Begin(owner.Pipeline);
            return owner;
        }
        catch
        {
            await owner.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Only looks whether the log still is the one that was ingested from, and holds it where it is not: for a verb that appends to it by
    /// itself. Lets go of the lock before it returns.
    /// </summary>
    public static async Task GuardLogAsync(
        CaudalSettings settings, DataFolder folder, OwnerLock? taken, ILoggerFactory loggers, CancellationToken cancellation)
    {
        await using var owner = new PipelineOwner();
        owner.Opened(new Closing(() => { taken?.Dispose(); return default; }));
        await owner.OpenStoresAsync(settings, folder, loggers, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        while (_opened.TryPop(out var last))
            await last.DisposeAsync();
    }

    async Task<RunningPipeline> OpenAsync(
        CaudalSettings settings, DataFolder folder, Duties duties, ILoggerFactory loggers, EventRecord events,
        CancellationToken cancellation)
    {
        var (time, topic) = (TimeProvider.System, settings.Ingest.Topic);
        var engines = new EngineChoice(settings, folder, time, loggers);
        var (log, hot, history, rejections, restoration) = await OpenStoresAsync(settings, folder, loggers, cancellation);
        var audit = new AuditTrail(log, topic, time);
        var keeper = new RecordKeeper(log, topic, events, audit, settings.Audit, time, loggers.CreateLogger<RecordKeeper>());
        _ = Running(keeper.RunAsync);
        var tokens = Opened(new TokenBook(history.Journal, audit, time));
        var decoder = new TransactionDecoder(history.BusinessZone);
        var ingest = duties.Ingests
            ? new IngestLoop(log, hot, history, rejections, settings.Ingest, time, loggers.CreateLogger<IngestLoop>())
            : null;
        var batch = new BatchRunner(
            log, hot, history, rejections, settings.Batch, topic, time, loggers.CreateLogger<BatchRunner>(),
            engines.AreShared ? null : ingest);
        Opened(new Closing(() => { batch.Dispose(); return default; }));
        var reconciler = new Reconciler(log, hot, history, rejections, decoder, topic);
        var days = new DayRuns(log, history, topic, time);
        var scheduler = new Scheduler(days, batch, hot, history, settings.Schedule, time, loggers.CreateLogger<Scheduler>());

        var ingesting = ingest is null ? new TaskCompletionSource().Task : Running(ingest.RunAsync);
        var watch = new IngestWatch(hot, ingest, ingesting, isAlone: !engines.AreShared, time);
        var keys = new RequestKeys(log, topic, new(settings.Http.IdempotencyWindow, settings.Http.IdempotencyKeysMax));
        var door = new Door(log, decoder, topic, keys, audit);
        var demo = Opened(new DemoFeed(log, topic, audit, settings.Demo.RatePerSecond, time, loggers.CreateLogger<DemoFeed>()));
        return new(
            topic, log, hot, history, watch, door, rejections, batch, reconciler, days, scheduler, restoration, tokens, audit,
            demo, new(folder.Path, engines.Describe()), time);
    }

    /// <summary>Opens the stores, and holds the log where it is not the one that they were filled from.</summary>
    async Task<(ITransactionLog, IHotStore, IHistoryStore, RejectionBook, LogRestoration)> OpenStoresAsync(
        CaudalSettings settings, DataFolder folder, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var (time, topic) = (TimeProvider.System, settings.Ingest.Topic);
        var engines = new EngineChoice(settings, folder, time, loggers);
        var log = Opened(await engines.OpenLogAsync(cancellation));
        var history = Opened(await engines.OpenHistoryAsync(cancellation));
        var hot = Opened(engines.OpenHot());
        var rejections = new RejectionBook(log, history, topic, time);
        var restoration = new LogRestoration(
            log, hot, history, rejections, new(history.BusinessZone), topic, new(log, topic, time),
            loggers.CreateLogger<LogRestoration>());

        // Ingest opens the hot store too, but neither the look at the log nor requests wait for it.
        await hot.OpenAsync(await history.Journal.FindSealedAsync(cancellation), cancellation);
        await restoration.GuardAsync(cancellation);
        return (log, hot, history, rejections, restoration);
    }

    /// <summary>Starts what runs until it is its turn to be closed.</summary>
    Task Running(Func<CancellationToken, Task> run)
    {
        var stopping = new CancellationTokenSource();
        var running = Task.Run(() => run(stopping.Token), CancellationToken.None);
        Opened(new Closing(async () =>
        {
            await stopping.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stopping.Dispose();
        }));
        return running;
    }

    /// <summary>Short verbs have nobody who watches them, and would wait for it.</summary>
    Telemetry Watch(TelemetrySettings settings)
    {
        var telemetry = new Telemetry(settings);
        Opened(new Closing(() => { telemetry.Dispose(); return default; }));
        var backlog = new Backlog(Pipeline.Log, Pipeline.Topic, Pipeline.Ingest, Pipeline.Time);
        Opened(new Closing(() => { backlog.Dispose(); return default; }));
        _ = Running(backlog.RunAsync);
        return telemetry;
    }

    T Opened<T>(T part) where T : IAsyncDisposable
    {
        _opened.Push(part);
        return part;
    }

    sealed class Closing(Func<ValueTask> close) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => close();
    }
}
