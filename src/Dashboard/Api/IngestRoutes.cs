using System.Text.Json;
using Caudal.Access;
using Caudal.Log;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

static class IngestRoutes
{
    /// <summary>How long one question waits: the caller asks again, and shows the lag meanwhile.</summary>
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    public static void MapIngest(this IEndpointRouteBuilder app, RunningPipeline pipeline)
    {
        app.MapGet("/api/ingest/wait", (string? watermark, CancellationToken cancellation) => WaitAsync(pipeline, watermark, cancellation))
            .Needs(Right.View).Produces<IngestAnswer>()
            .Says("Wait a moment for ingest", "Answers once ingest has come to the watermark, or soon with the lag.");
        app.MapPost("/api/account", async ([FromBody] AskedRange[] ranges, CancellationToken cancellation) => TypedResults.Ok(
            await pipeline.Reconciler.AccountForAsync([.. ranges.Select(range => new PositionRange(range.From, range.To))], cancellation)))
            .Needs(Right.View).Says("What became of messages", "Of those in the given ranges of positions.");
    }

    static async Task<IResult> WaitAsync(RunningPipeline pipeline, string? watermark, CancellationToken cancellation)
    {
        var goal = watermark is null ? (await pipeline.Log.DescribeAsync(pipeline.Topic, cancellation)).End : Parse(watermark);
        using var glance = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        glance.CancelAfter(Glance);
        var waiting = pipeline.Ingest.WaitForAsync(goal, glance.Token).AsTask();
        await Task.WhenAny(waiting, pipeline.Ingest.Running);
        if (!waiting.IsCompleted)
            await glance.CancelAsync();
        await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        var next = await pipeline.Ingest.GetNextAsync(cancellation);
        // How far there is to go, for people: counting the messages would take as long as reading them.
        var lag = new PositionRange(next, goal).Length;
        return TypedResults.Ok(new IngestAnswer(next.Covers(goal), goal, lag, pipeline.IngestFault, pipeline.Ingest.Running.IsCompleted));
    }

    static Watermark Parse(string json)
    {
        try
        {
            return Watermark.Parse(json);
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException or ArgumentException)
        {
            throw ApiProblemException.BadRequest("A watermark is a JSON object of \"epoch/partition\": next offset.");
        }
    }
}
