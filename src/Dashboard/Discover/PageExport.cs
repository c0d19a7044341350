using Caudal.Access;
using Caudal.Auditing;
using Caudal.Dashboard.Api;
using Caudal.Dashboard.Shell;
using Caudal.Dashboard.Viewing;
using Caudal.Querying;
using Caudal.Transactions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Discover;

/// <summary>The whole of what a page shows, as a file: streamed, without a row limit, and on record.</summary>
static class PageExport
{
    public static void MapPageExport(this IEndpointRouteBuilder app, RunningPipeline pipeline) =>
        app.MapGet("/discover/export/{format}", (string format, Views views, HttpContext context, CancellationToken cancellation) =>
                ExportAsync(pipeline, format, views, context, cancellation))
            .Needs(Right.Export).WithMetadata(new PageOfSession()).DisableRequestTimeout().ExcludeFromDescription();

    static async Task ExportAsync(
        RunningPipeline pipeline, string format, Views views, HttpContext context, CancellationToken cancellation)
    {
        var isCsv = format == "csv";
        var view = views.Read(context.Request.GetEncodedUrl());
        // In the order of positions: rows that come meanwhile stand at the end, and none twice.
        var search = new TransactionSearch
        {
            Where = view.Where(Instant.Now(pipeline.Time), pipeline.History.BusinessZone), Sort = SortKey.Position, Descending = false,
            Limit = int.MaxValue,
        };
        context.Response.Headers.ContentDisposition = $"attachment; filename=transactions.{(isCsv ? "csv" : "ndjson")}";
        context.Response.Headers.CacheControl = "no-store";
        var what = $"{view.Store}, {(view.Reach.Name is "" ? "chosen time" : view.Reach.Name)} as {(isCsv ? "csv" : "ndjson")}";
        await pipeline.Audit.DoAsync(
            ApiRoutes.Actor(context), AuditActions.Export, what,
            async () => await ExportRoutes.WriteAsync(
                view.In(pipeline).SearchAsync(search, cancellation), isCsv ? ExportFormat.Csv : ExportFormat.Ndjson, context),
            count => $"{count} rows", cancellation);
    }
}
