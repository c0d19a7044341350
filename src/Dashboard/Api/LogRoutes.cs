using Caudal.Access;
using Caudal.Ingesting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

/// <summary>What an operator may do to the log: after a restoration from an older backup, go on under a new epoch.</summary>
static class LogRoutes
{
    public static void MapLog(this IEndpointRouteBuilder app, RunningPipeline pipeline)
    {
        app.MapGet("/api/log/loss", async (CancellationToken cancellation) =>
            TypedResults.Ok(await pipeline.Restoration.FindLossAsync(cancellation) ?? throw NoLoss(pipeline))).Needs(Right.Administer)
            .Says("What a restored log has lost");
        app.MapPost("/api/log/new-epoch", async (HttpContext context, CancellationToken cancellation) => TypedResults.Ok(
            await pipeline.Restoration.BeginEpochAsync(ApiRoutes.Actor(context), cancellation) ?? throw NoLoss(pipeline)))
            .Needs(Right.Administer).Says("Go on after a restoration under a new epoch");
    }

    static ApiProblemException NoLoss(RunningPipeline pipeline) => new(StatusCodes.Status409Conflict,
        $"The log does not end before what was ingested of topic {pipeline.Topic}: there is nothing to do.");
}
