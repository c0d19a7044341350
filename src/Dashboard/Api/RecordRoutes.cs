using Caudal.Access;
using Caudal.Auditing;
using Caudal.Transactions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

/// <summary>What the program has to say of itself, and who did what: newest first, one a line.</summary>
static class RecordRoutes
{
    public static void MapRecords(this IEndpointRouteBuilder app, RunningPipeline pipeline, ApiLimits limits)
    {
        app.MapGet("/api/events", async (string? level, [AsParameters] Wanted wanted, HttpContext context) =>
        {
            var entries = await EventRecord.ReadAsync(
                pipeline.Log, pipeline.Topic, ParseLevel(level), wanted.Parse(pipeline, limits), context.RequestAborted);
            await using var rows = new RowStream(context);
            foreach (var entry in entries)
                await rows.WriteAsync(entry, ApiJson.Default.EventEntry);
        }).Needs(Right.View).Says("Warnings, errors and alarms, newest first").Produces<EventEntry>(contentType: RowStream.MediaType);
        app.MapGet("/api/audit", async ([AsParameters] Wanted wanted, HttpContext context) =>
        {
            var entries = await pipeline.Audit.ReadAsync(wanted.Parse(pipeline, limits), context.RequestAborted);
            await using var rows = new RowStream(context);
            foreach (var entry in entries)
                await rows.WriteAsync(entry, ApiJson.Default.AuditEntry);
        }).Needs(Right.Audit).Says("Who did what to what, newest first").Produces<AuditEntry>(contentType: RowStream.MediaType);
    }

    static EventLevel ParseLevel(string? level) =>
        level is null ? EventLevel.Warning
        : Enum.TryParse<EventLevel>(level, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known
        : throw ApiProblemException.BadRequest("An event's level is warning, error or critical.");

    /// <param name="Text">What an entry's texts contain, in any case.</param>
    internal readonly record struct Wanted(string? From, string? To, string? Text, int? Limit)
    {
        public RecordFilter Parse(RunningPipeline pipeline, ApiLimits limits) => new(
            Time(From, "from", pipeline), Time(To, "to", pipeline), Text, limits.Rows(Limit));

        static Instant? Time(string? text, string name, RunningPipeline pipeline) =>
            text is null ? null : Moments.Parse(text, name, pipeline.History.BusinessZone);
    }
}
