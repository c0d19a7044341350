using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

static class HealthRoutes
{
    public static void MapHealth(this IEndpointRouteBuilder app, RunningPipeline pipeline)
    {
        app.MapGet("/health/live", () => TypedResults.Ok(new HealthAnswer(true, []))).WithMetadata(new OpenOnPort());
        app.MapGet("/health/ready", (CancellationToken cancellation) => AnswerReadyAsync(pipeline, cancellation))
            .WithMetadata(new OpenOnPort());
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
        return TypedResults.Problem(new ProblemDetails
        {
            Status = StatusCodes.Status503ServiceUnavailable,
            Title = "Not ready",
            Detail = string.Join(' ', reasons),
            Extensions = { ["reasons"] = JsonSerializer.SerializeToElement(reasons, ApiJson.Default.IReadOnlyListString) },
        });
    }
}
