using System.Text.Json;
using Caudal.Access;
using Caudal.Querying;
using Caudal.Transactions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

/// <summary>Questions about transactions, asked by POST: what is asked for is personal, and addresses are written down.</summary>
static class SearchRoutes
{
    static readonly decimal[] UsualPercents = [50, 90, 95, 99];

    public static void MapSearch(this IEndpointRouteBuilder app, RunningPipeline pipeline, ApiLimits limits)
    {
        var search = app.MapGroup("/api/search").Needs(Right.View);
        search.MapPost("", ([FromBody] SearchRequest asked, HttpContext context) => SearchAsync(pipeline, limits, asked, context))
            .Says("Search transactions", "A page of rows as `rows`, and where the next begins as `next`.")
            .WithExample("""{"query": "app: \"Banca Web\" and valor >= 500", "from": "2025-09-13", "limit": 20}""");
        search.MapPost("/count", ([FromBody] CountRequest asked, CancellationToken cancellation) =>
            CountAsync(pipeline, asked, cancellation)).Says("Count transactions, with exact sum and average").Produces<CountAnswer>();
        search.MapPost("/histogram", ([FromBody] HistogramRequest asked, CancellationToken cancellation) =>
            CountByTimeAsync(pipeline, limits, asked, cancellation)).Says("Count by time").Produces<HistogramAnswer>();
        search.MapPost("/top", ([FromBody] TopRequest asked, CancellationToken cancellation) =>
            CountByValueAsync(pipeline, limits, asked, cancellation)).Says("The values that come most").Produces<TopValuesAnswer>();
        search.MapPost("/percentiles", ([FromBody] PercentilesRequest asked, CancellationToken cancellation) =>
            FindPercentilesAsync(pipeline, asked, cancellation)).Says("Percentiles of amounts").Produces<PercentilesAnswer>();
    }

    /// <summary>
    /// Answers <c>{"rows": […], "next": "…"}</c>, sent as it grows; next is null on the last page. The first row is waited for before
    /// anything is sent, so that a fault is answered as one.
    /// </summary>
    static async Task SearchAsync(RunningPipeline pipeline, ApiLimits limits, SearchRequest asked, HttpContext context)
    {
        var search = asked.ToSearch(Zone(pipeline), limits);
        // One row more than the page has tells whether there is another.
        var batches = asked.In(pipeline).SearchAsync(search with { Limit = search.Limit + 1 }, context.RequestAborted);
        await using var batch = batches.GetAsyncEnumerator(context.RequestAborted);
        var more = await batch.MoveNextAsync();
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, WireJson.WriterOptions);
        json.WriteStartObject();
        json.WriteStartArray("rows");
        var (count, last) = (0, (Transaction?)null);
        for (; more; more = await batch.MoveNextAsync())
            foreach (var row in batch.Current)
            {
                if (++count > search.Limit)
                    break;
                WireJson.Write(json, last = row);
                if (json.BytesPending > RowStream.FlushBytes)
                    await json.FlushAsync(context.RequestAborted);
            }
        json.WriteEndArray();
        json.WriteString("next", count > search.Limit ? SearchCursor.After(search, last!).ToString() : null);
        json.WriteEndObject();
    }

    static async Task<IResult> CountAsync(RunningPipeline pipeline, CountRequest asked, CancellationToken cancellation) =>
        TypedResults.Ok(CountAnswer.Of(await asked.In(pipeline).CountAsync(asked.Where(Zone(pipeline)), cancellation)));

    static async Task<IResult> CountByTimeAsync(
        RunningPipeline pipeline, ApiLimits limits, HistogramRequest asked, CancellationToken cancellation)
    {
        var zone = asked.Zone is null ? Zone(pipeline)
            : TimeZoneInfo.TryFindSystemTimeZoneById(asked.Zone, out var found) ? found
            : throw ApiProblemException.BadRequest($"There is no time zone '{asked.Zone}': write one such as America/Guayaquil.");
        var histogram = new TimeHistogram(asked.Where(Zone(pipeline)), asked.Every, zone, limits.ResultRowsMax);
        var buckets = await asked.In(pipeline).CountByTimeAsync(histogram, cancellation);
        return TypedResults.Ok(new HistogramAnswer(
            asked.Every, zone.Id,
            [.. buckets.Select(bucket => new HistogramBucket(bucket.From, bucket.To, bucket.Totals.Count, bucket.Totals.Sum))]));
    }

    static async Task<IResult> CountByValueAsync(
        RunningPipeline pipeline, ApiLimits limits, TopRequest asked, CancellationToken cancellation)
    {
        var field = QueryField.Find(asked.Field);
        if (field is not { IsText: true })
            throw ApiProblemException.BadRequest($"'{asked.Field}' is no text field; those are {string.Join(", ", TextFields)}.");
        var top = new TopValues(asked.Where(Zone(pipeline)), field, asked.By, limits.Rows(asked.Limit, 10));
        var answer = await asked.In(pipeline).TopAsync(top, cancellation);
        return TypedResults.Ok(new TopValuesAnswer(
            field.Name, asked.By, [.. answer.Values.Select(value => new TopValue(value.Value, value.Totals.Count, value.Totals.Sum))],
            CountAnswer.Of(answer.Others)));
    }

    static async Task<IResult> FindPercentilesAsync(RunningPipeline pipeline, PercentilesRequest asked, CancellationToken cancellation)
    {
        var percents = asked.Percents ?? UsualPercents;
        if (percents.Count is 0 or > 100 || percents.Any(percent => percent is < 0 or > 100))
            throw ApiProblemException.BadRequest("Percents are up to 100 numbers from 0 to 100.");
        var answer = await asked.In(pipeline).PercentilesAsync(asked.Where(Zone(pipeline)), percents, cancellation);
        return TypedResults.Ok(new PercentilesAnswer(
            Approximate: true, answer.Count, answer.Sampled,
            [.. answer.Percentiles.Select(each => new PercentileValue(each.Percent, new(each.Amount.Cents)))]));
    }

    static IEnumerable<string> TextFields =>
        QueryField.All.Where(known => known.IsText).Select(known => known.Name);

    static TimeZoneInfo Zone(RunningPipeline pipeline) => pipeline.History.BusinessZone;
}
