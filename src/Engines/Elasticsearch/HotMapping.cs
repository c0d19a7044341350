using System.Text.Json;
using System.Text.Json.Nodes;
using Caudal.Transactions;

namespace Caudal.Engines.Elasticsearch;

/// <summary>The types of the documents' fields, exactly: a field that is not named here is refused.</summary>
static class HotMapping
{
    static readonly JsonElement Fields = JsonSerializer.SerializeToElement(Documents["properties"]);

    /// <summary>Under <c>_meta</c>, by which our indices are known.</summary>
    public const string Mark = "caudal";

    public static JsonObject Meta => new() { [Mark] = new JsonObject { ["version"] = HotIndices.Version } };

    /// <summary>Of rows, and of duplicates, which have some of the fields. Microseconds need nanosecond dates.</summary>
    public static JsonObject Documents => new()
    {
        ["dynamic"] = "strict",
        ["_meta"] = Meta,
        ["properties"] = new JsonObject
        {
            [Wire.Id] = Keyword,
            [Wire.IdText] = Keyword,
            [Wire.App] = Keyword,
            [Wire.DebtorId] = Keyword,
            [Wire.Amount] = new JsonObject { ["type"] = "scaled_float", ["scaling_factor"] = 100 },
            [Wire.Product] = Keyword,
            [Wire.DebtorAccount] = Keyword,
            [Wire.CreditorAccount] = Keyword,
            [Wire.Detail] = Keyword,
            [Wire.Timestamp] = Moment,
            [Wire.Extra] = Kept,
            [TransactionDocument.Epoch] = Keyword,
            [TransactionDocument.Partition] = Number,
            [TransactionDocument.Offset] = Number,
            [Wire.AppendedAt] = Moment,
            [Wire.IndexedAt] = Moment,
            [Wire.Digest] = Kept,
            [TransactionDocument.FoldedDetail] = Keyword,
            [TransactionDocument.Cents] = Number,
            [TransactionDocument.DigestOrder] = Number,
            [ExactSums.Field] = ExactSums.Mapping(),
        },
    };

    public static bool Has(string? field) => field is not null && Fields.TryGetProperty(field, out _);

    /// <summary>
    /// The first of our fields that an index has not, or has otherwise; null where it has all. Others may have been added.
    /// </summary>
    public static string? FindDifference(JsonElement mappings) => Fields.EnumerateObject()
        .Where(ours => !mappings.TryGetProperty("properties", out var all) || !all.TryGetProperty(ours.Name, out var theirs)
            || !IsAlike(ours.Value, theirs))
        .Select(ours => ours.Name).FirstOrDefault();

    /// <summary>What a field is indexed as besides (<c>fields</c>) changes nothing for those who look at the field itself.</summary>
    static bool IsAlike(JsonElement ours, JsonElement theirs) => ours.ValueKind != JsonValueKind.Object
        ? JsonElement.DeepEquals(ours, theirs)
        : theirs.ValueKind == JsonValueKind.Object
            && theirs.EnumerateObject().All(parameter => parameter.Name == "fields" || ours.TryGetProperty(parameter.Name, out _))
            && ours.EnumerateObject().All(each => theirs.TryGetProperty(each.Name, out var value) && IsAlike(each.Value, value));

    /// <summary>One document that is read whole and never searched.</summary>
    public static JsonObject Account => new() { ["dynamic"] = false, ["_meta"] = Meta };

    static JsonObject Keyword => new() { ["type"] = "keyword" };

    static JsonObject Number => new() { ["type"] = "long" };

    static JsonObject Moment => new() { ["type"] = "date_nanos" };

    static JsonObject Kept => new() { ["type"] = "keyword", ["index"] = false, ["doc_values"] = false };
}
