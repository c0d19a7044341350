using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Caudal.Dashboard.Languages;

/// <summary>A language of the pages, with how its readers write numbers and dates.</summary>
public sealed record Language
{
    /// <summary>The cookie that keeps a reader's choice.</summary>
    const string Cookie = "caudal-language";

    public static readonly Language Spanish = new()
    {
        Code = "es", Name = "Español", DecimalMark = ',', GroupMark = '.',
        Months = ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
        Weekdays = ["dom", "lun", "mar", "mié", "jue", "vie", "sáb"],
    };

    public static readonly Language English = new()
    {
        Code = "en", Name = "English", DecimalMark = '.', GroupMark = ',',
        Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        Weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
    };

    public static readonly IReadOnlyList<Language> All = [Spanish, English];

    /// <summary>ISO 639.</summary>
    public required string Code { get; init; }

    public required string Name { get; init; }

    public required char DecimalMark { get; init; }

    public required char GroupMark { get; init; }

    /// <summary>Short, January first.</summary>
    public required IReadOnlyList<string> Months { get; init; }

    /// <summary>Short, Sunday first.</summary>
    public required IReadOnlyList<string> Weekdays { get; init; }

    public static Language? Find(string? code) => All.FirstOrDefault(language => language.Code == code);

    /// <summary>What the reader chose, else the first of the browser's languages that we speak, else Spanish.</summary>
    public static Language Of(HttpContext context) =>
        Find(context.Request.Cookies[Cookie]) ?? OfBrowser(context.Request) ?? Spanish;

    public static void Choose(HttpContext context, string code)
    {
        if (Find(code) is { } language)
            context.Response.Cookies.Append(Cookie, language.Code, new()
            {
                HttpOnly = true, SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict, MaxAge = TimeSpan.FromDays(365),
                IsEssential = true,
            });
    }

    static Language? OfBrowser(HttpRequest request) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptLanguage, out var wishes)
            ? wishes.OrderByDescending(wish => wish.Quality ?? 1).Select(wish => Find(wish.Value.ToString().Split('-')[0]))
                .FirstOrDefault(language => language is not null)
            : null;
}
