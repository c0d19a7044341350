using System.Diagnostics;
using System.Globalization;
using Caudal.Engines.DuckDb;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Transactions;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Bench;

/// <summary>
/// A dashboard's eight aggregates over a month of hot, and what is near them, each in milliseconds and as a multiple of a bare scan by
/// DuckDB of one column (<c>count(*) where valor >= 1</c>) in the same run, with the buffers that <c>up</c> gives hot.
/// </summary>
sealed class AggregateBench(TransactionQueries queries, decimal scan, int rounds)
{
    static readonly TimeZoneInfo Zone = DashboardQuestions.Zone;
    static readonly TimeZoneInfo NewYork = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");
    static readonly DuckDbOptions Options = new() { MemoryMebibytesMax = 64 };

    public static async Task RunAsync(BenchOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("caudal-bench-");
        try
        {
            var path = Path.Combine(folder.FullName, "hot.duckdb");
            await FillAsync(path, options.Rows ?? 10_000_000);
            var scan = await MedianAsync(options.Rounds, () => Task.Run(() => Scan(path)));
            Table.Row("count(*) where valor >= 1, bare DuckDB", $"{scan:N1} ms");
            await using var hot = await OpenAsync(path);
            await new AggregateBench(hot.Queries, scan, options.Rounds).MeasureAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The eight, of one store and of another that holds the same rows.</summary>
    public static async Task CompareAsync(TransactionQueries embedded, TransactionQueries other, int rounds)
    {
        var times = new List<decimal>();
        foreach (var (measure, ask) in DashboardQuestions.Eight)
        {
            var (mine, its) = (await MedianAsync(rounds, () => ask(embedded)), await MedianAsync(rounds, () => ask(other)));
            times.Add(its / mine);
            Table.Row(
                $"{measure}: embedded, Elasticsearch", $"{mine:N1} ms, {its:N1} ms",
                string.Create(CultureInfo.InvariantCulture, $"{its / mine:N1} ×"));
        }
        var mean = Math.Exp(times.Average(ratio => Math.Log((double)ratio)));
        Table.Row("the eight, geometric mean", $"{mean:N1} ×", string.Create(CultureInfo.InvariantCulture, $"least {times.Min():N1} ×"));
    }

    async Task MeasureAsync()
    {
        foreach (var (name, ask) in DashboardQuestions.Eight)
            await RowAsync(name, () => ask(queries));
        await RowAsync("… by app", () => DashboardQuestions.TopAsync(queries, QueryField.App, TopOrder.Count));
        await RowAsync("… volume by minute, the month", () => DashboardQuestions.ByTimeAsync(queries, "", TimeUnit.Minute, Zone));
        await RowAsync("… volume by hour in New York", () => DashboardQuestions.ByTimeAsync(queries, "", TimeUnit.Hour, NewYork));
        await RowAsync("… count of detalle: *pago*", () => DashboardQuestions.CountAsync(queries, "detalle: *pago*"));
        await RowAsync("… newest page of 100", () => PageAsync(new()));
        await RowAsync("… greatest page of 100", () => PageAsync(new() { Sort = Querying.SortKey.Amount }));
    }

    Task<int> PageAsync(TransactionSearch search) => queries.SearchAsync(search, default).CountAsync().AsTask();

    async Task RowAsync(string measure, Func<Task> ask)
    {
        var median = await MedianAsync(rounds, ask);
        Table.Row(measure, $"{median:N1} ms", string.Create(CultureInfo.InvariantCulture, $"{median / scan:N1} × the scan"));
    }

    /// <summary>In milliseconds. A round before the first one fills caches.</summary>
    static async Task<decimal> MedianAsync(int rounds, Func<Task> work)
    {
        var times = new List<decimal>();
        for (var round = 0; round <= rounds; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            await work();
            if (round > 0)
                times.Add((decimal)Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        }
        return times.Order().ElementAt(rounds / 2);
    }

    static void Scan(string path)
    {
        using var connection = new DuckDBConnection(
            $"DataSource={path};threads={Options.Threads};memory_limit={Options.MemoryMebibytesMax}MiB");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM transactions WHERE valor >= 1";
        command.ExecuteScalar();
    }

    static async Task FillAsync(string path, int rows)
    {
        await using var hot = await OpenAsync(path);
        await FillAsync(hot, rows);
    }

    /// <summary>Half of them with ids of their own, half identified by position.</summary>
    public static async Task FillAsync(IHotStore hot, int rows)
    {
        var (decoder, partition, next) = (new TransactionDecoder(Zone), new LogPartition(Guid.NewGuid(), 0), 0L);
        await foreach (var messages in Stores.Generate(rows, seed: 7, batchRecords: 50_000))
        {
            var batch = new List<Transaction>(messages.Count);
            foreach (var message in messages)
            {
                var origin = new MessageOrigin(Stores.Ingest.Topic, new(partition, next++), new(1_756_684_800_000_000), null);
                batch.Add(decoder.Decode(message.Value, origin).Accepted!);
            }
            await hot.IndexAsync(new(batch, Watermark.Of(partition, next), batch.Count, 0), (_, _) => default, default);
        }
    }

    static async Task<DuckDbHotStore> OpenAsync(string path)
    {
        var hot = new DuckDbHotStore(path, Options, TimeProvider.System, NullLogger<DuckDbHotStore>.Instance);
        await hot.OpenAsync(Watermark.Zero, default);
        return hot;
    }
}
