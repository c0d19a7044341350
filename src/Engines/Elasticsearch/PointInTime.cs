using System.Text.Json.Nodes;

namespace Caudal.Engines.Elasticsearch;

/// <summary>The rows as they stood when it was opened, whatever is written or deleted meanwhile. For one reader at a time.</summary>
/// <param name="id">Null where there were no rows, and no index that could have any.</param>
sealed class PointInTime(SearchCluster cluster, string? id) : IAsyncDisposable
{
    string? _id = id;

    public async Task<SearchAnswer> SearchAsync(JsonObject body, CancellationToken cancellation)
    {
        if (_id is null)
            return SearchAnswer.OfNothing;
        body["pit"] = Dialect.PointInTime(_id);
        var answer = await cluster.SearchAsync(null, body, cancellation);
        _id = answer.PointInTimeId ?? _id;
        return answer;
    }

    /// <summary>Every hit of a query in the order of its sort, page by page.</summary>
    public async IAsyncEnumerable<IReadOnlyList<Hit>> PagesAsync(
        Func<JsonObject> search, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        JsonNode? after = null;
        while (true)
        {
            var body = search();
            body["size"] = SearchCluster.PageMax;
            body["track_total_hits"] = false;
            if (after is not null)
                body["search_after"] = after;
            var answer = await SearchAsync(body, cancellation);
            if (answer.Hits.Count > 0)
                yield return answer.Hits;
            if (answer.Hits.Count < SearchCluster.PageMax)
                yield break;
            after = JsonNode.Parse(answer.Hits[^1].Sort.Span);
        }
    }

    /// <summary>Lets the cluster forget it. Where that fails it does so by itself, a few minutes later.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_id is null)
            return;
        var (path, body) = cluster.Dialect.ClosePointInTime(_id);
        try
        {
            await cluster.TryAsync(HttpMethod.Delete, path, body, CancellationToken.None);
        }
        catch (ElasticsearchException)
        {
        }
    }
}
