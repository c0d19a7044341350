using Caudal.Transactions;
using Cronos;

namespace Caudal.Scheduling;

/// <summary>The moments that a cron expression names on the clock of a zone.</summary>
public sealed class Timetable
{
    /// <summary>How far back the last moment is looked for, the nearest first: a yearly one lies within the last.</summary>
    static readonly TimeSpan[] Backwards =
        [TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(32), TimeSpan.FromDays(367)];

    readonly CronExpression _cron;
    readonly TimeZoneInfo _zone;

    Timetable(CronExpression cron, TimeZoneInfo zone) => (_cron, _zone) = (cron, zone);

    /// <summary>The timetable that the options describe, or null where there is none.</summary>
    /// <exception cref="CronFormatException">The expression is none; says which field does not fit.</exception>
    public static Timetable? Of(ScheduleOptions options, TimeZoneInfo businessZone)
    {
        if (options.Cron == ScheduleOptions.Off)
            return null;
        var fields = options.Cron.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var zone = options.Zone is null ? businessZone : TimeZoneInfo.FindSystemTimeZoneById(options.Zone);
        return new(CronExpression.Parse(options.Cron, fields.Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard), zone);
    }

    /// <summary>The first moment after another; null where there is none ever, as for a 30th of February.</summary>
    public Instant? After(Instant moment) =>
        _cron.GetNextOccurrence(moment.ToDateTimeOffset(), _zone) is { } next ? Instant.Of(next) : null;

    /// <summary>The last moment up to and including another; null where there was none for a year.</summary>
    public Instant? UpTo(Instant moment)
    {
        var to = moment.ToDateTimeOffset();
        foreach (var reach in Backwards)
        {
            var before = _cron.GetOccurrences(to - reach, to, _zone, fromInclusive: false, toInclusive: true).Select(Instant.Of).ToList();
            if (before.Count > 0)
                return before[^1];
        }
        return null;
    }
}
