using System.Globalization;

namespace Caudal.Transactions;

/// <summary>A moment in UTC, in whole microseconds since 1970-01-01T00:00:00Z: the finest step that every store keeps.</summary>
public readonly record struct Instant(long Microseconds) : IComparable<Instant>
{
    public static Instant Of(DateTimeOffset moment) =>
        new((moment.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);

    public static Instant Now(TimeProvider time) => Of(time.GetUtcNow());

    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.UnixEpoch.AddTicks(Microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>
    /// The moment at which clocks in <paramref name="zone"/> show a time. Of one that they show twice it is the first; for one that they
    /// skip, when clocks that nobody had put forward would have shown it.
    /// </summary>
    public static Instant OfLocal(DateTime local, TimeZoneInfo zone)
    {
        var shown = Of(new(local.Ticks, TimeSpan.Zero));
        return shown - TimestampText.OffsetAt(shown, zone);
    }

    /// <summary>When a calendar day begins in <paramref name="zone"/>.</summary>
    public static Instant StartOf(DateOnly day, TimeZoneInfo zone) => OfLocal(day.ToDateTime(TimeOnly.MinValue), zone);

    /// <summary>The calendar day of this moment as clocks in <paramref name="zone"/> show it.</summary>
    public DateOnly DayIn(TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(ToDateTimeOffset(), zone).DateTime);

    public int CompareTo(Instant other) => Microseconds.CompareTo(other.Microseconds);

    public static bool operator <(Instant left, Instant right) => left.Microseconds < right.Microseconds;

    public static bool operator >(Instant left, Instant right) => left.Microseconds > right.Microseconds;

    public static bool operator <=(Instant left, Instant right) => left.Microseconds <= right.Microseconds;

    public static bool operator >=(Instant left, Instant right) => left.Microseconds >= right.Microseconds;

    public static TimeSpan operator -(Instant left, Instant right) =>
        new((left.Microseconds - right.Microseconds) * TimeSpan.TicksPerMicrosecond);

    public static Instant operator +(Instant left, TimeSpan right) => new(left.Microseconds + right.Ticks / TimeSpan.TicksPerMicrosecond);

    public static Instant operator -(Instant left, TimeSpan right) => new(left.Microseconds - right.Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>Reads what <see cref="ToString"/> writes, and any other time in UTC.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Instant Parse(ReadOnlySpan<byte> text) => TimestampText.Read(text, TimeZoneInfo.Utc, out var instant) is null
        ? instant
        : throw new FormatException("It is not a time between 1970 and 2261.");

    /// <summary>ISO 8601 with six fractional digits: <c>2025-09-13T05:12:15.093369Z</c>.</summary>
    public override string ToString() => ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
