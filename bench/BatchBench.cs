using System.Globalization;

namespace Caudal.Bench;

/// <summary>The real executable's batch over a log and a hot store that are full, and then its <c>verify</c>; starts included.</summary>
static class BatchBench
{
    public static async Task RunAsync(BenchOptions options)
    {
        var rows = options.Rows ?? 1_000_000;
        await using var data = await DataFolder.FilledAsync(rows);
        var batch = await RunningCaudal.RunAsync(options, data.Path, "batch", "run");
        Table.Row(
            string.Create(CultureInfo.InvariantCulture, $"batch of {rows:N0}, all five steps"), $"{batch.Wall.TotalSeconds:N1} s",
            string.Create(CultureInfo.InvariantCulture, $"peak {batch.PeakMebibytes} MiB"));
        var verify = await RunningCaudal.RunAsync(options, data.Path, "verify");
        Table.Row(
            string.Create(CultureInfo.InvariantCulture, $"verify of {rows:N0} in history"),
            $"{rows / verify.Wall.TotalSeconds:N0} rows/s",
            string.Create(CultureInfo.InvariantCulture, $"{verify.Wall.TotalSeconds:N1} s"));
    }
}
