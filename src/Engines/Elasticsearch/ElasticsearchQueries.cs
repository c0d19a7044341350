using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Engines.Elasticsearch;

/// <summary>
/// What the rows are asked. An answer that one search gives is of one moment; what takes several is read at a point in time. Cancelling
/// closes the connection, upon which the cluster stops too.
/// </summary>
sealed class ElasticsearchQueries(Func<SearchCluster> cluster, string rows) : TransactionQueries
{
    const string Buckets = "buckets";
    const string Period = "period";

    public override async IAsyncEnumerable<IReadOnlyList<Transaction>> SearchAsync(
        TransactionSearch search, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (search.Limit <= SearchCluster.PageMax)
        {
            var answer = await cluster().SearchAsync(rows, ListingDsl.Page(search), cancellation);
            if (answer.Hits.Count > 0)
                yield return [.. answer.Hits.Select(TransactionDocument.Read)];
            yield break;
        }
        await using var pointInTime = await cluster().OpenPointInTimeAsync(rows, cancellation);
        var left = search.Limit;
        await foreach (var hits in pointInTime.PagesAsync(() => ListingDsl.Page(search), cancellation))
        {
            yield return [.. hits.Take(left).Select(TransactionDocument.Read)];
            left -= Math.Min(left, hits.Count);
            if (left == 0)
                yield break;
        }
    }

    public override async ValueTask<Totals> CountAsync(Query where, CancellationToken cancellation)
    {
        var found = await AskAsync(
            QueryDsl.Everything, new() { [Buckets] = new JsonObject { ["filter"] = QueryDsl.Of(where), ["aggs"] = ExactSums.OfTotals() } },
            cancellation);
        return found is { } counted ? ExactSums.ReadTotals(counted.GetProperty(Buckets)) : default;
    }

    public override async ValueTask<IReadOnlyList<TimeBucket>> CountByTimeAsync(
        TimeHistogram histogram, CancellationToken cancellation)
    {
        if (await FindSpanAsync(cancellation) is not { } span)
            return [];
        var (first, last) = Query.TimeBounds(histogram.Where, span);
        var buckets = new ZonedBuckets(histogram, first, last);
        try
        {
            return await AskAsync(QueryDsl.Of(histogram.Where), OfPeriods(buckets), cancellation) is { } found
                ? buckets.Gather(ReadSteps(found, buckets), histogram.BucketsMax)
                : [];
        }
        catch (TooManyBucketsException)
        {
            throw ZonedBuckets.TooMany(histogram.BucketsMax);
        }
    }

    /// <summary>
    /// All values in one answer where they fit, as mostly; else value by value at a point in time. Shards that only sent their own first
    /// values could leave out what is first on all of them together.
    /// </summary>
    public override async ValueTask<IReadOnlyList<ValueTotals>> CountByValueAsync(TopValues top, CancellationToken cancellation)
    {
        var answer = await AskAsync(
            QueryDsl.Of(top.Where), new()
            {
                [Buckets] = new JsonObject
                {
                    ["terms"] = new JsonObject { ["field"] = top.Field.Name, ["size"] = SearchCluster.PageMax },
                    ["aggs"] = ExactSums.OfTotals(),
                },
            }, cancellation);
        if (answer is not { } found)
            return [];
        var values = found.GetProperty(Buckets);
        var list = new List<ValueTotals>();
        if (values.GetProperty("sum_other_doc_count").GetInt64() == 0)
            list.AddRange(values.GetProperty("buckets").EnumerateArray().Select(bucket =>
                new ValueTotals(bucket.GetProperty("key").GetString()!, ExactSums.ReadTotals(bucket))));
        else
            await foreach (var bucket in EachValueAsync(top.Where, top.Field.Name, ExactSums.OfTotals(), cancellation))
            {
                list.Add(new(bucket.GetProperty("key").GetProperty("value").GetString()!, ExactSums.ReadTotals(bucket)));
                if (list.Count >= top.Limit + SearchCluster.PageMax)
                    KeepFirst(list, top);
            }
        KeepFirst(list, top);
        return list;
    }

    /// <summary>By way of each amount that there is, and how often: far less to send than every row's.</summary>
    public override async ValueTask<IReadOnlyList<Money>> SampleAmountsAsync(
        Query where, ulong? digestHighEnd, CancellationToken cancellation)
    {
        var amounts = new List<Money>();
        await foreach (var bucket in EachValueAsync(where, TransactionDocument.Cents, new(), cancellation, digestHighEnd))
            amounts.AddRange(Enumerable.Repeat(
                new Money(bucket.GetProperty("key").GetProperty("value").GetInt64()), (int)ExactSums.Count(bucket)));
        return amounts;
    }

    static void KeepFirst(List<ValueTotals> list, TopValues top)
    {
        list.Sort(top.Compare);
        if (list.Count > top.Limit)
            list.RemoveRange(top.Limit, list.Count - top.Limit);
    }

    async IAsyncEnumerable<JsonElement> EachValueAsync(
        Query where, string field, JsonObject sums, [EnumeratorCancellation] CancellationToken cancellation, ulong? digestHighEnd = null)
    {
        await using var pointInTime = await cluster().OpenPointInTimeAsync(rows, cancellation);
        JsonNode? after = null;
        while (true)
        {
            var composite = new JsonObject
            {
                ["size"] = SearchCluster.PageMax,
                ["sources"] = new JsonArray(new JsonObject
                {
                    ["value"] = new JsonObject { ["terms"] = new JsonObject { ["field"] = field } },
                }),
            };
            if (after is not null)
                composite["after"] = after;
            var query = QueryDsl.Of(where);
            var answer = await pointInTime.SearchAsync(
                new()
                {
                    ["size"] = 0, ["track_total_hits"] = false,
                    ["query"] = digestHighEnd is { } end
                        ? QueryDsl.All(query, QueryDsl.Range(TransactionDocument.DigestOrder, null, TransactionDocument.OrderOf(end)))
                        : query,
                    ["aggs"] = new JsonObject { [Buckets] = new JsonObject { ["composite"] = composite, ["aggs"] = sums.DeepClone() } },
                }, cancellation);
            if (answer.Aggregations.ValueKind == JsonValueKind.Undefined)
                yield break;
            var found = answer.Aggregations.GetProperty(Buckets);
            foreach (var bucket in found.GetProperty("buckets").EnumerateArray())
                yield return bucket;
            if (!found.TryGetProperty("after_key", out var last))
                yield break;
            after = JsonObject.Create(last);
        }
    }

    /// <summary>The first and last moment there is, to the millisecond; null without rows.</summary>
    async Task<(Instant First, Instant Last)?> FindSpanAsync(CancellationToken cancellation)
    {
        var answer = await AskAsync(
            QueryDsl.Everything, new()
            {
                ["first"] = new JsonObject { ["min"] = new JsonObject { ["field"] = Wire.Timestamp } },
                ["last"] = new JsonObject { ["max"] = new JsonObject { ["field"] = Wire.Timestamp } },
            }, cancellation);
        return answer is { } found && found.GetProperty("first").GetProperty("value").ValueKind == JsonValueKind.Number
            ? (Moment(found, "first"), Moment(found, "last"))
            : null;

        static Instant Moment(JsonElement found, string name) => new((long)(1_000 * decimal.Parse(
            found.GetProperty(name).GetProperty("value").GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture)));
    }

    /// <summary>A histogram of each period in which the zone's clock is not changed, by that clock's steps.</summary>
    static JsonObject OfPeriods(ZonedBuckets buckets)
    {
        var periods = new JsonObject();
        for (var index = 0; index < buckets.Periods.Count; index++)
        {
            var period = buckets.Periods[index];
            periods[Name(index)] = new JsonObject
            {
                ["filter"] = period is { From: null, To: null }
                    ? QueryDsl.Everything
                    : QueryDsl.Range(Wire.Timestamp, period.From?.ToString(), period.To?.ToString()),
                ["aggs"] = new JsonObject
                {
                    [Buckets] = new JsonObject
                    {
                        ["date_histogram"] = new JsonObject
                        {
                            ["field"] = Wire.Timestamp,
                            ["fixed_interval"] = Seconds(buckets.Step),
                            ["offset"] = Seconds(-period.Offset),
                            ["min_doc_count"] = 1,
                        },
                        ["aggs"] = ExactSums.OfTotals(),
                    },
                },
            };
        }
        return periods;
    }

    static IEnumerable<(long Step, int Period, Totals Totals)> ReadSteps(JsonElement found, ZonedBuckets buckets)
    {
        for (var index = 0; index < buckets.Periods.Count; index++)
            foreach (var bucket in found.GetProperty(Name(index)).GetProperty(Buckets).GetProperty("buckets").EnumerateArray())
            {
                // On the zone's clock a bucket begins at a whole number of steps.
                var start = TimeSpan.FromMilliseconds(bucket.GetProperty("key").GetInt64()) + buckets.Periods[index].Offset;
                yield return (start.Ticks / buckets.Step.Ticks, index, ExactSums.ReadTotals(bucket));
            }
    }

    /// <summary>Null where there is no index yet, and so no row.</summary>
    async Task<JsonElement?> AskAsync(JsonObject query, JsonObject aggregations, CancellationToken cancellation)
    {
        var answer = await cluster().SearchAsync(
            rows,
            new() { ["size"] = 0, ["track_total_hits"] = false, ["query"] = query, ["aggs"] = aggregations }, cancellation);
        return answer.Aggregations.ValueKind == JsonValueKind.Undefined ? null : answer.Aggregations;
    }

    static string Seconds(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / TimeSpan.TicksPerSecond}s");

    static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"{Period}{index}");
}
