using System.Text.Json.Serialization;
using Caudal.Access;
using Caudal.Transactions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

/// <summary>What a token is to be.</summary>
/// <param name="Name">The actor of what is done with it; null for one made of role and id.</param>
/// <param name="Expires">A time, read in the business zone where it has no offset; null for never.</param>
public sealed record TokenWish([property: JsonRequired] Role Role, string? Name, string? Expires);

/// <summary>A token without its secret.</summary>
public sealed record TokenAnswer(
    string Id, string Name, Role Role, bool InForce, string CreatedBy, Instant CreatedAt, Instant? ExpiresAt, Instant? RevokedAt,
    string? RevokedBy, Instant? LastUsedAt)
{
    public static TokenAnswer Of(AccessToken token, Instant now) => new(
        token.Id, token.Name, token.Role, token.IsInForce(now), token.CreatedBy, token.CreatedAt, token.ExpiresAt, token.RevokedAt,
        token.RevokedBy, token.LastUsedAt);
}

/// <param name="Token">The secret, shown here and never again.</param>
public sealed record NewTokenAnswer(string Token, string Id, string Name, Role Role, Instant? ExpiresAt);

/// <summary>Who may call: tokens are made, listed and revoked by an administrator.</summary>
static class TokenRoutes
{
    public static void MapTokens(this IEndpointRouteBuilder app, RunningPipeline pipeline)
    {
        var tokens = app.MapGroup("/api/tokens");
        tokens.MapGet("", async (CancellationToken cancellation) =>
            TypedResults.Ok((await pipeline.Tokens.ListAsync(cancellation)).Select(Answer).ToArray())).Needs(Right.Administer)
            .Says("All tokens ever made, without their secrets");
        tokens.MapPost("", async ([FromBody] TokenWish wish, HttpContext context, CancellationToken cancellation) =>
        {
            Instant? expires = wish.Expires is { } text ? Moments.Parse(text, "expires", pipeline.History.BusinessZone) : null;
            var made = await pipeline.Tokens.CreateAsync(wish.Role, wish.Name, expires, ApiRoutes.Actor(context), cancellation);
            context.Response.Headers.CacheControl = "no-store";
            return TypedResults.Ok(new NewTokenAnswer(
                made.Text, made.Token.Id, made.Token.Name, made.Token.Role, made.Token.ExpiresAt));
        }).Needs(Right.Administer).Says("Make a token", "Its text is in the answer and never shown again.")
            .WithExample("""{"role": "sender", "name": "core-banking", "expires": "2027-01-01"}""");
        tokens.MapPost("/{id}/revoke", async (string id, HttpContext context, CancellationToken cancellation) =>
            TypedResults.Ok(Answer(await pipeline.Tokens.RevokeAsync(id, ApiRoutes.Actor(context), cancellation)
                ?? throw ApiProblemException.NotFound("There is no such token; `caudal token list` names those there are."))))
            .Needs(Right.Administer).Says("End a token for good, at once", "By its id or by its name.");

        TokenAnswer Answer(AccessToken token) => TokenAnswer.Of(token, Instant.Now(pipeline.Time));
    }
}
