using System.Text;
using Caudal.Engines.DuckDb;
using Caudal.Engines.Sqlite;
using Caudal.History;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

/// <summary>
/// Ingest on the embedded engines, or another hot store, in a folder of its own, which can be closed, crashed, and opened again.
/// </summary>
sealed class Ingestion : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly TemporaryFolder _folder = new();
    readonly IngestOptions _options;
    readonly TimeProvider _time;
    CancellationTokenSource _stop = new();

    Ingestion(IngestOptions options, TimeProvider time) => (_options, _time) = (options, time);

    Func<IHotStore>? MakeHot { get; init; }

    public FaultyLog Log { get; private set; } = null!;

    public FaultyHot Hot { get; private set; } = null!;

    public DuckDbHistoryStore History { get; private set; } = null!;

    public RejectionBook Book { get; private set; } = null!;

    public IngestLoop Loop { get; private set; } = null!;

    public Task Running { get; private set; } = Task.CompletedTask;

    public string LogFile => _folder.File("log.db");

    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="time">The clock of the loop's pauses; the engines keep the system's.</param>
    public static async Task<Ingestion> OpenAsync(
        IngestOptions? options = null, TimeProvider? time = null, Func<IHotStore>? makeHot = null)
    {
        var ingestion = new Ingestion(options ?? new(), time ?? TimeProvider.System) { MakeHot = makeHot };
        await ingestion.OpenStoresAsync();
        return ingestion;
    }

    /// <summary>Closes all and opens it again from its files, as a new process would; faults are gone with the old one.</summary>
    public async Task ReopenAsync(bool withoutHot = false, string? replaceLogBy = null)
    {
        await CloseStoresAsync();
        if (replaceLogBy is not null)
        {
            foreach (var file in Directory.GetFiles(_folder.Path, "log.db-*"))
                File.Delete(file);
            File.Move(replaceLogBy, LogFile, overwrite: true);
        }
        if (withoutHot)
            foreach (var file in Directory.GetFiles(_folder.Path, "hot.duckdb*"))
                File.Delete(file);
        await OpenStoresAsync();
    }

    /// <summary>As another process would have it: it knows of keys only what the log holds.</summary>
    public Door Door(TimeSpan? window = null, int keysMax = 1_000) => new(
        Log, new(TimeZoneInfo.Utc), Some.Topic, new(Log, Some.Topic, new(window ?? TimeSpan.FromDays(1), keysMax)),
        new(Log, Some.Topic, TimeProvider.System));

    public Task AppendAsync(params IEnumerable<byte[]> messages) =>
        Log.AppendAsync(Some.Topic, [.. messages.Select(message => new LogMessage(message))], Token).AsTask();

    public Task AppendAsync(params IEnumerable<string> messages) => AppendAsync(messages.Select(Encoding.UTF8.GetBytes));

    public void Start() => Running = Loop.RunAsync(_stop.Token);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Running;
        _stop.Dispose();
        _stop = new();
    }

    /// <summary>Runs ingest until it stands at the end that the log has now.</summary>
    public async Task CatchUpAsync()
    {
        Start();
        await WaitForEndAsync();
        await StopAsync();
    }

    public async Task WaitForEndAsync() =>
        await Loop.WaitForAsync((await Log.DescribeAsync(Some.Topic, Token)).End, Token).WaitAsync(Patience, Token);

    public async Task<IReadOnlyList<Transaction>> RowsAsync() => (await SnapshotAsync()).SelectMany(batch => batch.Rows).ToList();

    public async Task<IReadOnlyList<Duplicate>> DuplicatesAsync() => (await SnapshotAsync()).SelectMany(batch => batch.Duplicates).ToList();

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<Rejection>> RejectionsAsync() =>
        await Book.ListAsync(state: null, code: null, Token).ToListAsync(Token);

    public ValueTask<HotState> StateAsync() => Hot.GetStateAsync(Token);

    /// <summary>Every message stands in exactly one place, and the store's own account says the same.</summary>
    public async Task ShouldAccountForAsync(int messages)
    {
        var (rows, duplicates, rejections) = (await RowsAsync(), await DuplicatesAsync(), await RejectionsAsync());
        Position[] places =
            [.. rows.Select(row => row.Position), .. duplicates.Select(each => each.Position), .. rejections.Select(each => each.Position)];
        places.Select(position => position.Offset).Order().ShouldBe(Enumerable.Range(0, messages).Select(offset => (long)offset));

        var state = await StateAsync();
        (state.Messages, state.Rejected).ShouldBe((messages, rejections.Count));
        (state.Taken.Rows.Count, state.Taken.Duplicates.Count).ShouldBe((rows.Count, duplicates.Count));
        (await Book.CountAsync(new(Watermark.Zero, state.Next), Token)).ShouldBe(rejections.Count);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseStoresAsync();
        _folder.Dispose();
        _stop.Dispose();
    }

    async Task<IReadOnlyList<IndexedBatch>> SnapshotAsync() =>
        await Hot.ReadAsync(new(Watermark.Zero, (await StateAsync()).Next), Token).ToListAsync(Token);

    async Task OpenStoresAsync()
    {
        var settings = new DuckDbOptions { MemoryMebibytesMax = 64 };
        Log = new(await SqliteLog.OpenAsync(new() { Path = LogFile }, TimeProvider.System, NullLogger<SqliteLog>.Instance, Token));
        Hot = new(
            MakeHot?.Invoke()
            ?? new DuckDbHotStore(_folder.File("hot.duckdb"), settings, TimeProvider.System, NullLogger<DuckDbHotStore>.Instance));
        History = DuckDbHistoryStore.Open(_folder.File("history.duckdb"), settings, TimeZoneInfo.Utc, TimeProvider.System);
        Book = new(Log, History, Some.Topic, TimeProvider.System);
        Loop = new(Log, Hot, History, Book, _options, _time, NullLogger<IngestLoop>.Instance);
    }

    async Task CloseStoresAsync()
    {
        await _stop.CancelAsync();
        await Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _stop = new();
        await Hot.DisposeAsync();
        await History.DisposeAsync();
        await Log.DisposeAsync();
    }
}
