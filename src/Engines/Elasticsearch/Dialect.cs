using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Caudal.Engines.Elasticsearch;

/// <summary>
/// What answers at the address, as <c>GET /</c> tells, and the few requests that Elasticsearch and OpenSearch spell differently: those of
/// a point in time.
/// </summary>
/// <param name="WasRun">True for the versions that our tests run against; of the others only the documentation is known.</param>
sealed record Dialect(string Product, string Version, bool WasRun)
{
    const string Elasticsearch = "Elasticsearch";
    const string OpenSearch = "OpenSearch";
    const string KeepAlive = "5m";

    bool IsOpenSearch => Product == OpenSearch;

    /// <exception cref="ElasticsearchException">It is neither, or too old.</exception>
    public static Dialect Of(JsonElement root, string at)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("version", out var version)
            || !version.TryGetProperty("number", out var number) || number.GetString() is not { } text
            || !System.Version.TryParse(text.Split('-')[0], out var parsed))
            throw new ElasticsearchException($"What answers {at} is no Elasticsearch: look at Elasticsearch:Addresses.");
        // Only OpenSearch names its distribution; told to pass for Elasticsearch 7.10.2, it still has its own tagline.
        if (Says(version, "distribution", "opensearch") || Says(root, "tagline", OpenSearch))
            return parsed is { Major: < 2 } or { Major: 2, Minor: < 4 }
                ? throw TooOld(OpenSearch, text, "2.4")
                : new(OpenSearch, text, WasRun: parsed.Major == 2 || parsed is { Major: 7, Minor: 10 });
        return parsed is { Major: < 7 } or { Major: 7, Minor: < 17 }
            ? throw TooOld(Elasticsearch, text, "7.17")
            : new(Elasticsearch, text, WasRun: parsed.Major == 7);
    }

    public string OpenPointInTime(string indices) => IsOpenSearch
        ? $"{indices}/_search/point_in_time?keep_alive={KeepAlive}&ignore_unavailable=true"
        : $"{indices}/_pit?keep_alive={KeepAlive}&ignore_unavailable=true";

    public string PointInTimeId(JsonElement opened) => opened.GetProperty(IsOpenSearch ? "pit_id" : "id").GetString()!;

    public (string Path, JsonObject Body) ClosePointInTime(string id) => IsOpenSearch
        ? ("_search/point_in_time", new() { ["pit_id"] = new JsonArray(id) })
        : ("_pit", new() { ["id"] = id });

    /// <summary>What a search says of the point in time that it looks at; each lets it live on.</summary>
    public static JsonObject PointInTime(string id) => new() { ["id"] = id, ["keep_alive"] = KeepAlive };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Product} {Version}");

    static bool Says(JsonElement element, string name, string word) =>
        element.TryGetProperty(name, out var text) && text.GetString()?.Contains(word, StringComparison.Ordinal) == true;

    static ElasticsearchException TooOld(string product, string found, string least) => new(
        $"The cluster runs {product} {found}, which has no point in time for exact reading: it takes {product} {least} or a later one.");
}
