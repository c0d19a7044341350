using Caudal.Scheduling;
using Caudal.Transactions;

namespace Caudal.Tests.Scheduling;

public sealed class TimetableTests
{
    static readonly TimeZoneInfo Quito = TimeZoneInfo.FindSystemTimeZoneById("America/Guayaquil");

    [Theory]
    [InlineData("30 0 * * *", "2025-09-14T05:29", "2025-09-13T05:30", "2025-09-14T05:30")]
    [InlineData("30 0 * * *", "2025-09-14T05:30", "2025-09-14T05:30", "2025-09-15T05:30")]
    [InlineData("*/10 * * * * *", "2025-09-14T05:30", "2025-09-14T05:30", "2025-09-14T05:30:10")]
    [InlineData("0 6 * * MON", "2025-09-14T05:30", "2025-09-08T11:00", "2025-09-15T11:00")]
    [InlineData("0 0 1 1 *", "2025-09-14T05:30", "2025-01-01T05:00", "2026-01-01T05:00")]
    public void It_goes_by_the_clock_of_its_zone(string cron, string now, string last, string next)
    {
        var timetable = Timetable.Of(new() { Cron = cron }, Quito).ShouldNotBeNull();
        timetable.UpTo(At(now)).ShouldBe(At(last));
        timetable.After(At(now)).ShouldBe(At(next));
    }

    [Fact]
    public void A_zone_of_its_own_wins_and_off_is_no_timetable()
    {
        Timetable.Of(new() { Zone = "UTC" }, Quito)!.After(At("2025-09-14T00:00")).ShouldBe(At("2025-09-14T00:30"));
        Timetable.Of(new() { Cron = ScheduleOptions.Off }, Quito).ShouldBeNull();
    }

    /// <summary>In Santiago clocks went from 24:00 to 01:00 on that night, so that the day had no midnight.</summary>
    [Fact]
    public void A_day_without_a_midnight_begins_when_it_begins()
    {
        var santiago = TimeZoneInfo.FindSystemTimeZoneById("America/Santiago");
        var start = Instant.StartOf(new(2025, 9, 7), santiago);
        start.ShouldBe(At("2025-09-07T04:00"));
        (start.DayIn(santiago), (start - TimeSpan.FromSeconds(1)).DayIn(santiago)).ShouldBe((new(2025, 9, 7), new(2025, 9, 6)));
    }

    static Instant At(string utc) => Instant.Of(DateTimeOffset.Parse(utc + "Z", System.Globalization.CultureInfo.InvariantCulture));
}
