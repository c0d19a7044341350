using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

static class HealthRoutes
{
    public static void MapHealth(this IEndpointRouteBuilder app, RunningPipeline pipeline)
    {
        // The only open routes. A server at its limits must still be able to say that it is alive.
        var health = app.MapGroup("/health").AllowAnonymous().DisableRateLimiting();
        health.MapGet("/live", () => TypedResults.Ok(new LiveAnswer(true))).Says("Whether the process answers");
        health.MapGet("/ready", (CancellationToken cancellation) => AnswerReadyAsync(pipeline, cancellation))
            .Says("Whether it takes transactions").Produces<HealthAnswer>();
    }

    static async Task<IResult> AnswerReadyAsync(RunningPipeline pipeline, CancellationToken cancellation)
    {
        var reasons = new List<string>();
        var topic = await pipeline.Log.DescribeAsync(pipeline.Topic, cancellation);
        if (topic.WriteFault is { } writeFault)
            reasons.Add($"The log takes no writes: {writeFault}");
        if (pipeline.IngestFault is { } ingestFault)
            reasons.Add($"Ingest is not getting on: {ingestFault}");
        if (reasons.Count == 0)
            return TypedResults.Ok(new HealthAnswer(true, []));
        var problem = Problems.Problem(StatusCodes.Status503ServiceUnavailable, string.Join(' ', reasons), ApiProblemException.NotReady);
        problem.Extensions["reasons"] = JsonSerializer.SerializeToElement(reasons, ApiJson.Default.IReadOnlyListString);
        return TypedResults.Problem(problem);
    }
}
