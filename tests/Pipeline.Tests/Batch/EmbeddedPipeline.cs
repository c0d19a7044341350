using Caudal.Batch;
using Caudal.Engines.DuckDb;
using Caudal.Engines.Sqlite;
using Caudal.History;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Tests.Contracts;
using Caudal.Transactions;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests.Batch;

/// <summary>
/// The whole pipeline on the embedded engines, in a folder of its own: what is appended is ingested, and runs settle it. History may be
/// another's.
/// </summary>
sealed class EmbeddedPipeline : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly BatchOptions _options;
    readonly HistoryEngine? _history;
    CancellationTokenSource _stopping = new();
    IngestLoop _ingest = null!;
    Task _ingesting = Task.CompletedTask;

    EmbeddedPipeline(BatchOptions options, HistoryEngine? history) => (_options, _history) = (options, history);

    /// <summary>The clock of log and runs. It stands until it is set.</summary>
    public StandingClock Clock { get; } = new(new(2025, 9, 14, 12, 0, 0, TimeSpan.Zero));

    public ITransactionLog Log { get; private set; } = null!;

    public IHotStore Hot { get; private set; } = null!;

    public IHistoryStore History { get; private set; } = null!;

    public RejectionBook Rejections { get; private set; } = null!;

    public BatchRunner Runner { get; private set; } = null!;

    public Reconciler Reconciler { get; private set; } = null!;

    public LogRestoration Restoration { get; private set; } = null!;

    public string LogFile => _folder.File("log.db");

    /// <summary>Ends where ingest cannot go on, with the reason.</summary>
    public Task Ingesting => _ingesting;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<EmbeddedPipeline> StartAsync(BatchOptions? options = null, HistoryEngine? history = null)
    {
        var pipeline = new EmbeddedPipeline(options ?? new(), history);
        await pipeline.OpenAsync();
        return pipeline;
    }

    /// <summary>Closes everything, lets <paramref name="meanwhile"/> have the files, and opens everything again.</summary>
    public async Task RestartAsync(Func<Task>? meanwhile = null)
    {
        await CloseAsync();
        if (meanwhile is not null)
            await meanwhile();
        await OpenAsync();
    }

    /// <summary>Runs SQL on the hot or the history file while nothing has it open, as somebody might who should not.</summary>
    public Task TamperAsync(string store, string sql) => RestartAsync(async () =>
    {
        await using var connection = new DuckDBConnection($"Data Source={_folder.File(store + ".duckdb")}");
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        (await command.ExecuteNonQueryAsync(Cancellation)).ShouldBeGreaterThan(0, "The tampering changed nothing.");
    });

    /// <summary>Takes the hot store's file away, so that it is made anew from the log, once ingest runs.</summary>
    public async Task LoseHotAsync(bool ingest)
    {
        await CloseAsync();
        File.Delete(_folder.File("hot.duckdb"));
        await OpenAsync(ingest);
    }

    public void StartIngest()
    {
        _stopping = new();
        _ingesting = _ingest.RunAsync(_stopping.Token);
    }

    public async Task StopIngestAsync()
    {
        await _stopping.CancelAsync();
        // A loop that could not go on has thrown at who asked for it.
        if (!_ingesting.IsFaulted)
            await _ingesting;
        _stopping.Dispose();
    }

    /// <summary>Appends as one unit and returns when it is ingested.</summary>
    public async Task AppendAsync(params IReadOnlyList<LogMessage> messages)
    {
        await AppendUnseenAsync(messages);
        await CatchUpAsync();
    }

    /// <summary>The same at noon of a day of September 2025, from when on the clock stands there.</summary>
    public Task AppendOnAsync(int day, params IReadOnlyList<LogMessage> messages)
    {
        Clock.Now = new(2025, 9, day, 12, 0, 0, TimeSpan.Zero);
        return AppendAsync(messages);
    }

    /// <summary>Appends without waiting for ingest.</summary>
    public ValueTask<AppendReceipt> AppendUnseenAsync(params IReadOnlyList<LogMessage> messages) =>
        Log.AppendAsync(Some.Topic, messages, Cancellation);

    public async Task CatchUpAsync() =>
        await _ingest.WaitForAsync((await Log.DescribeAsync(Some.Topic, Cancellation)).End, Cancellation);

    /// <summary>Makes a run of all that is ingested and takes it as far as it goes.</summary>
    public Task<BatchRun> SettleAsync(string? key = null) => SettleAsync(null, key);

    /// <summary>Makes a run up to an append time and takes it as far as it goes.</summary>
    public async Task<BatchRun> SettleAsync(Instant? cutoff, string? key)
    {
        var run = await Runner.CreateAsync(key, cutoff, "test", Cancellation);
        return await Runner.RunAsync(run.Id, "test", Cancellation);
    }

    public ValueTask<BatchRun> StepAsync(BatchStepName step, BatchRun run) => Runner.StepAsync(step, run.Id, "test", Cancellation);

    public async Task<BatchRun> StepUpToAsync(BatchStepName last, BatchRun run)
    {
        for (var step = BatchStepName.Extract; step <= last; step++)
            run = await StepAsync(step, run);
        return run;
    }

    /// <summary>A runner as another process would have it, over the same stores, whose calls go through the plan.</summary>
    public (BatchRunner Runner, FaultyHistory History) AnotherRunner(FaultPlan plan)
    {
        var (log, hot, history) = (new FaultyLog(Log, plan), new FaultyHot(Hot, plan), new FaultyHistory(History, plan));
        var rejections = new RejectionBook(log, history, Some.Topic, Clock);
        return (new(log, hot, history, rejections, _options, Some.Topic, Clock, NullLogger<BatchRunner>.Instance), history);
    }

    public async ValueTask<Reconciliation> VerifyAsync() => await Reconciler.VerifyAsync(new Progress<VerifyProgress>(), Cancellation);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    async Task OpenAsync(bool ingest = true)
    {
        var engine = new DuckDbOptions { MemoryMebibytesMax = 128, Threads = 1 };
        Log = await SqliteLog.OpenAsync(new() { Path = _folder.File("log.db") }, Clock, NullLogger<SqliteLog>.Instance, Cancellation);
        Hot = new DuckDbHotStore(_folder.File("hot.duckdb"), engine, Clock, NullLogger<DuckDbHotStore>.Instance);
        History = _history is null
            ? DuckDbHistoryStore.Open(_folder.File("history.duckdb"), engine, zone: null, Clock)
            : await _history.OpenAsync();
        Rejections = new(Log, History, Some.Topic, Clock);
        _ingest = new(Log, Hot, History, Rejections, new IngestOptions(), Clock, NullLogger<IngestLoop>.Instance);
        Runner = new(Log, Hot, History, Rejections, _options, Some.Topic, Clock, NullLogger<BatchRunner>.Instance, _ingest);
        Reconciler = new(Log, Hot, History, Rejections, new TransactionDecoder(History.BusinessZone), Some.Topic);
        Restoration = new(
            Log, Hot, History, Rejections, new TransactionDecoder(History.BusinessZone), Some.Topic,
            new(Log, Some.Topic, Clock), NullLogger<LogRestoration>.Instance);
        var settled = await History.Journal.FindLastReceiptAsync(Cancellation);
        await Hot.OpenAsync(settled?.Range.To ?? Watermark.Zero, Cancellation);
        if (ingest)
            StartIngest();
    }

    async Task CloseAsync()
    {
        await StopIngestAsync();
        Runner.Dispose();
        await Hot.DisposeAsync();
        await History.DisposeAsync();
        await Log.DisposeAsync();
    }
}

/// <summary>A clock that stands where it is set; timers run as ever.</summary>
sealed class StandingClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
