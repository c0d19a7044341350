using Caudal.Access;
using Caudal.Ingesting;
using Caudal.Log;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

/// <summary>What was not taken. A rejection's name is its position: <c>epoch/partition/offset</c>.</summary>
static class RejectionRoutes
{
    public static void MapRejections(this IEndpointRouteBuilder app, RunningPipeline pipeline, ApiLimits limits)
    {
        var rejections = app.MapGroup("/api/rejections");
        rejections.MapGet("", (string? state, string? code, int? limit, HttpContext context) =>
            ListAsync(pipeline, state, code, limits.Rows(limit), context)).Needs(Right.View)
            .Says("What was not taken, newest first").Produces<RejectionAnswer>(contentType: RowStream.MediaType);
        var one = rejections.MapGroup("/{epoch:guid}/{partition:int}/{offset:long}");
        one.MapGet("", async ([AsParameters] Name name, CancellationToken cancellation) =>
            TypedResults.Ok(RejectionAnswer.Of(await FindAsync(pipeline, name, cancellation), withBytes: true))).Needs(Right.View)
            .Says("A rejection with its message", "The exact bytes, in Base64.").ProducesProblem(StatusCodes.Status404NotFound);
        one.MapPost("/resend", async ([AsParameters] Name name, HttpContext context) =>
        {
            var (actor, edited) = (ApiRoutes.Actor(context), await ReadEditedAsync(context));
            await FindAsync(pipeline, name, context.RequestAborted);
            var resent = await pipeline.Rejections.ResendAsync(name.Position, edited, actor, context.RequestAborted);
            return TypedResults.Ok(RejectionAnswer.Of(resent, withBytes: false));
        }).Needs(Right.Operate).Says("Append the message again under its identity", "With the body in its place, where there is one.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        one.MapPost("/discard", async ([AsParameters] Name name, [FromBody] Decision decision, HttpContext context) =>
        {
            var actor = ApiRoutes.Actor(context);
            await FindAsync(pipeline, name, context.RequestAborted);
            var discarded = await pipeline.Rejections.DiscardAsync(name.Position, decision.Why, actor, context.RequestAborted);
            return TypedResults.Ok(RejectionAnswer.Of(discarded, withBytes: false));
        }).Needs(Right.Operate).Says("Note that a message will not be taken, and why")
            .WithExample("""{"why": "a test"}""").ProducesProblem(StatusCodes.Status409Conflict);
    }

    static async Task<Rejection> FindAsync(RunningPipeline pipeline, Name name, CancellationToken cancellation) =>
        await pipeline.Rejections.FindAsync(name.Position, cancellation)
            ?? throw ApiProblemException.NotFound($"There is no rejection {name.Position}; `caudal rejections list` names them.");

    static async Task ListAsync(RunningPipeline pipeline, string? state, string? code, int limit, HttpContext context)
    {
        RejectionState? only = null;
        if (state is not null)
            only = Enum.TryParse<RejectionState>(state, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed)
                ? parsed
                : throw ApiProblemException.BadRequest("A rejection's state is open, resent or discarded.");
        await using var rows = new RowStream(context);
        await foreach (var rejection in pipeline.Rejections.ListAsync(only, code, context.RequestAborted))
        {
            await rows.WriteAsync(RejectionAnswer.Of(rejection, withBytes: false), ApiJson.Default.RejectionAnswer);
            if (--limit == 0)
                break;
        }
    }

    /// <summary>The corrected message, or null where the body is empty: the message then goes as it was.</summary>
    static async Task<ReadOnlyMemory<byte>?> ReadEditedAsync(HttpContext context)
    {
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        // Cast, or the null would become an array that is there and empty.
        return bytes.Length == 0 ? (ReadOnlyMemory<byte>?)null : bytes.ToArray();
    }

    internal readonly record struct Name(Guid Epoch, int Partition, long Offset)
    {
        public Position Position => new(Epoch, Partition, Offset);
    }
}
