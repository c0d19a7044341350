namespace Caudal.Scheduling;

/// <summary>How far the runs reach that the schedule makes.</summary>
public enum ScheduleReach
{
    /// <summary>To the end of each day that is over: one run a day.</summary>
    Days,

    /// <summary>The days that are over first, one by one; then all that is ingested by now.</summary>
    Now,
}

/// <summary>When <c>up</c> and <c>serve</c> make batch runs by themselves.</summary>
public sealed record ScheduleOptions
{
    /// <summary>What <see cref="Cron"/> says where no run is to be made: a person or Airflow makes them.</summary>
    public const string Off = "off";

    /// <summary>When runs are made, as cron has it: minute, hour, day, month, weekday; with seconds before them where there are six
    /// fields. <c>off</c> for never.</summary>
    public string Cron { get; init; } = "30 0 * * *";

    /// <summary>The zone whose clock the schedule goes by, by its IANA name; null for the business zone.</summary>
    public string? Zone { get; init; }

    /// <summary>How far those runs reach: <c>days</c> for the days that are over, <c>now</c> for all that is ingested too.</summary>
    public ScheduleReach Reach { get; init; } = ScheduleReach.Days;
}
