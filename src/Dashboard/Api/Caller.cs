using System.Security.Claims;
using System.Text;
using Caudal.Access;
using Caudal.Dashboard.Shell;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Caudal.Dashboard.Api;

/// <summary>Who asks: the holder of a token, or the owner of the data at the Unix socket.</summary>
/// <param name="Actor">Who is held to have done what is asked for.</param>
/// <param name="TokenId">Null at the socket, which its file mode guards.</param>
sealed record Caller(string Actor, Role Role, string? TokenId)
{
    const string Bearer = "Bearer ";
    const string Basic = "Basic ";

    /// <summary>Null where nobody is known to ask.</summary>
    public static Caller? Of(HttpContext context) => Of(context.User);

    /// <summary>The same of whom a page or its connection belongs to.</summary>
    public static Caller? Of(ClaimsPrincipal user) => user.Identities.OfType<Identity>().FirstOrDefault()?.Caller;

    /// <summary>Finds out who asks. Whether they may is decided by the route's policy.</summary>
    public static async Task IdentifyAsync(HttpContext context, RequestDelegate next, TokenBook tokens)
    {
        var caller = IsAtSocket(context)
            ? new Caller(ReadActor(context), Role.Admin, TokenId: null)
            : await tokens.FindAsync(ReadToken(context) ?? Session.Read(context), context.RequestAborted) is { } token
                ? new Caller(token.Name, token.Role, token.Id)
                : null;
        if (caller is not null)
            context.User = new(new Identity(caller));
        await next(context);
    }

    public static bool IsAtSocket(HttpContext context) => context.Connection.LocalIpAddress is null;

    public static bool BringsToken(HttpContext context) => ReadToken(context) is not null;

    /// <summary>A verb says which it is, and who is at it; what else finds the socket is this user too.</summary>
    static string ReadActor(HttpContext context) =>
        context.Request.Headers[ApiRoutes.ActorHeader].ToString() is { Length: > 0 and <= 200 } actor
            ? Uri.UnescapeDataString(actor)
            : $"socket by {Environment.UserName}";

    static string? ReadToken(HttpContext context)
    {
        var header = context.Request.Headers[HeaderNames.Authorization].ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return header[Bearer.Length..].Trim();
        return header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)
            && context.GetEndpoint()?.Metadata.GetMetadata<OpenedByBrowser>() is not null
            ? ReadPassword(header[Basic.Length..])
            : null;
    }

    static string? ReadPassword(string credentials)
    {
        var bytes = new byte[credentials.Length];
        return Convert.TryFromBase64String(credentials, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [_, var password] ? password : null
            : null;
    }

    /// <summary>Carries the caller to where only a user is known: policies, pages and their connections.</summary>
    sealed class Identity(Caller caller) : ClaimsIdentity([new(ClaimTypes.Name, caller.Actor)], authenticationType: "caudal")
    {
        public Caller Caller { get; } = caller;
    }
}

/// <summary>
/// Marks what a person opens in a browser, which has no way to send a bearer token by itself: there the token may come as the password of
/// Basic authentication, which browsers ask for. Nowhere else, since they would then send it along with any page's requests.
/// </summary>
sealed class OpenedByBrowser;
