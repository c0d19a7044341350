using System.Text.Json;
using System.Text.Json.Nodes;
using Caudal.Engines.Elasticsearch;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>
/// What deploy/kibana hands to Kibana is whole, fits the index, and draws the figures that Caudal has itself. Kibana does not run here:
/// its requests are made as it makes them, from the charts' own aggregations.
/// </summary>
public sealed class KibanaTests(ElasticsearchServer server) : IAsyncLifetime
{
    const int Rows = 500;

    static readonly IReadOnlyList<SavedObject> Objects = [.. File.ReadLines(
        Path.Combine(TidyTests.Root, "deploy/kibana/financial_transactions.ndjson"))
        .Select(line => new SavedObject(JsonNode.Parse(line)!))];

    ElasticsearchOptions _options = null!;
    ElasticsearchHotStore _hot = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static IEnumerable<SavedObject> Charts => Objects.Where(each => each.Type == "visualization");

    static SavedObject Pattern => Objects.Single(each => each.Type == "index-pattern");

    public async ValueTask InitializeAsync()
    {
        _options = await server.OptionsAsync();
        _hot = SearchServer.Make(_options);
        await _hot.OpenAsync(Watermark.Zero, Cancellation);
        // Over six days and two months, with a duplicate, which no chart may count.
        Transaction[] rows =
        [
            .. Enumerable.Range(0, Rows).Select(n => Some.Transaction(n, some => some with
            {
                Timestamp = Some.Start + TimeSpan.FromMinutes(n * 17) + TimeSpan.FromDays(16),
                Amount = new(n * n * 37 % 1_000_003),
                Product = n % 3 == 0 ? "Corriente" : some.Product,
            })),
        ];
        var again = rows[5] with { Position = Some.Position(Rows) };
        await _hot.IndexAsync(
            new([.. rows, again], Watermark.Of(Some.Partition, Rows + 1), Rows + 1, 0), (_, _) => default, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _hot.DisposeAsync();
        await SearchServer.DropAsync(_options);
    }

    [Fact]
    public void The_pattern_and_its_time_field_are_the_originals()
    {
        (Pattern.Attribute("title"), Pattern.Attribute("timeFieldName")).ShouldBe(("financial_transactions*", "timestamp"));
        new ElasticsearchOptions().Index.ShouldBe("financial_transactions");
    }

    [Fact]
    public void Every_object_is_what_an_export_of_Kibana_7_17_has_and_every_reference_meets()
    {
        var byId = Objects.ToDictionary(each => (each.Type, each.Id));
        foreach (var each in Objects)
        {
            // A version past Kibana's own is refused by it.
            Version.Parse((string)each.Json["coreMigrationVersion"]!).ShouldBeLessThan(new(7, 17, 1));
            Version.Parse((string)each.Json["migrationVersion"]![each.Type]!).ShouldBeLessThan(new(7, 17, 1));
            foreach (var reference in each.References)
                byId.ShouldContainKey((reference.Type, reference.Id), each.Id);
        }
        foreach (var chart in Charts)
        {
            var source = chart.Inner("kibanaSavedObjectMeta", "searchSourceJSON");
            chart.References.ShouldBe([("index-pattern", Pattern.Id, (string)source["indexRefName"]!)]);
            chart.Inner("uiStateJSON").AsObject().ShouldBeEmpty();
        }
        var dashboard = Objects.Single(each => each.Type == "dashboard");
        dashboard.Inner("optionsJSON").ShouldNotBeNull();
        var panels = dashboard.Inner("panelsJSON").AsArray();
        panels.Select(panel => $"{panel!["panelIndex"]}:{panel["panelRefName"]}")
            .ShouldBe(dashboard.References.Select(reference => reference.Name));
        dashboard.References.Select(reference => reference.Id).ShouldBe(Charts.Select(chart => chart.Id), ignoreOrder: true);
    }

    [Fact]
    public async Task Every_field_of_a_chart_is_in_the_index_with_a_type_that_its_aggregation_can_use()
    {
        var mappings = await SearchServer.SendAsync(HttpMethod.Get, _options, $"{_options.Index}*/_mapping");

        foreach (var index in mappings.EnumerateObject())
            foreach (var aggregation in Charts.SelectMany(chart => chart.Aggregations).Where(each => each.Field is not null))
                index.Value.GetProperty("mappings").GetProperty("properties").GetProperty(aggregation.Field!).GetProperty("type")
                    .GetString().ShouldBe(
                        aggregation.Type switch { "avg" => "scaled_float", "date_histogram" => "date_nanos", _ => "keyword" });
        mappings.EnumerateObject().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Transactions_over_time_and_their_average_are_those_of_the_query_engine()
    {
        var ours = await _hot.Queries.CountByTimeAsync(
            new(Query.Everything, TimeUnit.Day, TimeZoneInfo.Utc, BucketsMax: 100), Cancellation);
        ours.Count.ShouldBeGreaterThan(5);

        var volume = await DrawAsync("caudal-volumen");
        volume.Select(bucket => (Millis(bucket), Count(bucket))).ShouldBe(
            ours.Select(bucket => (bucket.From.ToDateTimeOffset().ToUnixTimeMilliseconds(), bucket.Totals.Count)));
        volume.Sum(Count).ShouldBe(Rows);

        var averages = await DrawAsync("caudal-valor-promedio");
        averages.Select(Millis).ShouldBe(volume.Select(Millis));
        foreach (var (bucket, expected) in averages.Zip(ours))
            Math.Round(bucket.GetProperty("1").GetProperty("value").GetDecimal(), 4).ShouldBe(expected.Totals.Average!.Value, 0.0001m);
    }

    [Theory]
    [InlineData("caudal-aplicaciones", Wire.App)]
    [InlineData("caudal-productos", Wire.Product)]
    public async Task Values_by_their_number_are_those_of_the_query_engine(string chart, string field)
    {
        var ours = await _hot.Queries.CountByValueAsync(
            new(Query.Everything, field == Wire.App ? QueryField.App : QueryField.Product, TopOrder.Count, 10), Cancellation);

        var drawn = await DrawAsync(chart);

        drawn.Select(bucket => (bucket.GetProperty("key").GetString()!, Count(bucket)))
            .ShouldBe(ours.Select(value => (value.Value, value.Totals.Count)));
        Objects.Single(each => each.Id == chart).Aggregations.Single(each => each.Type == "terms").Field.ShouldBe(field);
    }

    /// <summary>The buckets that Kibana gets for a chart of some days.</summary>
    async Task<IReadOnlyList<JsonElement>> DrawAsync(string id)
    {
        var chart = Charts.Single(each => each.Id == id);
        var metric = chart.Aggregations.Single(each => each.Schema == "metric");
        var split = chart.Aggregations.Single(each => each.Schema == "segment");
        var body = split.ToRequest(metric.Type == "count" ? "_count" : metric.Id);
        if (metric.Type != "count")
            body["aggs"] = new JsonObject { [metric.Id] = metric.ToRequest("") };
        var request = new JsonObject
        {
            ["aggs"] = new JsonObject { [split.Id] = body },
            ["size"] = 0,
            ["fields"] = new JsonArray(new JsonObject { ["field"] = "timestamp", ["format"] = "date_time" }),
            ["script_fields"] = new JsonObject(),
            ["stored_fields"] = new JsonArray("*"),
            ["runtime_mappings"] = new JsonObject(),
            ["_source"] = new JsonObject { ["excludes"] = new JsonArray() },
            ["query"] = JsonNode.Parse("""
                {"bool": {"must": [], "should": [], "must_not": [], "filter": [{"range": {"timestamp": {
                  "format": "strict_date_optional_time", "gte": "2025-09-01T00:00:00.000Z", "lte": "2025-10-31T23:59:59.999Z"}}}]}}
                """),
            ["track_total_hits"] = true,
        };
        var pattern = Pattern.Attribute("title").Replace("financial_transactions", _options.Index, StringComparison.Ordinal);
        var answer = await SearchServer.SendAsync(
            HttpMethod.Post, _options, $"{pattern}/_search?ignore_unavailable=true&batched_reduce_size=64", request.ToJsonString());
        answer.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt32().ShouldBe(Rows);
        return [.. answer.GetProperty("aggregations").GetProperty(split.Id).GetProperty("buckets").EnumerateArray()];
    }

    static long Millis(JsonElement bucket) => bucket.GetProperty("key").GetInt64();

    static long Count(JsonElement bucket) => bucket.GetProperty("doc_count").GetInt64();

    sealed class SavedObject(JsonNode json)
    {
        public JsonNode Json => json;

        public string Id => (string)json["id"]!;

        public string Type => (string)json["type"]!;

        public IEnumerable<(string Type, string Id, string Name)> References => json["references"]!.AsArray()
            .Select(each => ((string)each!["type"]!, (string)each["id"]!, (string)each["name"]!));

        public IEnumerable<Aggregation> Aggregations => Inner("visState")["aggs"]!.AsArray().Select(each => new Aggregation(each!));

        public string Attribute(string name) => (string)json["attributes"]![name]!;

        /// <summary>The JSON that Kibana keeps as a text.</summary>
        public JsonNode Inner(params string[] path) =>
            JsonNode.Parse((string)path.Aggregate(json["attributes"]!, (node, name) => node[name]!)!)!;
    }

    /// <summary>One of a chart's, and what Kibana makes of it.</summary>
    sealed class Aggregation(JsonNode json)
    {
        public string Id => (string)json["id"]!;

        public string Type => (string)json["type"]!;

        public string Schema => (string)json["schema"]!;

        public string? Field => (string?)json["params"]!["field"];

        /// <param name="metric">What its buckets are ordered by, where they are ordered.</param>
        public JsonObject ToRequest(string metric) => new()
        {
            [Type] = Type switch
            {
                "avg" => new JsonObject { ["field"] = Field },
                // Kibana's "auto" for the days that are asked for comes to less than a day; the day is what our own count has.
                "date_histogram" => new JsonObject
                {
                    ["field"] = Field, ["calendar_interval"] = "1d", ["time_zone"] = "UTC",
                    ["min_doc_count"] = json["params"]!["min_doc_count"]!.DeepClone(),
                },
                "terms" => new JsonObject
                {
                    ["field"] = Field, ["size"] = json["params"]!["size"]!.DeepClone(),
                    ["order"] = new JsonObject { [metric] = (string)json["params"]!["order"]! },
                },
                var other => throw new NotSupportedException(other),
            },
        };
    }
}
