using System.Text.Json.Serialization;
using Caudal.Access;
using Caudal.Auditing;
using Caudal.Querying;
using Caudal.Transactions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

/// <summary>What an export holds, and how it is written.</summary>
public enum ExportFormat
{
    /// <summary>One JSON object a line, as a search answers.</summary>
    Ndjson,

    /// <summary>For spreadsheets: what they would take for a formula is made harmless.</summary>
    Csv,
}

/// <summary>What is to be exported: all that a search names, in the order of positions.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ExportWish : Asked
{
    public ExportFormat Format { get; init; } = ExportFormat.Ndjson;
}

/// <summary>A search without a limit, streamed as it is read, and audited: with it, data leaves the house.</summary>
static class ExportRoutes
{
    public static void MapExport(this IEndpointRouteBuilder app, RunningPipeline pipeline) =>
        app.MapPost("/api/transactions/export", ([FromBody] ExportWish wish, HttpContext context) =>
            ExportAsync(pipeline, wish, context)).Needs(Right.Export)
            .Says("Export transactions", "All that the search names, streamed. It is on record who exported what.")
            .WithExample("""{"format": "csv", "store": "both", "from": "2025-09-13", "to": "2025-09-14"}""")
            .Produces(StatusCodes.Status200OK, contentType: RowStream.MediaType, additionalContentTypes: "text/csv")
            .DisableRequestTimeout();

    static async Task ExportAsync(RunningPipeline pipeline, ExportWish wish, HttpContext context)
    {
        var search = new TransactionSearch
        {
            Where = wish.Where(pipeline.History.BusinessZone), Sort = SortKey.Position, Descending = false, Limit = int.MaxValue,
        };
        var rows = wish.In(pipeline).SearchAsync(search, context.RequestAborted);
        await pipeline.Audit.DoAsync(
            ApiRoutes.Actor(context), AuditActions.Export, Describe(wish),
            async () => await WriteAsync(rows, wish.Format, context),
            count => $"{count} rows", context.RequestAborted);
    }

    /// <summary>Streams the rows as the answer, and gives how many there were.</summary>
    internal static ValueTask<long> WriteAsync(
        IAsyncEnumerable<IReadOnlyList<Transaction>> rows, ExportFormat format, HttpContext context) =>
        format == ExportFormat.Csv ? WriteCsvAsync(rows, context) : WriteLinesAsync(rows, context);

    /// <summary>Not the query itself, in which accounts may stand.</summary>
    static string Describe(ExportWish wish)
    {
        var what = string.IsNullOrWhiteSpace(wish.Query) ? "" : "what a query finds in ";
        return $"{what}{wish.Store ?? "both"} from {wish.From ?? "the first"} to {wish.To ?? "the last"} "
            + $"as {wish.Format.ToString().ToLowerInvariant()}";
    }

    static async ValueTask<long> WriteLinesAsync(IAsyncEnumerable<IReadOnlyList<Transaction>> rows, HttpContext context)
    {
        var count = 0L;
        await using var lines = new RowStream(context);
        await foreach (var batch in rows)
            foreach (var row in batch)
            {
                await lines.WriteAsync(row);
                count++;
            }
        return count;
    }

    static async ValueTask<long> WriteCsvAsync(IAsyncEnumerable<IReadOnlyList<Transaction>> rows, HttpContext context)
    {
        var count = 0L;
        var body = context.Response.BodyWriter;
        context.Response.ContentType = "text/csv; charset=utf-8; header=present";
        context.Response.Headers.ContentDisposition = "attachment; filename=transactions.csv";
        WireCsv.WriteHeader(body);
        await foreach (var batch in rows)
            foreach (var row in batch)
            {
                WireCsv.Write(body, row);
                count++;
                if (body.UnflushedBytes >= RowStream.FlushBytes)
                    await body.FlushAsync(context.RequestAborted);
            }
        return count;
    }
}
