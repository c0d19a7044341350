using System.Text.Json;

namespace Caudal.Engines.Elasticsearch;

/// <summary>
/// What may be repeated of an error: its kind. Its reason is left out, since it may quote a document or a query.
/// </summary>
static class ErrorText
{
    public const string TooManyBuckets = "too_many_buckets_exception";
    public const string AlreadyExists = "resource_already_exists_exception";

    static readonly HashSet<string> LostNode =
    [
        "node_disconnected_exception", "node_not_connected_exception", "node_closed_exception", "connect_transport_exception",
        "receive_timeout_transport_exception", "send_request_transport_exception", "already_closed_exception",
    ];

    /// <summary>True where one node could not reach another: the cluster knows of it at once, and the same may succeed then.</summary>
    public static bool IsOfALostNode(Answer answer) => KindOf(answer) is { } kind && LostNode.Contains(kind);

    public static string Of(Answer answer) => KindOf(answer) is { } kind ? $"{answer.Status} {kind}" : $"{answer.Status}";

    /// <summary>As <c>index_not_found_exception</c>; null where the body does not say.</summary>
    public static string? KindOf(Answer answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("error", out var error)
                ? KindOf(error)
                : null;
        }
        catch (JsonException)
        {
            // A proxy in between answers in its own words.
            return null;
        }
    }

    /// <summary>The innermost cause that is named, which tells more than the phase that failed.</summary>
    public static string? KindOf(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object)
            return null;
        if (error.TryGetProperty("caused_by", out var cause) && KindOf(cause) is { } inner)
            return inner;
        if (error.TryGetProperty("root_cause", out var roots) && roots.ValueKind == JsonValueKind.Array && roots.GetArrayLength() > 0
            && roots[0].TryGetProperty("type", out var root))
            return root.GetString();
        return error.TryGetProperty("type", out var type) ? type.GetString() : null;
    }
}
