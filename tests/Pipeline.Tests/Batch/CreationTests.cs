using Caudal.Querying;
using Caudal.Batch;
using Caudal.History;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests.Batch;

public sealed class CreationTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_same_key_finds_the_same_run_even_when_it_is_done()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Waves.Of(0));
        var run = await pipeline.SettleAsync("scheduled__2025-09-14");
        await pipeline.AppendAsync(Waves.Of(1));

        var again = await pipeline.Runner.CreateAsync("scheduled__2025-09-14", At(hour: 0), "airflow", Cancellation);

        (again.Id, again.State, again.Actor).ShouldBe((run.Id, RunState.Purged, "test"));
    }

    [Fact]
    public async Task Without_a_key_the_unfinished_run_is_taken_up_and_a_new_one_is_named_after_its_id()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        var first = await CreateAsync(pipeline, null);
        (await CreateAsync(pipeline, null)).Id.ShouldBe(first.Id);
        await pipeline.SettleAsync();

        var second = await CreateAsync(pipeline, null);

        (first.Key, second.Key).ShouldBe(("run-1", "run-2"));
        (await CreateAsync(pipeline, "run-1")).Id.ShouldBe(1);
        (await Should.ThrowAsync<RunConflictException>(async () => await CreateAsync(pipeline, "run-3")))
            .Message.ShouldContain("choose another");
    }

    [Fact]
    public async Task A_second_run_waits_for_the_first_to_finish()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await CreateAsync(pipeline, "one");
        (await Should.ThrowAsync<RunConflictException>(async () => await CreateAsync(pipeline, "two")))
            .Message.ShouldContain("Run 1 (one)");
    }

    /// <summary>A caller's key must find a run again, and the chain have no gaps, whether there was something to do or not.</summary>
    [Fact]
    public async Task A_run_with_nothing_to_settle_ends_with_a_receipt_that_says_so()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        var beforeAnything = await pipeline.SettleAsync("empty");
        await pipeline.AppendAsync(Waves.Of(0));
        await pipeline.SettleAsync();
        var afterwards = await pipeline.SettleAsync("empty too");

        beforeAnything.State.ShouldBe(RunState.Purged);
        (afterwards.State, afterwards.Range.IsEmpty, afterwards.Messages).ShouldBe((RunState.Purged, true, 0));
        var receipts = await pipeline.History.Journal.ReadReceiptsAsync(Cancellation).ToListAsync(Cancellation);
        receipts.Select(receipt => receipt.Messages).ShouldBe([0, Waves.Messages, 0]);
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cutoff_in_time_settles_what_was_appended_before_it()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        pipeline.Clock.Now = At(hour: 23).ToDateTimeOffset();
        await pipeline.AppendAsync([.. Enumerable.Range(0, 3).Select(Some.LogMessage)]);
        pipeline.Clock.Now = At(hour: 24).ToDateTimeOffset();
        await pipeline.AppendAsync([.. Enumerable.Range(3, 4).Select(Some.LogMessage)]);

        var run = await pipeline.Runner.CreateAsync("day 14", At(hour: 24), "scheduler", Cancellation);
        run = await pipeline.Runner.RunAsync(run.Id, "scheduler", Cancellation);

        (run.Loaded.Rows.Count, run.Day).ShouldBe((3, new(2025, 9, 14)));
        (await pipeline.Hot.Queries.CountAsync(Query.Everything, Cancellation)).Count.ShouldBe(4);
        var refused = await Should.ThrowAsync<RunConflictException>(
            async () => await pipeline.Runner.CreateAsync("day 13", At(hour: 0), "scheduler", Cancellation));
        refused.Message.ShouldContain("the cutoff would go back");
        (await pipeline.SettleAsync("day 15")).Loaded.Rows.Count.ShouldBe(4);
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task Extract_waits_until_ingest_has_passed_the_cutoff()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync([.. Enumerable.Range(0, 3).Select(Some.LogMessage)]);
        await pipeline.StopIngestAsync();
        await pipeline.AppendUnseenAsync([.. Enumerable.Range(3, 4).Select(Some.LogMessage)]);
        var run = await pipeline.Runner.CreateAsync("all", At(hour: 24), "test", Cancellation);

        var running = pipeline.Runner.RunAsync(run.Id, "test", Cancellation).AsTask();
        while (pipeline.Runner.Progress is null)
            await Task.Yield();
        running.IsCompleted.ShouldBeFalse();
        pipeline.StartIngest();

        (await running).Loaded.Rows.Count.ShouldBe(7);
    }

    [Fact]
    public async Task The_log_forgets_what_a_receipt_covers_once_it_is_older_than_the_retention()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync(new() { LogRetention = TimeSpan.FromHours(1) });
        await pipeline.AppendAsync(Waves.Of(0));
        await pipeline.SettleAsync();
        (await StartOfLogAsync(pipeline)).ShouldBe(0);

        pipeline.Clock.Now += TimeSpan.FromHours(2);
        await pipeline.AppendAsync(Waves.Of(1));
        await pipeline.SettleAsync();
        await pipeline.AppendAsync(Waves.Of(2));

        (await StartOfLogAsync(pipeline)).ShouldBe(Waves.Messages);
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    static async Task<long> StartOfLogAsync(EmbeddedPipeline pipeline) =>
        (await pipeline.Log.DescribeAsync(Some.Topic, Cancellation)).Start.Partitions.Sum(entry => entry.Value);

    static ValueTask<BatchRun> CreateAsync(EmbeddedPipeline pipeline, string? key) =>
        pipeline.Runner.CreateAsync(key, cutoff: null, "test", Cancellation);

    static Instant At(int hour) => Instant.Of(new DateTimeOffset(2025, 9, 14, 0, 0, 0, TimeSpan.Zero).AddHours(hour));
}
