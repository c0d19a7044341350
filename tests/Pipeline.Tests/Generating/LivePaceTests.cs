using System.Text.Json;
using Caudal.Generating;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace Caudal.Tests;

public sealed class LivePaceTests
{
    static readonly Instant Noon = Instant.Of(new(2025, 9, 3, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(1, Pace.Steady)]
    [InlineData(7, Pace.Bursts)]
    [InlineData(1_000, Pace.Bursts)]
    [InlineData(1_000_000, Pace.Bursts)]
    public void The_rate_holds_over_every_minute(int rate, Pace pace)
    {
        var live = new LivePace(seed: 3, rate, pace, Noon);
        for (var minute = 0; minute < 10; minute++)
            Run(live, Noon + TimeSpan.FromMinutes(minute), TimeSpan.FromMinutes(1)).Sum().ShouldBe(60 * rate);
    }

    [Fact]
    public void Bursts_run_at_several_times_the_rate_and_a_steady_pace_has_none()
    {
        PerSecond(Pace.Steady).ShouldAllBe(count => count == 1000);
        PerSecond(Pace.Bursts).Max().ShouldBe(4600);
        PerSecond(Pace.Bursts).Count(count => count == 4600).ShouldBeInRange(6, 10 * 6);

        static List<int> PerSecond(Pace pace)
        {
            var live = new LivePace(seed: 3, 1000, pace, Noon);
            return [.. Run(live, Noon, TimeSpan.FromMinutes(10)).Chunk(100).Select(second => second.Sum())];
        }
    }

    [Fact]
    public void After_a_stall_it_catches_up_at_twice_the_rate_and_no_faster()
    {
        var live = new LivePace(seed: 3, 1000, Pace.Steady, Noon);
        var resumed = Noon + TimeSpan.FromSeconds(5);

        live.Due(resumed).Count.ShouldBe(2000);
        var rates = Run(live, resumed, TimeSpan.FromSeconds(4)).Chunk(100).Select(second => second.Sum());

        rates.ShouldBe([2000, 2000, 2000, 1000]);
    }

    [Fact]
    public void What_is_more_than_ten_seconds_late_is_forgiven()
    {
        var live = new LivePace(seed: 3, 1000, Pace.Steady, Noon);
        var resumed = Noon + TimeSpan.FromHours(1);

        var caughtUp = live.Due(resumed).Count + Run(live, resumed, TimeSpan.FromMinutes(1)).Sum();

        caughtUp.ShouldBe(10_000 + 60_000);
    }

    [Fact]
    public void A_clock_that_is_set_back_earns_nothing_twice()
    {
        var live = new LivePace(seed: 3, 1000, Pace.Steady, Noon);
        live.Due(Noon + TimeSpan.FromSeconds(1)).Count.ShouldBe(1000);

        live.Due(Noon).Count.ShouldBe(0);
        live.Due(Noon + TimeSpan.FromSeconds(1)).Count.ShouldBe(0);
        live.Due(Noon + TimeSpan.FromSeconds(1.5)).Count.ShouldBe(500);
    }

    [Fact]
    public void It_waits_for_the_next_when_few_are_due()
    {
        new LivePace(seed: 3, 2, Pace.Steady, Noon).Wait().ShouldBe(TimeSpan.FromMilliseconds(500));
        new LivePace(seed: 3, 100_000, Pace.Steady, Noon).Wait().ShouldBe(TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public async Task A_live_run_ends_at_its_count_and_its_transactions_happen_now()
    {
        var time = new FakeTimeProvider(Noon.ToDateTimeOffset());
        var generator = new TransactionGenerator(new() { Rate = 100, Count = 250, Pace = Pace.Steady }, time);
        var moments = new List<DateTimeOffset>();

        var cancellation = TestContext.Current.CancellationToken;
        await using var batches = generator.RunAsync(cancellation).GetAsyncEnumerator(cancellation);
        for (var next = batches.MoveNextAsync().AsTask(); ; next = batches.MoveNextAsync().AsTask())
        {
            while (!next.IsCompleted)
                time.Advance(TimeSpan.FromMilliseconds(10));
            if (!await next)
                break;
            moments.AddRange(batches.Current.Select(TimestampOf));
        }

        moments.Count.ShouldBe(250);
        generator.Totals.Generated.ShouldBe(250);
        moments.ShouldBe(moments.Order());
        moments[0].ShouldBeGreaterThan(Noon.ToDateTimeOffset());
        moments[^1].ShouldBeLessThanOrEqualTo(time.GetUtcNow());
    }

    static DateTimeOffset TimestampOf(LogMessage message)
    {
        using var document = JsonDocument.Parse(message.Value);
        return document.RootElement.GetProperty("timestamp").GetDateTimeOffset();
    }

    static IEnumerable<int> Run(LivePace live, Instant from, TimeSpan length)
    {
        var tick = TimeSpan.FromMilliseconds(10);
        for (var at = tick; at <= length; at += tick)
            yield return live.Due(from + at).Count;
    }
}
