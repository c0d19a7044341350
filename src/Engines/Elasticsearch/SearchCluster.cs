using System.Text.Json;
using System.Text.Json.Nodes;

namespace Caudal.Engines.Elasticsearch;

/// <summary>
/// The requests that the hot store is made of. Each either did what it says or throws: an answer that lacks a shard, or came too late to
/// be whole, is none.
/// </summary>
sealed class SearchCluster(ClusterConnection connection, Dialect dialect) : IDisposable
{
    /// <summary>The most rows or buckets that one answer has: what every cluster allows without being told.</summary>
    public const int PageMax = 10_000;

    /// <summary>
    /// How long a node holds a write to a shard that is away, for it to come back: well below the time after which the node itself is
    /// given up, so that what is missing is told, and not just that nobody answers.
    /// </summary>
    public const string WriteWait = "10s";

    /// <summary>Asks who answers, without patience: what is wrong with the settings is told at once.</summary>
    public static async Task<SearchCluster> ReachAsync(ClusterConnection connection, CancellationToken cancellation)
    {
        var answer = await connection.SendAsync(HttpMethod.Get, "", default, MediaType.Json, patient: false, cancellation);
        using var root = Parse(connection, answer);
        return new(connection, Dialect.Of(root.RootElement, connection.ToString()));
    }

    public Dialect Dialect => dialect;

    /// <summary>A request whose failure is an exception.</summary>
    public async Task<JsonDocument> AskAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation) =>
        Parse(connection, await TryAsync(method, path, body, cancellation));

    /// <summary>What a good answer says; another is an exception.</summary>
    public JsonDocument Read(Answer answer) => Parse(connection, answer);

    /// <summary>A request some of whose failures mean something to its caller.</summary>
    public Task<Answer> TryAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation) =>
        connection.SendAsync(method, path, Bytes(body), MediaType.Json, patient: true, cancellation);

    /// <summary>Lines of a bulk request; each item of the answer is for the caller to check.</summary>
    public Task<Answer> BulkAsync(ReadOnlyMemory<byte> lines, CancellationToken cancellation) => connection.SendAsync(
        HttpMethod.Post,
        $"_bulk?timeout={WriteWait}&filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason", lines,
        MediaType.Lines, patient: true, cancellation);

    /// <summary>Looks at indices as they are, or at the point in time that the body names. An alias of nothing has no rows.</summary>
    public async Task<SearchAnswer> SearchAsync(string? indices, JsonObject body, CancellationToken cancellation)
    {
        var answer = await TryAsync(
            HttpMethod.Post,
            indices is null
                ? "_search?allow_partial_search_results=false"
                : $"{indices}/_search?allow_partial_search_results=false&ignore_unavailable=true",
            body, cancellation);
        if (ErrorText.KindOf(answer) == ErrorText.TooManyBuckets)
            throw new TooManyBucketsException();
        return SearchAnswer.Read(answer.Succeeded ? answer.Body : throw Refusal(connection, answer));
    }

    /// <summary>Those of the documents that are there, as last written, whether or not they can be searched for yet.</summary>
    public async Task<IReadOnlyList<Hit>> FindAsync(
        IEnumerable<(string Index, string Id)> documents, string fields, CancellationToken cancellation)
    {
        var wanted = documents.Select(each => (JsonNode)new JsonObject { ["_index"] = each.Index, ["_id"] = each.Id });
        var answer = await TryAsync(
            HttpMethod.Post, $"_mget?_source_includes={fields}", new() { ["docs"] = new JsonArray([.. wanted]) }, cancellation);
        return SearchAnswer.ReadFound(answer.Succeeded ? answer.Body : throw Refusal(connection, answer));
    }

    /// <summary>Shows what was written so far to every search.</summary>
    public async Task RefreshAsync(IEnumerable<string> indices, CancellationToken cancellation)
    {
        using var done = await AskAsync(
            HttpMethod.Post, $"{string.Join(',', indices)}/_refresh?ignore_unavailable=true", null, cancellation);
        var shards = done.RootElement.GetProperty("_shards");
        // A shard that is away counts as not failed.
        if (shards.GetProperty("failed").GetInt32() > 0
            || (shards.GetProperty("successful").GetInt32() == 0 && shards.GetProperty("total").GetInt32() > 0))
            throw new ElasticsearchException($"{connection} could not show what was written: a shard failed to refresh, or is away.");
    }

    /// <remarks>OpenSearch 2 fails with a null pointer of its own where an alias is of nothing yet.</remarks>
    public async Task<PointInTime> OpenPointInTimeAsync(string indices, CancellationToken cancellation)
    {
        var answer = await TryAsync(HttpMethod.Post, dialect.OpenPointInTime(indices), null, cancellation);
        if (!answer.Succeeded && await AreOfNothingAsync(indices, cancellation))
            return new(this, null);
        using var opened = Read(answer);
        return new(this, dialect.PointInTimeId(opened.RootElement));
    }

    async Task<bool> AreOfNothingAsync(string indices, CancellationToken cancellation)
    {
        using var counted = await AskAsync(HttpMethod.Get, $"{indices}/_count?ignore_unavailable=true", null, cancellation);
        return counted.RootElement.GetProperty("_shards").GetProperty("total").GetInt32() == 0;
    }

    public void Dispose() => connection.Dispose();

    public override string ToString() => connection.ToString();

    static JsonDocument Parse(ClusterConnection connection, Answer answer)
    {
        if (!answer.Succeeded)
            throw Refusal(connection, answer);
        try
        {
            return JsonDocument.Parse(answer.Body);
        }
        catch (JsonException malformed)
        {
            throw new ElasticsearchException($"What answers {connection} does not speak JSON: look at Elasticsearch:Addresses.", malformed);
        }
    }

    static ElasticsearchException Refusal(ClusterConnection connection, Answer answer) => new(answer.Status switch
    {
        401 => $"{connection} refused the login: look at Elasticsearch:User and Elasticsearch:Password, or Elasticsearch:ApiKey.",
        403 => $"{connection} does not let this login do what the hot store needs ({ErrorText.Of(answer)}): give it the right to make and "
            + "write indices and templates of its name.",
        _ => $"{connection} refused a request ({ErrorText.Of(answer)}).",
    });

    static byte[] Bytes(JsonObject? body) => body is null ? [] : JsonSerializer.SerializeToUtf8Bytes(body);
}

/// <summary>More buckets than the cluster gives in one answer.</summary>
sealed class TooManyBucketsException : Exception;
