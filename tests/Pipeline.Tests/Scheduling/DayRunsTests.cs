using Caudal.History;
using Caudal.Scheduling;
using Caudal.Tests.Batch;
using Caudal.Transactions;

namespace Caudal.Tests.Scheduling;

public sealed class DayRunsTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_nothing_was_ever_logged_no_day_is_due()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        (await DueAsync(pipeline, day: 20)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Before_the_first_run_days_are_due_from_the_first_message_on_also_those_on_which_nothing_came()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendOnAsync(day: 14, Some.LogMessage(0));
        await pipeline.AppendOnAsync(day: 16, Some.LogMessage(1));

        (await DueAsync(pipeline, day: 17)).ShouldBe([14, 15, 16]);
        (await DueAsync(pipeline, day: 14)).ShouldBeEmpty();
    }

    [Fact]
    public async Task After_a_days_run_the_next_day_is_due_and_after_another_run_that_of_its_day()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendOnAsync(day: 14, Some.LogMessage(0));
        await pipeline.AppendOnAsync(day: 15, Some.LogMessage(1));
        await pipeline.SettleAsync(Days(pipeline).EndOf(new(2025, 9, 14)), DayRuns.KeyOf(new(2025, 9, 14)));
        (await DueAsync(pipeline, day: 17)).ShouldBe([15, 16]);

        await pipeline.SettleAsync("by hand, in the afternoon");
        await pipeline.AppendOnAsync(day: 15, Some.LogMessage(2));

        (await DueAsync(pipeline, day: 17)).ShouldBe([15, 16]);
    }

    [Fact]
    public async Task A_list_tells_of_each_day_what_it_holds_and_whether_it_is_settled_due_or_not_over()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendOnAsync(day: 14, Some.LogMessage(0), Some.LogMessage(1));
        await pipeline.AppendOnAsync(day: 16, Some.LogMessage(2), Some.LogMessage(3), Some.LogMessage(4));
        await pipeline.SettleAsync(Days(pipeline).EndOf(new(2025, 9, 14)), DayRuns.KeyOf(new(2025, 9, 14)));
        await pipeline.AppendOnAsync(day: 17, Some.LogMessage(5));

        var days = await Days(pipeline).ListAsync(new(2025, 9, 14), new(2025, 9, 17), Cancellation);

        days.Select(day => (day.Day.Day, day.State, day.Messages)).ShouldBe(
            [(14, DayState.Settled, 0), (15, DayState.Settled, 0), (16, DayState.Due, 3), (17, DayState.NotOver, 1)]);
        (days[2].Key, days[2].Cutoff.ToString()).ShouldBe(("day-2025-09-16", "2025-09-17T00:00:00.000000Z"));
    }

    [Fact]
    public async Task A_span_that_leaves_an_older_day_unsettled_is_refused_and_told_where_to_begin()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendOnAsync(day: 14, Some.LogMessage(0));
        await pipeline.AppendOnAsync(day: 15, Some.LogMessage(1));

        (await Should.ThrowAsync<RunConflictException>(
            async () => await Days(pipeline).ListAsync(new(2025, 9, 15), new(2025, 9, 15), Cancellation)))
            .Message.ShouldEndWith("begin with 2025-09-14.");
    }

    static DayRuns Days(EmbeddedPipeline pipeline) => new(pipeline.Log, pipeline.History, Some.Topic, pipeline.Clock);

    static async Task<IEnumerable<int>> DueAsync(EmbeddedPipeline pipeline, int day) =>
        from due in await Days(pipeline).FindDueAsync(Instant.Of(new(2025, 9, day, 0, 30, 0, TimeSpan.Zero)), Cancellation)
        select due.Day;
}
