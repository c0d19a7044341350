using Caudal.Access;
using Caudal.Dashboard.Shell;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Caudal.Dashboard.Api;

/// <summary>
/// What a route asks of its caller: one policy a <see cref="Right"/>. What names none is closed to those without a token.
/// </summary>
public static class Policies
{
    public static TBuilder Needs<TBuilder>(this TBuilder route, Right right) where TBuilder : IEndpointConventionBuilder =>
        route.RequireAuthorization(NameOf(right));

    internal static void AddPolicies(this IServiceCollection services)
    {
        services.AddAuthorization(options =>
        {
            foreach (var right in Enum.GetValues<Right>())
                options.AddPolicy(NameOf(right), policy => policy.RequireAssertion(asked =>
                    Caller.Of(asked.User) is { } caller && caller.Role.Allows(right)));
            options.FallbackPolicy = options.GetPolicy(NameOf(Right.Connect));
        });
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>();
    }

    /// <summary>What a route asks for; null where it is open, or asks for no more than a token.</summary>
    internal static Right? RightOf(IEnumerable<object> metadata) =>
        metadata.OfType<IAuthorizeData>().FirstOrDefault()?.Policy is { } policy ? Enum.Parse<Right>(policy, ignoreCase: true) : null;

    /// <summary>The policy's name, where it is asked for by name.</summary>
    internal static string NameOf(Right right) => right.ToString().ToLowerInvariant();

    /// <summary>A refusal is a problem like any other, and says what would be let in.</summary>
    sealed class Refusals : IAuthorizationMiddlewareResultHandler
    {
        public Task HandleAsync(
            RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
        {
            if (authorizeResult.Succeeded)
                return next(context);
            var isPage = context.GetEndpoint()?.Metadata.GetMetadata<PageOfSession>() is not null;
            if (Caller.Of(context) is not { } caller)
                return isPage && AcceptsPages(context) ? EnterRoutes.AskAsync(context) : throw Unknown(context);
            var right = RightOf(context.GetEndpoint()!.Metadata)!.Value;
            throw new ApiProblemException(StatusCodes.Status403Forbidden,
                $"This takes a token of another role ({RoleRights.Holders(right)}); {caller.Actor} is "
                + $"{caller.Role.ToString().ToLowerInvariant()}.");
        }

        static bool AcceptsPages(HttpContext context) =>
            context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

        static ApiProblemException Unknown(HttpContext context)
        {
            var isBrowser = context.GetEndpoint()?.Metadata.GetMetadata<OpenedByBrowser>() is not null;
            var brings = Caller.BringsToken(context);
            context.Response.Headers.WWWAuthenticate =
                isBrowser ? "Basic realm=\"Caudal: any name, the token as password\", charset=\"UTF-8\""
                : brings ? "Bearer realm=\"caudal\", error=\"invalid_token\""
                : "Bearer realm=\"caudal\"";
            return new(StatusCodes.Status401Unauthorized, brings
                ? "The token is not known, has expired or was revoked: `caudal token list` shows those there are."
                : "This takes a token: `caudal token create --role ROLE` makes one; send it as `Authorization: Bearer TOKEN`.");
        }
    }
}

/// <summary>What a page asks of its reader, as <see cref="Policies.Needs"/> has it for a route.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute(Right right) : AuthorizeAttribute(Policies.NameOf(right))
{
    public Right Right { get; } = right;
}
