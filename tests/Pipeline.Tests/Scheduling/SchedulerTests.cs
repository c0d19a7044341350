using Caudal.Batch;
using Caudal.Scheduling;
using Caudal.Tests.Batch;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Caudal.Tests.Scheduling;

/// <summary>The scheduler over the real stores, on a clock that only the test moves. It goes by the usual schedule: 00:30 UTC.</summary>
public sealed class SchedulerTests : IAsyncLifetime
{
    readonly CancellationTokenSource _stopping = new();
    readonly FakeTimeProvider _time = new(At(day: 16, hour: 12));
    EmbeddedPipeline _pipeline = null!;
    Scheduler _scheduler = null!;
    Task _running = Task.CompletedTask;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A message on the 14th and two on the 15th; two in three amounts of zero make a run wait.</summary>
    public async ValueTask InitializeAsync()
    {
        _pipeline = await EmbeddedPipeline.StartAsync(new() { AmountZeroPerMillionMax = 600_000 });
        await _pipeline.AppendOnAsync(day: 14, Some.LogMessage(0));
        await _pipeline.AppendOnAsync(day: 15, Some.LogMessage(1), Some.LogMessage(2));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        await _pipeline.DisposeAsync();
        _stopping.Dispose();
    }

    [Fact]
    public async Task After_downtime_the_missing_days_are_settled_one_by_one_oldest_first_and_then_it_sleeps()
    {
        Start(_pipeline.Runner);
        await EventuallyAsync(() => _scheduler.State?.Next is not null);

        (await RunsAsync()).ShouldBe(
            [("day-2025-09-14", 14, 1, RunState.Purged), ("day-2025-09-15", 15, 2, RunState.Purged)]);
        _scheduler.State!.Next.ShouldBe(Transactions.Instant.Of(At(day: 17, minute: 30)));
        (await _pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_day_that_is_over_waits_for_the_schedules_time()
    {
        _time.SetUtcNow(At(day: 17, minute: 10));
        await _pipeline.AppendOnAsync(day: 16, Some.LogMessage(3));
        Start(_pipeline.Runner);
        await EventuallyAsync(() => _scheduler.State?.Next is not null);
        (await RunsAsync()).Count.ShouldBe(2);

        _time.Advance(TimeSpan.FromMinutes(20));
        await EventuallyAsync(async () => (await RunsAsync()) is [_, _, ("day-2025-09-16", 16, 1, RunState.Purged)]);
    }

    [Fact]
    public async Task What_somebody_began_is_taken_to_its_end_first()
    {
        var run = await _pipeline.Runner.CreateAsync("by hand", null, "ana", Cancellation);
        await _pipeline.StepAsync(BatchStepName.Extract, run);
        Start(_pipeline.Runner);
        await EventuallyAsync(() => _scheduler.State?.Next is not null);

        (await RunsAsync())[0].ShouldBe(("by hand", 15, 3, RunState.Purged));
    }

    [Fact]
    public async Task A_run_that_waits_for_a_person_is_said_to_and_goes_on_once_it_is_decided()
    {
        await _pipeline.AppendOnAsync(day: 15, Zero(5), Zero(6), Zero(7), Zero(8));
        Start(_pipeline.Runner);
        await EventuallyAsync(() => _scheduler.State?.Waiting is not null);
        _scheduler.State!.Waiting.ShouldBe("Run 2 waits for a person: 'caudal batch show 2' says why.");

        await _pipeline.Runner.DeclineAsync(2, "no payment is of nothing", "ana", Cancellation);
        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            return _scheduler.State?.Next is not null;
        });

        (await RunsAsync())[^1].ShouldBe(("day-2025-09-15", 15, 2, RunState.Purged));
        _scheduler.State!.Waiting.ShouldBeNull();
    }

    [Fact]
    public async Task A_fault_that_passes_is_told_and_tried_again_until_it_has_passed()
    {
        var plan = new FaultPlan();
        var (runner, _) = _pipeline.AnotherRunner(plan);
        using var disposal = runner;
        plan.Arm(FaultKind.KilledBefore, "StageAsync");
        Start(runner);
        await EventuallyAsync(() => _scheduler.State?.Waiting is not null);
        plan.Disarm();
        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            return _scheduler.State is { Next: not null, Waiting: null, Failure: null };
        });
        (await RunsAsync()).ShouldAllBe(run => run.State == RunState.Purged);
    }

    [Fact]
    public async Task What_does_not_reconcile_is_a_failure_that_is_told()
    {
        await _pipeline.TamperAsync("hot", "DELETE FROM transactions WHERE \"offset\" = 0");
        Start(_pipeline.Runner);
        await EventuallyAsync(() => _scheduler.State?.Failure is not null);

        _scheduler.State!.Failure!.ShouldContain("1 missing");
        await EventuallyAsync(() => _scheduler.State?.Next is not null);
    }

    [Fact]
    public async Task Two_schedulers_at_once_make_each_run_once()
    {
        var (other, _) = _pipeline.AnotherRunner(new());
        using var disposal = other;
        var second = SchedulerOf(other);
        var running = second.RunAsync(_stopping.Token);
        Start(_pipeline.Runner);
        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return _scheduler.State?.Next is not null && second.State?.Next is not null;
        });

        (await RunsAsync()).Select(run => run.Key).ShouldBe(["day-2025-09-14", "day-2025-09-15"]);
        (_scheduler.State!.Failure, second.State!.Failure).ShouldBe((null, null));
        await _stopping.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Reaching_to_now_settles_what_came_since_and_nothing_where_nothing_came()
    {
        Start(_pipeline.Runner, new() { Cron = "*/10 * * * * *", Reach = ScheduleReach.Now });
        await EventuallyAsync(() => _scheduler.State?.Next is not null);
        await _pipeline.AppendOnAsync(day: 16, Some.LogMessage(3));
        for (var times = 0; times < 3; times++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await EventuallyAsync(() => _scheduler.State?.Next is { } next && next.ToDateTimeOffset() > _time.GetUtcNow());
        }

        (await RunsAsync()).Skip(2).ShouldBe([("run-3", 16, 1, RunState.Purged)]);
    }

    void Start(BatchRunner runner, ScheduleOptions? options = null)
    {
        _pipeline.Clock.Now = _time.GetUtcNow();
        _scheduler = SchedulerOf(runner, options);
        _running = _scheduler.RunAsync(_stopping.Token);
    }

    Scheduler SchedulerOf(BatchRunner runner, ScheduleOptions? options = null) => new(
        new(_pipeline.Log, _pipeline.History, Some.Topic, _time), runner, _pipeline.Hot, _pipeline.History, options ?? new(), _time,
        NullLogger<Scheduler>.Instance);

    async Task<IReadOnlyList<(string Key, int Day, long Rows, RunState State)>> RunsAsync() =>
        [.. from run in (await _pipeline.History.Journal.ListAsync(100, Cancellation)).Reverse()
            select (run.Key, run.Day.Day, run.Loaded.Rows.Count, run.State)];

    static Task EventuallyAsync(Func<bool> holds) => EventuallyAsync(() => Task.FromResult(holds()));

    /// <summary>What the scheduler comes to has no signal but its state.</summary>
    static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        var patience = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            TimeProvider.System.GetElapsedTime(patience).ShouldBeLessThan(TimeSpan.FromSeconds(60), "It never came to that.");
            await Task.Delay(10, Cancellation);
        }
    }

    static Log.LogMessage Zero(int n) => new(Some.Message(Some.Transaction(n, some => some with { Amount = new(0) })));

    static DateTimeOffset At(int day, int hour = 0, int minute = 0) => new(2025, 9, day, hour, minute, 0, TimeSpan.Zero);
}
