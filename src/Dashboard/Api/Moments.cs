using System.Globalization;
using Caudal.Transactions;

namespace Caudal.Dashboard.Api;

/// <summary>Times as people and callers write them.</summary>
public static class Moments
{
    static readonly string[] Local = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFFFFF"];
    static readonly string[] WithOffset = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFK"];

    /// <summary>What an error says of how a time is written.</summary>
    public const string Form = "write 2025-09-13, 2025-09-13T05:12 or 2025-09-13T05:12:15.093369Z";

    /// <summary>A day or an ISO 8601 time; without an offset it is read in <paramref name="zone"/>.</summary>
    public static bool TryParse(string text, TimeZoneInfo zone, out Instant instant)
    {
        instant = default;
        // A separate try for local times: K would otherwise read them in the machine's own zone.
        if (DateTime.TryParseExact(text, Local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            instant = Instant.OfLocal(local, zone);
            return true;
        }
        if (!DateTimeOffset.TryParseExact(text, WithOffset, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment))
            return false;
        instant = Instant.Of(moment);
        return true;
    }
}
