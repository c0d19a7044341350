using Caudal.Transactions;

namespace Caudal.Querying;

/// <summary>How long a histogram's buckets are, as clocks in its zone show it.</summary>
public enum TimeUnit
{
    Minute,
    Hour,
    Day,
    Month,
}

/// <summary>Rows by the time at which they happened.</summary>
/// <param name="Zone">Whose minutes, hours, days and months are meant.</param>
/// <param name="BucketsMax">More are an error.</param>
public sealed record TimeHistogram(Query Where, TimeUnit Every, TimeZoneInfo Zone, int BucketsMax);

/// <summary>From inclusive, to exclusive.</summary>
public readonly record struct TimeBucket(Instant From, Instant To, Totals Totals);

/// <summary>
/// Buckets of a zone whose clock may be changed: an hour that is shown twice is two buckets, a day is as long as it is there, and where
/// a change falls inside an hour, the bucket ends at it. Engines only add up by a local step: whole units of
/// <see cref="Step"/> since 1970 on the zone's clock.
/// </summary>
public sealed class ZonedBuckets
{
    static readonly TimeSpan Probe = TimeSpan.FromDays(1);
    static readonly DateTime Epoch = DateTime.UnixEpoch;

    readonly TimeUnit _every;

    /// <param name="first">The first moment that is looked at.</param>
    /// <param name="last">The last.</param>
    public ZonedBuckets(TimeHistogram histogram, Instant first, Instant last)
    {
        _every = histogram.Every;
        Periods = [.. FindPeriods(histogram.Zone, first, last)];
    }

    /// <summary>A time during which the zone's clock is not changed: from inclusive, to exclusive, null for no bound.</summary>
    public readonly record struct Period(Instant? From, Instant? To, TimeSpan Offset);

    public IReadOnlyList<Period> Periods { get; }

    /// <summary>The length by which engines add up: months by their days.</summary>
    public TimeSpan Step => _every switch
    {
        TimeUnit.Minute => TimeSpan.FromMinutes(1),
        TimeUnit.Hour => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };

    /// <summary>The bucket of a period's step.</summary>
    public (Instant From, Instant To) BucketOf(long step, int period)
    {
        var local = Epoch.AddTicks(step * Step.Ticks);
        if (_every is TimeUnit.Minute or TimeUnit.Hour)
            return Within(Periods[period], local, local + Step);
        var start = _every == TimeUnit.Day ? local : new(local.Year, local.Month, 1);
        return (Show(start), Show(_every == TimeUnit.Day ? start.AddDays(1) : start.AddMonths(1)));
    }

    /// <summary>Adds up what falls into one bucket, in the order of time.</summary>
    /// <exception cref="AnswerTooLargeException">There are too many.</exception>
    public IReadOnlyList<TimeBucket> Gather(IEnumerable<(long Step, int Period, Totals Totals)> steps, int bucketsMax)
    {
        var buckets = new SortedDictionary<Instant, TimeBucket>();
        foreach (var (step, period, totals) in steps)
        {
            var (from, to) = BucketOf(step, period);
            buckets[from] = new(from, to, buckets.GetValueOrDefault(from).Totals + totals);
            if (buckets.Count > bucketsMax)
                throw TooMany(bucketsMax);
        }
        return [.. buckets.Values];
    }

    public static AnswerTooLargeException TooMany(int bucketsMax) => new(
        $"The histogram has more than {bucketsMax} buckets: ask for longer ones or for a shorter time.");

    static (Instant, Instant) Within(Period period, DateTime from, DateTime to)
    {
        var (start, end) = (Instant.Of(new(from, TimeSpan.Zero)) - period.Offset, Instant.Of(new(to, TimeSpan.Zero)) - period.Offset);
        return (period.From > start ? period.From.Value : start, period.To < end ? period.To.Value : end);
    }

    /// <summary>The first moment at which the clock shows this time or a later one.</summary>
    Instant Show(DateTime local)
    {
        var shown = Instant.Of(new(local, TimeSpan.Zero));
        foreach (var period in Periods)
        {
            var moment = shown - period.Offset;
            if (period.To is null || moment < period.To)
                return period.From > moment ? period.From.Value : moment;
        }
        throw new InvalidOperationException("The last period has no end.");
    }

    /// <summary>A month more on either side, so that the days at both ends are known whole.</summary>
    static IEnumerable<Period> FindPeriods(TimeZoneInfo zone, Instant first, Instant last)
    {
        var (start, end) = (first - TimeSpan.FromDays(40), last + TimeSpan.FromDays(40));
        var (from, offset) = ((Instant?)null, Offset(zone, start));
        for (var at = start; at < end && !zone.IsFixed(); at += Probe)
            if (Offset(zone, at + Probe) is var next && next != offset)
            {
                var change = FindChange(zone, at, at + Probe, offset);
                yield return new(from, change, offset);
                (from, offset) = (change, next);
            }
        yield return new(from, null, offset);
    }

    static Instant FindChange(TimeZoneInfo zone, Instant before, Instant after, TimeSpan offset)
    {
        while (after.Microseconds - before.Microseconds > 1)
        {
            var middle = new Instant((before.Microseconds + after.Microseconds) / 2);
            (before, after) = Offset(zone, middle) == offset ? (middle, after) : (before, middle);
        }
        return after;
    }

    static TimeSpan Offset(TimeZoneInfo zone, Instant moment) => zone.GetUtcOffset(moment.ToDateTimeOffset());
}

static class Zones
{
    /// <summary>True where nobody ever changes the clock.</summary>
    public static bool IsFixed(this TimeZoneInfo zone) => !zone.SupportsDaylightSavingTime && zone.GetAdjustmentRules().Length == 0;
}
