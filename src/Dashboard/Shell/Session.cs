using Microsoft.AspNetCore.Http;

namespace Caudal.Dashboard.Shell;

/// <summary>Marks what is read in a browser by one who has entered: there, and nowhere else, the session's cookie counts.</summary>
sealed class PageOfSession;

/// <summary>
/// The cookie that a browser holds once its reader has entered: a token like any other, in a form that no script can read and no other
/// site makes the browser send. It is listed and revoked with the other tokens, and outlives a restart.
/// </summary>
static class Session
{
    /// <summary>A working day: how long one lasts that began with a one-time link.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromHours(12);

    /// <summary>The session's token, where the request is for a page and comes from one of ours.</summary>
    public static string? Read(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<PageOfSession>() is not null && IsOurs(context.Request)
            ? context.Request.Cookies[NameIn(context)]
            : null;

    public static void Begin(HttpContext context, string token) =>
        context.Response.Cookies.Append(NameIn(context), token, Options(context, Lasts));

    public static void End(HttpContext context) => context.Response.Cookies.Delete(NameIn(context), Options(context, null));

    /// <summary>
    /// Browsers take all ports of a host for one site, and let its pages open connections with the others' cookies: what a page of another
    /// origin sends says so. The scheme is left out, since a proxy may speak another than we do.
    /// </summary>
    static bool IsOurs(HttpRequest request) => request.Headers.Origin is not [{ Length: > 0 } origin]
        || Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value;

    /// <summary>Of this port, since browsers send cookies to every port of the host.</summary>
    static string NameIn(HttpContext context) => $"caudal-{context.Connection.LocalPort}";

    static CookieOptions Options(HttpContext context, TimeSpan? lasts) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/", MaxAge = lasts, IsEssential = true,
    };
}
