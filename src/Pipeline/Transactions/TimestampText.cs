namespace Caudal.Transactions;

/// <summary>
/// Reads a moment from ISO 8601's extended form: <c>2025-09-13T05:12:15.093369-05:00</c>. The seconds, their fraction (after a point or a
/// comma) and the offset (<c>Z</c>, <c>±HH:MM</c>, <c>±HHMM</c>, <c>±HH</c>) may be left out; a space may stand for the <c>T</c>.
/// </summary>
static class TimestampText
{
    const long MicrosecondsPerDay = 86_400_000_000;

    static readonly Instant Min = new(0);
    static readonly Instant End = Instant.Of(new DateTimeOffset(2262, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>Returns null and the moment, or the <see cref="FaultCode"/> that says why it is none.</summary>
    public static string? Read(ReadOnlySpan<byte> text, TimeZoneInfo zone, out Instant instant)
    {
        instant = default;
        if (!ReadDate(ref text, out var date) || !ReadTime(ref text, out var microseconds) || !ReadOffset(text, out var offset))
            return FaultCode.TimestampInvalid;
        // A day more on either side, since an offset may bring it back in.
        if (date.Year is < 1969 or > 2262)
            return FaultCode.TimestampOutOfRange;
        var day = new DateOnly(date.Year, date.Month, date.Day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        var local = new Instant(day * MicrosecondsPerDay + microseconds);
        instant = local - (offset ?? OffsetAt(local, zone));
        return instant < Min || instant >= End ? FaultCode.TimestampOutOfRange : null;
    }

    /// <summary>
    /// The offset of what a clock on the wall shows. Where a change makes it show a time twice or never, the offset before the change:
    /// the first of two, and for a skipped time the moment at which a clock that nobody had put forward would have shown it.
    /// </summary>
    internal static TimeSpan OffsetAt(Instant local, TimeZoneInfo zone)
    {
        if (ReferenceEquals(zone, TimeZoneInfo.Utc))
            return TimeSpan.Zero;
        var day = TimeSpan.FromDays(1);
        var before = OffsetOf(local - day, zone);
        var after = OffsetOf(local + day, zone);
        return before != after && OffsetOf(local - before, zone) != before && OffsetOf(local - after, zone) == after ? after : before;
    }

    static TimeSpan OffsetOf(Instant moment, TimeZoneInfo zone) => zone.GetUtcOffset(moment.ToDateTimeOffset().UtcDateTime);

    static bool ReadDate(ref ReadOnlySpan<byte> text, out (int Year, int Month, int Day) date)
    {
        date = default;
        if (text.Length < 11 || text[4] != '-' || text[7] != '-' || text[10] is not ((byte)'T' or (byte)'t' or (byte)' '))
            return false;
        date = (Number(text[..4]), Number(text[5..7]), Number(text[8..10]));
        text = text[11..];
        // Leap years repeat every 400 years, and DateTime knows no year 0.
        return date.Year >= 0 && date.Month is >= 1 and <= 12
            && date.Day >= 1 && date.Day <= DateTime.DaysInMonth(date.Year % 400 + 400, date.Month);
    }

    static bool ReadTime(ref ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length < 5 || text[2] != ':')
            return false;
        var (hour, minute, second) = (Number(text[..2]), Number(text[3..5]), 0);
        text = text[5..];
        if (text is [(byte)':', _, _, ..])
        {
            second = Number(text[1..3]);
            text = text[3..];
            if (text is [(byte)'.' or (byte)',', ..] && !ReadFraction(ref text, out microseconds))
                return false;
        }
        microseconds += ((hour * 60 + minute) * 60 + second) * 1_000_000L;
        return hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and < 60;
    }

    /// <summary>Digits past the sixth are cut: rounding could move a transaction into the next day.</summary>
    static bool ReadFraction(ref ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        var digits = 0;
        text = text[1..];
        while (digits < text.Length && text[digits] is >= (byte)'0' and <= (byte)'9')
        {
            if (digits < 6)
                microseconds = microseconds * 10 + (text[digits] - '0');
            digits++;
        }
        for (var missing = digits; missing < 6; missing++)
            microseconds *= 10;
        text = text[digits..];
        return digits > 0;
    }

    /// <summary>Null where none is written.</summary>
    static bool ReadOffset(ReadOnlySpan<byte> text, out TimeSpan? offset)
    {
        offset = null;
        if (text.IsEmpty)
            return true;
        if (text is [(byte)'Z' or (byte)'z'])
        {
            offset = TimeSpan.Zero;
            return true;
        }
        if (text[0] is not ((byte)'+' or (byte)'-'))
            return false;
        var (hours, minutes) = text[1..] switch
        {
            { Length: 2 } digits => (Number(digits), 0),
            { Length: 4 } digits => (Number(digits[..2]), Number(digits[2..])),
            [_, _, (byte)':', _, _] digits => (Number(digits[..2]), Number(digits[3..])),
            _ => (-1, -1),
        };
        if (hours is < 0 or > 23 || minutes is < 0 or > 59)
            return false;
        offset = text[0] == '-' ? -new TimeSpan(hours, minutes, 0) : new TimeSpan(hours, minutes, 0);
        return true;
    }

    /// <summary>The value of decimal digits, or -1 where one of the characters is none.</summary>
    static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return -1;
            number = number * 10 + (digit - '0');
        }
        return number;
    }
}
