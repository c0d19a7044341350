using System.Globalization;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Dashboard.Api;

/// <summary>Times as people and callers write them.</summary>
public static class Moments
{
    /// <summary>What an error says of how a time is written.</summary>
    public const string Form = QueryTime.Form;

    /// <summary>A day's beginning or an ISO 8601 time; without an offset it is read in <paramref name="zone"/>.</summary>
    public static bool TryParse(string text, TimeZoneInfo zone, out Instant instant)
    {
        var time = QueryTime.Read(text, zone);
        instant = time?.From ?? default;
        return time is not null;
    }

    /// <summary>The time that the caller gave as <paramref name="name"/>.</summary>
    internal static Instant Parse(string text, string name, TimeZoneInfo zone) =>
        TryParse(text, zone, out var instant) ? instant : throw ApiProblemException.BadRequest($"'{text}' is no time for {name}: {Form}.");

    /// <summary>The day that the caller gave as <paramref name="name"/>.</summary>
    internal static DateOnly ParseDay(string text, string name) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is >= 1970 and < 2262
            ? day
            : throw ApiProblemException.BadRequest($"'{text}' is no day for {name}: write 2025-09-13.");
}
