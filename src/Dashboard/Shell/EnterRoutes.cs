using Caudal.Access;
using Caudal.Dashboard.Api;
using Caudal.Dashboard.Languages;
using Caudal.Transactions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Caudal.Dashboard.Shell;

/// <summary>How a reader comes in and goes out: with the one-time link that <c>up</c> prints, or with a token.</summary>
static class EnterRoutes
{
    const string Path = "/enter";
    const string Home = "/";

    public static void MapEntering(this IEndpointRouteBuilder app, RunningPipeline pipeline, OneTimeLink link)
    {
        var routes = app.MapGroup("").ExcludeFromDescription();
        routes.MapGet(Path, (HttpContext context) => Ask(context, StatusCodes.Status200OK, back: Home)).AllowAnonymous();
        routes.MapPost(Path, (HttpContext context, CancellationToken cancellation) =>
            EnterAsync(pipeline, link, context, cancellation)).AllowAnonymous().DisableAntiforgery();
        routes.MapPost("/leave", (HttpContext context, CancellationToken cancellation) => LeaveAsync(pipeline, context, cancellation))
            .Needs(Right.Connect).WithMetadata(new PageOfSession()).DisableAntiforgery();
        routes.MapGet("/language/{code}", (string code, string? back, HttpContext context) =>
        {
            Language.Choose(context, code);
            return TypedResults.LocalRedirect(Local(back));
        }).Needs(Right.Connect).WithMetadata(new PageOfSession());
    }

    /// <summary>Answers one who asks for a page and has not entered.</summary>
    public static Task AskAsync(HttpContext context) =>
        Ask(context, StatusCodes.Status401Unauthorized, $"{context.Request.Path}{context.Request.QueryString}").ExecuteAsync(context);

    static RazorComponentResult Ask(HttpContext context, int status, string back, bool isRefused = false) => new(typeof(EnterPage),
        new Dictionary<string, object?>
        {
            [nameof(EnterPage.Language)] = Language.Of(context), [nameof(EnterPage.Back)] = Local(back),
            [nameof(EnterPage.IsRefused)] = isRefused,
        })
    {
        StatusCode = status,
    };

    static async Task<IResult> EnterAsync(
        RunningPipeline pipeline, OneTimeLink link, HttpContext context, CancellationToken cancellation)
    {
        var isOurForm = await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context);
        var form = await context.Request.ReadFormAsync(cancellation);
        var (secret, back) = (form["secret"].ToString().Trim(), form["back"].ToString());
        if (!isOurForm || await FindTokenAsync(pipeline, link, secret, cancellation) is not { } token)
            return Ask(context, StatusCodes.Status401Unauthorized, back, isRefused: true);
        Session.Begin(context, token);
        return TypedResults.LocalRedirect(Local(back));
    }

    /// <summary>The token of the session that the secret opens, or null.</summary>
    static async ValueTask<string?> FindTokenAsync(
        RunningPipeline pipeline, OneTimeLink link, string secret, CancellationToken cancellation)
    {
        if (await pipeline.Tokens.FindAsync(secret, cancellation) is not null)
            return secret;
        if (!link.TryUse(secret))
            return null;
        var made = await pipeline.Tokens.CreateAsync(
            Role.Admin, name: null, Instant.Now(pipeline.Time) + Session.Lasts, $"link by {Environment.UserName}", cancellation);
        return made.Text;
    }

    /// <summary>Ends the session. A token that a link made has no other use, so it ends too; any other is its holder's to keep.</summary>
    static async Task<IResult> LeaveAsync(RunningPipeline pipeline, HttpContext context, CancellationToken cancellation)
    {
        var caller = Caller.Of(context)!;
        var token = (await pipeline.Tokens.ListAsync(cancellation)).FirstOrDefault(each => each.Id == caller.TokenId);
        if (token?.CreatedBy.StartsWith("link by ", StringComparison.Ordinal) == true)
            await pipeline.Tokens.RevokeAsync(token.Id, caller.Actor, cancellation);
        Session.End(context);
        return TypedResults.LocalRedirect(Path);
    }

    /// <summary>An address of ours, whatever was asked for.</summary>
    static string Local(string? path) => path is ['/', not ('/' or '\\'), ..] ? path : Home;
}
