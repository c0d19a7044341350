using Caudal.Engines.DuckDb;
using Caudal.Engines.Sqlite;
using Caudal.Generating;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Bench;

/// <summary>The embedded stores in a folder of their own, opened as <c>up</c> opens them; gone at the end.</summary>
sealed class Stores : IAsyncDisposable
{
    public static readonly IngestOptions Ingest = new();

    readonly string _folder = Directory.CreateTempSubdirectory("caudal-bench-").FullName;

    Stores()
    {
    }

    public SqliteLog Log { get; private set; } = null!;

    public DuckDbHotStore Hot { get; private set; } = null!;

    public DuckDbHistoryStore History { get; private set; } = null!;

    public static async Task<Stores> OpenAsync()
    {
        var stores = new Stores();
        stores.Log = await SqliteLog.OpenAsync(
            new() { Path = stores.File("log.db") }, TimeProvider.System, NullLogger<SqliteLog>.Instance, CancellationToken.None);
        stores.Hot = new(
            stores.File("hot.duckdb"), new() { MemoryMebibytesMax = 64 }, TimeProvider.System, NullLogger<DuckDbHotStore>.Instance);
        stores.History = DuckDbHistoryStore.Open(stores.File("history.duckdb"), new(), zone: null, TimeProvider.System);
        return stores;
    }

    public string File(string name) => Path.Combine(_folder, name);

    public long BytesOf(string name) =>
        Directory.GetFiles(_folder, name + "*").Sum(file => new FileInfo(file).Length);

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
        var rejections = new RejectionBook(Log, History, Ingest.Topic, TimeProvider.System);
        var loop = new IngestLoop(Log, Hot, History, rejections, Ingest, TimeProvider.System, NullLogger<IngestLoop>.Instance);
        using var stop = new CancellationTokenSource();
        var running = loop.RunAsync(stop.Token);
        await loop.WaitForAsync(end, CancellationToken.None);
        await stop.CancelAsync();
        await running;
    }

    public async ValueTask DisposeAsync()
    {
        await Hot.DisposeAsync();
        await History.DisposeAsync();
        await Log.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
