using System.Globalization;

namespace Caudal.Bench;

/// <summary>How soon <c>up</c> is ready over a full hot store, and what it takes while much comes in.</summary>
static class UpBench
{
    const int DemoRate = 50_000;

    public static async Task RunAsync(BenchOptions options)
    {
        var present = options.Present > 0 ? options.Present : 10_000_000;
        await using (var full = await DataFolder.FilledAsync(present))
        {
            var ready = new List<TimeSpan>();
            for (var round = 0; round < options.Rounds; round++)
            {
                await using var caudal = await RunningCaudal.UpAsync(options, full.Path);
                ready.Add(caudal.ReadyAfter);
            }
            ready.Sort();
            Table.Row(
                string.Create(CultureInfo.InvariantCulture, $"start to ready, {present:N0} rows in hot"), $"{ready[0].TotalSeconds:N2} s",
                string.Create(CultureInfo.InvariantCulture, $"{ready[ready.Count / 2].TotalSeconds:N2} s"));
        }
        await using var data = new DataFolder();
        Environment.SetEnvironmentVariable("CAUDAL_Demo__RatePerSecond", DemoRate.ToString(CultureInfo.InvariantCulture));
        await using var fed = await RunningCaudal.UpAsync(options, data.Path, "--demo");
        await fed.AuthorizeAsync(options, data.Path, "viewer");
        var seconds = options.Seconds ?? 60;
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        var log = (await fed.GetAsync("/api/status")).GetProperty("log");
        Table.Row(
            string.Create(CultureInfo.InvariantCulture, $"memory of up, a demo of {DemoRate:N0} tx/s for {seconds} s: peak"),
            $"{fed.PeakMebibytes} MiB",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{log.GetProperty("messages").GetInt64() / seconds:N0} tx/s came, lag {log.GetProperty("lag").GetInt64():N0}"));
    }
}
