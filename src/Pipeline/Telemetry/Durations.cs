using System.Diagnostics.Metrics;

namespace Caudal.Telemetry;

/// <summary>How long things take, in seconds.</summary>
static class Durations
{
    static readonly Meter Meter = new(RoleCounters.MeterName);

    static readonly Histogram<double> Commits = Meter.CreateHistogram<double>(
        "caudal.ingest.commit.duration", "s", "From a decoded batch to its rows being durable in the hot store.");

    static readonly Histogram<double> Steps = Meter.CreateHistogram<double>(
        "caudal.batch.step.duration", "s", "One attempt at a step of a run.");

    public static void Commit(TimeSpan duration) => Commits.Record(duration.TotalSeconds);

    /// <param name="outcome"><c>done</c>, <c>back</c> where the run went back to extract, <c>failed</c> or <c>interrupted</c>.</param>
    public static void Step(TimeSpan duration, string step, string outcome) =>
        Steps.Record(duration.TotalSeconds, new("step", step), new("outcome", outcome));
}
