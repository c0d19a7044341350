using Caudal.Engines.DuckDb;
using Caudal.Engines.Sqlite;
using Caudal.Generating;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Bench;

/// <summary>The embedded stores of a folder, opened as <c>up</c> opens them.</summary>
sealed class Stores : IAsyncDisposable
{
    public static readonly IngestOptions Ingest = new();

    readonly DataFolder _folder;
    readonly bool _isOwn;

    Stores(DataFolder? folder) => (_folder, _isOwn) = (folder ?? new(), folder is null);

    public SqliteLog Log { get; private set; } = null!;

    public DuckDbHotStore Hot { get; private set; } = null!;

    public DuckDbHistoryStore History { get; private set; } = null!;

    /// <param name="folder">Without one, a new folder that goes with the stores.</param>
    public static async Task<Stores> OpenAsync(DataFolder? folder = null)
    {
        var stores = new Stores(folder);
        stores.Log = await SqliteLog.OpenAsync(
            new() { Path = stores.File("log.db") }, TimeProvider.System, NullLogger<SqliteLog>.Instance, CancellationToken.None);
        stores.Hot = new(
            stores.File("hot.duckdb"), new() { MemoryMebibytesMax = 64 }, TimeProvider.System, NullLogger<DuckDbHotStore>.Instance);
        stores.History = DuckDbHistoryStore.Open(stores.File("history.duckdb"), new(), zone: null, TimeProvider.System);
        return stores;
    }

    public string File(string name) => Path.Combine(_folder.Path, name);

    public long BytesOf(string name) =>
        Directory.GetFiles(_folder.Path, name + "*").Sum(file => new FileInfo(file).Length);

    /// <summary>Appends generated messages, every second batch of them without client ids.</summary>
    public async Task AppendAsync(int rows, ulong seed)
    {
        await foreach (var batch in Generate(rows, seed))
            await Log.AppendAsync(Ingest.Topic, batch, CancellationToken.None);
    }

    public static async IAsyncEnumerable<IReadOnlyList<LogMessage>> Generate(int rows, ulong seed, int batchRecords = 1_000)
    {
        var options = new GeneratorOptions
        {
            Seed = seed, Count = rows / 2, BatchRecordsMax = batchRecords,
            From = new(1_756_684_800_000_000), To = new(1_759_276_800_000_000),
        };
        var withIds = new TransactionGenerator(options, TimeProvider.System).RunAsync(CancellationToken.None);
        var without = new TransactionGenerator(options with { Seed = seed + 1, OriginalForm = true }, TimeProvider.System)
            .RunAsync(CancellationToken.None);
        await foreach (var (first, second) in withIds.Zip(without))
        {
            yield return first;
            yield return second;
        }
    }

    /// <summary>Carries all that the log holds into hot, and returns when it is searchable.</summary>
    public async Task IngestAsync()
    {
        var end = (await Log.DescribeAsync(Ingest.Topic, CancellationToken.None)).End;
        await WithIngestAsync(async searchable =>
        {
            await searchable(end);
            return end;
        });
    }

    /// <summary>Ingest runs while <paramref name="work"/> does; it is given a way to wait until a watermark is searchable.</summary>
    public async Task<T> WithIngestAsync<T>(Func<Func<Watermark, Task>, Task<T>> work)
    {
        var rejections = new RejectionBook(Log, History, Ingest.Topic, TimeProvider.System);
        var loop = new IngestLoop(Log, Hot, History, rejections, Ingest, TimeProvider.System, NullLogger<IngestLoop>.Instance);
        using var stop = new CancellationTokenSource();
        var running = loop.RunAsync(stop.Token);
        var done = await work(watermark => loop.WaitForAsync(watermark, CancellationToken.None));
        await stop.CancelAsync();
        await running;
        return done;
    }

    public async ValueTask DisposeAsync()
    {
        await Hot.DisposeAsync();
        await History.DisposeAsync();
        await Log.DisposeAsync();
        if (_isOwn)
            await _folder.DisposeAsync();
    }
}
