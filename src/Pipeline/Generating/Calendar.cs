namespace Caudal.Generating;

/// <summary>What kind of day it is for money.</summary>
enum DayKind
{
    Ordinary,
    Payday,
    MonthStart,
}

/// <summary>The clock and the calendar as the population sees them in one minute.</summary>
readonly record struct Minute(int Hour, int Weekday, int Month, DayKind Kind);

/// <summary>When people pay: the hours of the day, the days of the week, payday on the 15th and at the month's end.</summary>
/// <param name="utcOffset">A fixed offset, since time zone data differs between machines.</param>
sealed class Calendar(ulong seed, TimeSpan utcOffset)
{
    public const long MicrosecondsPerMinute = 60_000_000;

    static readonly int[] HourWeights = [6, 4, 3, 2, 3, 8, 20, 42, 66, 80, 88, 90, 94, 84, 72, 70, 72, 80, 92, 86, 64, 42, 24, 12];

    // Sunday first, as DayOfWeek counts.
    static readonly int[] WeekdayWeights = [52, 96, 92, 94, 98, 112, 84];

    readonly long _offsetMinutes = utcOffset.Ticks / TimeSpan.TicksPerMinute;

    public Minute At(long minute)
    {
        var local = DateTime.UnixEpoch.AddTicks((minute + _offsetMinutes) * TimeSpan.TicksPerMinute);
        return new(local.Hour, (int)local.DayOfWeek, local.Month - 1, KindOf(local));
    }

    /// <summary>How busy a minute since 1970 is against others. Some minutes are bursts, as real feeds have them.</summary>
    public long WeightOf(long minute)
    {
        var dice = Dice.For(seed, Throw.Minute, minute);
        var unevenness = 60 + dice.Below(81);
        if (dice.Below(97) == 0)
            unevenness *= 3;
        return WeightOf(At(minute)) * unevenness;
    }

    static long WeightOf(Minute at) => HourWeights[at.Hour] * WeekdayWeights[at.Weekday] * at.Kind switch
    {
        DayKind.Payday => 165L,
        DayKind.MonthStart => 115L,
        _ => 100L,
    };

    static DayKind KindOf(DateTime day) =>
        day.Day == 15 || day.Day == DateTime.DaysInMonth(day.Year, day.Month) ? DayKind.Payday
        : day.Day <= 5 ? DayKind.MonthStart
        : DayKind.Ordinary;
}
