using System.Text.Json;
using Caudal.Access;
using Caudal.Batch;
using Caudal.Journeys;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

/// <summary>What became of one message, wherever it is now.</summary>
/// <param name="Place">The one place in which it counts.</param>
/// <param name="Id">The transaction's id; of a rejection the one it would have had.</param>
/// <param name="Position">Null of rows that came from an older table.</param>
/// <param name="AwaitsPurge">True while a row of history still stands in hot too.</param>
/// <param name="Transaction">The row, as a search shows it; of a duplicate or a re-sent rejection the one that was taken.</param>
/// <param name="Bytes">The message in Base64, while the log keeps it.</param>
/// <param name="Receipt">The hash of the receipt that vouches for it; null until its run is reconciled.</param>
public sealed record JourneyAnswer(
    Place Place, TransactionId Id, Position? Position, bool AwaitsPurge, IReadOnlyList<JourneyStop> Stops, JsonElement? Transaction,
    ReadOnlyMemory<byte>? Bytes, RejectionAnswer? Rejection, RunAnswer? Run, string? Receipt)
{
    public static JourneyAnswer Of(Journey found) => new(
        found.Place, found.Id, found.Position, found.AwaitsPurge, [.. found.Stops.Select(JourneyStop.Of)],
        found.Row is { } row ? JsonElement.Parse(WireJson.ToUtf8(row).Span) : null, found.Message?.Message.Value,
        found.Rejection is { } rejection ? RejectionAnswer.Of(rejection, withBytes: found.Message is null) : null,
        found.Run is { } run ? RunAnswer.Of(run) : null, found.Receipt?.Hash);
}

/// <param name="TookMicroseconds">Since the stop before; null for the first, and where two clocks disagree about which came first.</param>
public sealed record JourneyStop(Milestone Milestone, Instant At, long? TookMicroseconds)
{
    public static JourneyStop Of(Stop stop) => new(
        stop.Milestone, stop.At, stop.Took is { } took ? took.Ticks / TimeSpan.TicksPerMicrosecond : null);
}

/// <summary>One message on its way through log, hot, batch and history. An id is no secret, so it may stand in an address.</summary>
static class JourneyRoutes
{
    public static void MapJourneys(this IEndpointRouteBuilder app, RunningPipeline pipeline)
    {
        var transactions = app.MapGroup("/api/transactions").Needs(Right.View);
        transactions.MapGet("/{id}/journey", async (string id, CancellationToken cancellation) =>
        {
            if (!TransactionId.TryParse(id, out var named))
                throw ApiProblemException.BadRequest($"'{id}' is no transaction's id: one is a hyphenated UUID.");
            return Answer(await pipeline.Journeys.FindAsync(named, cancellation)
                ?? throw ApiProblemException.NotFound($"No store has {named}, nor have the newest rejections."));
        }).Says("What became of a transaction", "From the log to the receipt that vouches for it, with the time of each hop.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        transactions.MapGet("/at/{epoch:guid}/{partition:int}/{offset:long}/journey", async (
            [AsParameters] RejectionRoutes.Name name, CancellationToken cancellation) =>
            Answer(await pipeline.Journeys.FindAsync(name.Position, cancellation)
                ?? throw ApiProblemException.NotFound($"Neither the log nor a store still has what stood at {name.Position}.")))
            .Says("What became of the message at a position", "A row, a duplicate, a rejection, or not taken yet.")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    static Ok<JourneyAnswer> Answer(Journey found) => TypedResults.Ok(JourneyAnswer.Of(found));
}
