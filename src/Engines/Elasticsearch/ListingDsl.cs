using System.Text.Json.Nodes;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Engines.Elasticsearch;

/// <summary>A <see cref="TransactionSearch"/>'s order, page and limit in Elasticsearch's words.</summary>
static class ListingDsl
{
    static readonly string[] Places =
        [TransactionDocument.Epoch, TransactionDocument.Partition, TransactionDocument.Offset, Wire.Id];

    public static JsonObject Page(TransactionSearch search)
    {
        var direction = search.Descending ? "desc" : "asc";
        var page = new JsonObject
        {
            ["size"] = Math.Min(search.Limit, SearchCluster.PageMax),
            ["track_total_hits"] = false,
            ["query"] = QueryDsl.Of(search.Where),
            ["sort"] = new JsonArray([.. Keys(search.Sort).Concat(Places).Select(key => new JsonObject { [key] = direction })]),
        };
        if (search.After is { } cursor)
            page["search_after"] = After(cursor);
        return page;
    }

    static string[] Keys(SortKey sort) => sort switch
    {
        SortKey.Position => [],
        SortKey.Amount => [TransactionDocument.Cents],
        _ => [sort.Name()],
    };

    static JsonArray After(SearchCursor cursor)
    {
        var values = new JsonArray();
        if (cursor.Sort == SortKey.Timestamp)
            values.Add(cursor.Number * 1_000);
        else if (cursor.Sort == SortKey.Amount)
            values.Add(cursor.Number);
        else if (cursor.Sort == SortKey.Id)
            values.Add(cursor.Id.ToString());
        else if (cursor.Sort.IsText())
            values.Add(cursor.Text);
        values.Add(cursor.Position.Epoch.ToString("D"));
        values.Add(cursor.Position.Partition);
        values.Add(cursor.Position.Offset);
        values.Add(cursor.Id.ToString());
        return values;
    }
}
