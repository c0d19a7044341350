using System.Diagnostics;
using System.Text;
using Caudal.Access;
using Caudal.Batch;
using Caudal.Tests.Api;
using Caudal.Telemetry;

namespace Caudal.Tests;

/// <summary>What a listener is told: one trace a run with a span a step, and a transaction's way from the door to the hot store.</summary>
public sealed class TracingTests(ApiHost host) : IClassFixture<ApiHost>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_is_followed_into_the_hot_store_and_a_run_through_its_steps()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (spans)
                    spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);

        var body = new StringContent(
            string.Join('\n', Enumerable.Range(0, 3).Select(n => Encoding.UTF8.GetString(Some.Message(n)))), Encoding.UTF8,
            new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-ndjson"));
        (await host.As(Role.Sender).PostAsync("/api/transactions", body, Cancellation)).EnsureSuccessStatusCode();
        var pipeline = host.Pipeline;
        await pipeline.Ingest.WaitForAsync((await pipeline.Log.DescribeAsync(pipeline.Topic, Cancellation)).End, Cancellation);
        var run = await pipeline.Batch.CreateAsync("traced", null, "a test", Cancellation);
        await pipeline.Batch.RunAsync(run.Id, "a test", Cancellation);

        Activity[] ended;
        lock (spans)
            ended = [.. spans];
        var append = ended.Single(span => span.OperationName == Tracing.Append && (int?)span.GetTagItem("caudal.rows") == 3);
        var index = ended.Single(span => span.TraceId == append.TraceId && span.OperationName == Tracing.Index);
        index.ParentSpanId.ShouldBe(append.SpanId);
        index.Duration.ShouldBeGreaterThan(TimeSpan.Zero);
        var taken = ended.Single(span => span.OperationName == Tracing.Run && (long?)span.GetTagItem("caudal.run") == run.Id);
        taken.ParentId.ShouldBeNull();
        ended.Where(span => span.TraceId == taken.TraceId && span != taken).Select(span => span.OperationName)
            .ShouldBe(Enum.GetNames<BatchStepName>().Select(name => $"batch.{name.ToLowerInvariant()}"));
        string.Concat(ended.SelectMany(span => span.TagObjects)).ShouldNotContain("4677717306");
    }

    [Fact]
    public async Task Metrics_tell_what_roles_did_and_what_waits()
    {
        var run = await host.Pipeline.Batch.CreateAsync("measured", null, "a test", Cancellation);
        await host.Pipeline.Batch.RunAsync(run.Id, "a test", Cancellation);

        var metrics = await host.As(Role.Viewer).GetStringAsync("/metrics", Cancellation);

        foreach (var name in new[]
        {
            "caudal_received", "caudal_lag", "caudal_lag_age_seconds", "process_memory_usage_bytes",
            "caudal_batch_step_duration_seconds_bucket", "outcome=\"done\"", "step=\"Purge\"", "role=\"batch\"",
        })
            metrics.ShouldContain(name);
    }
}
