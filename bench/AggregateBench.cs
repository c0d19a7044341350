using System.Diagnostics;
using System.Globalization;
using Caudal.Engines.DuckDb;
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
    static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("America/Guayaquil");
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

    async Task MeasureAsync()
    {
        await RowAsync("1 count and sum", () => queries.CountAsync(Query.Everything, default));
        await RowAsync("2 average amount of one app", () => queries.CountAsync(Parse("app: DeUna"), default));
        await RowAsync("3 volume by minute, a day", () => ByTimeAsync("timestamp: 2025-09-15", TimeUnit.Minute, Zone));
        await RowAsync("4 volume by hour, the month", () => ByTimeAsync("", TimeUnit.Hour, Zone));
        await RowAsync("5 top products by sum", () => TopAsync(QueryField.Product, TopOrder.Sum));
        await RowAsync("6 percentiles of the amount", () => queries.PercentilesAsync(Query.Everything, [50, 90, 95, 99], default));
        await RowAsync("7 top accounts", () => TopAsync(QueryField.DebtorAccount, TopOrder.Count));
        await RowAsync("8 volume by day of a query", () => ByTimeAsync(
            "app: \"Banca Web\" and valor >= 50 and not producto: Inversiones", TimeUnit.Day, Zone));
        await RowAsync("… by app", () => TopAsync(QueryField.App, TopOrder.Count));
        await RowAsync("… volume by minute, the month", () => ByTimeAsync("", TimeUnit.Minute, Zone));
        await RowAsync("… volume by hour in New York", () => ByTimeAsync("", TimeUnit.Hour, NewYork));
        await RowAsync("… count of detalle: *pago*", () => queries.CountAsync(Parse("detalle: *pago*"), default));
        await RowAsync("… newest page of 100", () => PageAsync(new()));
        await RowAsync("… greatest page of 100", () => PageAsync(new() { Sort = Querying.SortKey.Amount }));
    }

    ValueTask<IReadOnlyList<TimeBucket>> ByTimeAsync(string where, TimeUnit every, TimeZoneInfo zone) =>
        queries.CountByTimeAsync(new(Parse(where), every, zone, 100_000), default);

    ValueTask<TopAnswer> TopAsync(QueryField field, TopOrder by) => queries.TopAsync(new(Query.Everything, field, by, 10), default);

    async ValueTask<int> PageAsync(TransactionSearch search) =>
        await queries.SearchAsync(search, default).Select(batch => batch.Count).SumAsync();

    async Task RowAsync<T>(string measure, Func<ValueTask<T>> ask)
    {
        var median = await MedianAsync(rounds, async () => await ask());
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

    static Query Parse(string query) => QueryParser.Parse(query, Zone);

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
