using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Engines.Elasticsearch;

/// <summary>
/// Sums that are exact although Elasticsearch adds in floating point: amounts and digests are cut into limbs so small that no sum of two
/// thousand million of them passes 2^53, below which every whole number is exact there.
/// </summary>
static class ExactSums
{
    public const string Field = "limbs";

    const long AmountBase = 1_000_000;
    const int AmountLimbs = 3;
    const int DigestBits = 22;
    const int DigestLimbs = 6;
    const uint DigestMask = (1u << DigestBits) - 1;

    /// <summary>The limbs' names, the lowest first.</summary>
    static readonly string[] Amounts = [.. Enumerable.Range(0, AmountLimbs).Select(index => $"v{index}")];
    static readonly string[] Digests = [.. Enumerable.Range(0, DigestLimbs).Select(index => $"d{index}")];

    /// <summary>For the mapping: only ever added up.</summary>
    public static JsonObject Mapping()
    {
        var limbs = new JsonObject();
        foreach (var name in Amounts.Concat(Digests))
            limbs[name] = new JsonObject { ["type"] = "integer", ["index"] = false };
        return new() { ["properties"] = limbs };
    }

    public static void Write(Utf8JsonWriter writer, Money amount, Digest digest)
    {
        writer.WriteStartObject(Field);
        var cents = amount.Cents;
        foreach (var name in Amounts)
        {
            writer.WriteNumber(name, cents % AmountBase);
            cents /= AmountBase;
        }
        var value = digest.Value;
        foreach (var name in Digests)
        {
            writer.WriteNumber(name, (uint)value & DigestMask);
            value >>= DigestBits;
        }
        writer.WriteEndObject();
    }

    /// <summary>Aggregations that <see cref="ReadTotals"/> reads.</summary>
    public static JsonObject OfTotals() => Sums(Amounts);

    /// <summary>Aggregations that <see cref="ReadFigures"/> reads.</summary>
    public static JsonObject OfFigures() => Sums(Amounts.Concat(Digests));

    /// <param name="bucket">What has the aggregations in it, and how many rows they added up.</param>
    public static Totals ReadTotals(JsonElement bucket) => new(Count(bucket), ReadSum(bucket));

    public static Figures ReadFigures(JsonElement bucket)
    {
        var digest = UInt128.Zero;
        foreach (var name in Digests.Reverse())
            digest = unchecked((digest << DigestBits) + (UInt128)ReadWhole(bucket, name));
        return new(Count(bucket), ReadSum(bucket), new(digest));
    }

    public static long Count(JsonElement bucket) => bucket.GetProperty("doc_count").GetInt64();

    static JsonObject Sums(IEnumerable<string> names)
    {
        var sums = new JsonObject();
        foreach (var name in names)
            sums[name] = new JsonObject { ["sum"] = new JsonObject { ["field"] = $"{Field}.{name}" } };
        return sums;
    }

    static MoneySum ReadSum(JsonElement bucket) =>
        new(Amounts.Reverse().Aggregate(Int128.Zero, (sum, name) => sum * AmountBase + (Int128)ReadWhole(bucket, name)));

    /// <summary>Written as <c>4.503599627370496E15</c>, whose digits are all there are.</summary>
    static decimal ReadWhole(JsonElement bucket, string name) => decimal.Parse(
        bucket.GetProperty(name).GetProperty("value").GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);
}
