using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

/// <summary>What a supervisor asks: on the API's port, and on the probe's, which has nothing else.</summary>
public static class HealthRoutes
{
    public static void MapHealth(this IEndpointRouteBuilder app, Readiness readiness)
    {
        // The only open routes. A server at its limits must still be able to say that it is alive.
        var health = app.MapGroup("/health").AllowAnonymous().DisableRateLimiting();
        health.MapGet("/live", () => TypedResults.Ok(new LiveAnswer(true))).Says("Whether the process answers");
        health.MapGet("/ready", (CancellationToken cancellation) => AnswerReadyAsync(readiness, cancellation))
            .Says("Whether it takes transactions").Produces<HealthAnswer>();
    }

    static async Task<IResult> AnswerReadyAsync(Readiness readiness, CancellationToken cancellation)
    {
        var reasons = await readiness.FindReasonsAsync(cancellation);
        if (reasons.Count == 0)
            return TypedResults.Ok(new HealthAnswer(true, []));
        var problem = Problems.Problem(StatusCodes.Status503ServiceUnavailable, string.Join(' ', reasons), ApiProblemException.NotReady);
        problem.Extensions["reasons"] = JsonSerializer.SerializeToElement(reasons, ApiJson.Default.IReadOnlyListString);
        return TypedResults.Problem(problem);
    }
}
