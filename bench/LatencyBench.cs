using System.Diagnostics;
using System.Globalization;
using Caudal.Log;

namespace Caudal.Bench;

/// <summary>
/// How long after its acknowledgement a transaction is searchable, at a fixed rate whose clock waits for nobody: a pause of the store
/// makes all wait that came meanwhile, and each of them counts. Checkpoints happen as they do in life.
/// </summary>
static class LatencyBench
{
    const int RowsPerSecond = 20_000;
    const int BatchRows = 500;
    static readonly TimeSpan Every = TimeSpan.FromSeconds((double)BatchRows / RowsPerSecond);

    public static async Task RunAsync(BenchOptions options)
    {
        var seconds = options.Seconds ?? 60;
        List<IReadOnlyList<LogMessage>> batches = [];
        await foreach (var batch in Stores.Generate(seconds * RowsPerSecond, seed: 7, batchRecords: BatchRows))
            batches.Add(batch);
        await using var stores = await Stores.OpenAsync();
        // The first commits compile what they run.
        await stores.AppendAsync(200_000, seed: 3);
        await stores.IngestAsync();
        var latencies = await stores.WithIngestAsync(searchable => SendAsync(stores, searchable, batches));
        Array.Sort(latencies);
        Table.Row(string.Create(CultureInfo.InvariantCulture, $"acknowledged to searchable, {RowsPerSecond:N0} tx/s for {seconds} s: p50"),
            $"{latencies[latencies.Length / 2].TotalMilliseconds:N0} ms");
        Table.Row("… p99", $"{latencies[latencies.Length * 99 / 100].TotalMilliseconds:N0} ms");
        Table.Row("… the longest", $"{latencies[^1].TotalMilliseconds:N0} ms");
    }

    static async Task<TimeSpan[]> SendAsync(
        Stores stores, Func<Watermark, Task> searchable, List<IReadOnlyList<LogMessage>> batches)
    {
        var begun = Stopwatch.GetTimestamp();
        var sent = new List<Task<TimeSpan>>(batches.Count);
        for (var index = 0; index < batches.Count; index++)
        {
            if (index * Every - Stopwatch.GetElapsedTime(begun) is { Ticks: > 0 } early)
                await Task.Delay(early);
            var batch = batches[index];
            sent.Add(Task.Run(async () =>
            {
                var receipt = await stores.Log.AppendAsync(Stores.Ingest.Topic, batch, CancellationToken.None);
                var acknowledged = Stopwatch.GetTimestamp();
                await searchable(Watermark.Of(receipt.Partition, receipt.FirstOffset!.Value + receipt.Count));
                return Stopwatch.GetElapsedTime(acknowledged);
            }));
        }
        return await Task.WhenAll(sent);
    }
}
