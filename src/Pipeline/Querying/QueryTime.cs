using System.Globalization;
using Caudal.Transactions;

namespace Caudal.Querying;

/// <summary>Reads a time as people write it: what they leave out makes it longer, a day, a minute, a second or a microsecond.</summary>
public static class QueryTime
{
    static readonly (string Format, TimeSpan Length)[] Forms =
    [
        ("yyyy-MM-dd", TimeSpan.FromDays(1)),
        ("yyyy-MM-dd'T'HH:mm", TimeSpan.FromMinutes(1)),
        ("yyyy-MM-dd'T'HH:mm:ss", TimeSpan.FromSeconds(1)),
        ("yyyy-MM-dd'T'HH:mm:ss.FFFFFF", TimeSpan.FromMicroseconds(1)),
    ];

    /// <summary>What an error says of how a time is written.</summary>
    public const string Form = "write 2025-09-13, 2025-09-13T05:12 or 2025-09-13T05:12:15.093369Z";

    /// <param name="zone">Where it is read without an offset.</param>
    /// <returns>From inclusive, to exclusive; null where it is not a time.</returns>
    public static (Instant From, Instant To)? Read(string text, TimeZoneInfo zone)
    {
        foreach (var (format, length) in Forms)
        {
            // A separate try for local times: K would otherwise read them in the machine's own zone.
            if (TryParse(text, format, DateTimeStyles.None) is { Kind: DateTimeKind.Unspecified } local)
                return (Instant.OfLocal(local, zone), Instant.OfLocal(local + length, zone));
            if (TryParse(text, format + "K", DateTimeStyles.AdjustToUniversal) is { Kind: DateTimeKind.Utc } moment)
                return (Instant.Of(moment), Instant.Of(moment + length));
        }
        return null;
    }

    /// <summary>Not the calendar's first and last year, so that neither an offset nor a length leads out of it.</summary>
    static DateTime? TryParse(string text, string format, DateTimeStyles styles) =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, styles, out var time) && time.Year is > 1 and < 9999
            ? time
            : null;
}
