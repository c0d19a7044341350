using Caudal.Access;
using Caudal.Reconciling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

static class StatusRoutes
{
    public static void MapStatus(this IEndpointRouteBuilder app, RunningPipeline pipeline, Verification verification)
    {
        app.MapGet("/api/status", async (CancellationToken cancellation) =>
            TypedResults.Ok(StatusAnswer.Of(
                await pipeline.Reconciler.StatusAsync(cancellation), pipeline.Scheduler.State,
                (await pipeline.Log.DescribeAsync(pipeline.Topic, cancellation)).Caution)))
            .Needs(Right.View).Says("Whether every message is accounted for", "From stored digests and receipts.");
        app.MapPost("/api/verify", () =>
        {
            verification.Start();
            return TypedResults.Accepted("/api/verify");
        }).Needs(Right.View).Says("Start to re-hash every row", "GET answers how far it has come, and then the result.");
        app.MapGet("/api/verify", async (CancellationToken cancellation) =>
        {
            if (!verification.WasStarted)
                throw ApiProblemException.NotFound("No verification was started: POST /api/verify starts one.");
            var result = await verification.LookAsync(cancellation);
            return TypedResults.Ok(new VerifyAnswer(
                result is null ? WorkState.Running : WorkState.Done, verification.Latest.Done, verification.Latest.Total, result));
        }).Needs(Right.View).Says("How far verification has come").Produces<VerifyAnswer>();
    }
}
