using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caudal.Hot;
using Caudal.Log;

namespace Caudal.Engines.Elasticsearch;

/// <summary>What the store holds, counted by one search: before the watermark, in some ranges, and where no batch has come to.</summary>
static class StockTaking
{
    const string Held = "held";
    const string Rows = "rows";
    const string Duplicates = "duplicates";
    const string Strangers = "strangers";

    public static JsonObject Search(HotAccount account, IReadOnlyList<PositionRange> ranges, HotIndices indices)
    {
        var parts = new JsonObject
        {
            [Held] = Counted(account, new(Watermark.Zero, account.State.Next), indices),
            [Strangers] = new JsonObject
            {
                ["filter"] = QueryDsl.All(
                    QueryDsl.Not(IsDuplicate(indices)), QueryDsl.Not(QueryDsl.Within(new(Watermark.Zero, account.Pending)))),
            },
        };
        for (var index = 0; index < ranges.Count; index++)
            parts[Name(index)] = Counted(account, ranges[index].Before(account.State.Next), indices);
        return new() { ["size"] = 0, ["track_total_hits"] = false, ["aggs"] = parts };
    }

    public static HotStock Read(HotAccount account, IReadOnlyList<PositionRange> ranges, JsonElement found)
    {
        var held = ReadCounted(found, Held);
        return new(
            account.State, held, [.. ranges.Select((_, index) => ReadCounted(found, Name(index)))],
            held.Rows.Count + ExactSums.Count(found.GetProperty(Strangers)));
    }

    static JsonObject Counted(HotAccount account, PositionRange range, HotIndices indices)
    {
        var within = QueryDsl.Within(range);
        return new()
        {
            ["filter"] = account.Removing is { } removing
                ? QueryDsl.All(within, QueryDsl.Not(QueryDsl.Within(removing.Range)))
                : within,
            ["aggs"] = new JsonObject
            {
                [Rows] = new JsonObject { ["filter"] = QueryDsl.Not(IsDuplicate(indices)), ["aggs"] = ExactSums.OfFigures() },
                [Duplicates] = new JsonObject { ["filter"] = IsDuplicate(indices), ["aggs"] = ExactSums.OfFigures() },
            },
        };
    }

    static RangeFigures ReadCounted(JsonElement found, string name)
    {
        var counted = found.GetProperty(name);
        return new(
            ExactSums.ReadFigures(counted.GetProperty(Rows)), ExactSums.ReadFigures(counted.GetProperty(Duplicates)));
    }

    static JsonObject IsDuplicate(HotIndices indices) => QueryDsl.Term("_index", indices.Duplicates);

    static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"range{index}");
}
