using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Caudal.Ingesting;

namespace Caudal.Engines.Elasticsearch;

/// <summary>One line or two of a bulk request.</summary>
/// <param name="Action"><c>create</c>, <c>index</c> or <c>delete</c>.</param>
/// <param name="Version">For a delete: the version that must still stand, as sequence number and primary term.</param>
/// <param name="Write">Writes the document; null for a delete.</param>
readonly record struct BulkItem(
    string Action, string Index, string Id, (long SequenceNumber, long PrimaryTerm)? Version, Action<Utf8JsonWriter>? Write);

/// <summary>What came of an item.</summary>
/// <param name="Status">As of HTTP.</param>
/// <param name="Kind">For a bad one: the cluster's word for it, as <c>mapper_parsing_exception</c>.</param>
/// <param name="Field">The field that a refusal names, by its full name there.</param>
readonly record struct BulkResult(int Status, string? Kind = null, string? Field = null);

/// <summary>
/// Sends items in bulk and sees to each of them: what the cluster had no room for is sent again after a pause, alone; a request that is
/// too large is sent in halves. What then came of each item is told, for its caller to judge.
/// </summary>
sealed partial class BulkWriter(SearchCluster cluster, ElasticsearchOptions options, TimeProvider time)
{
    static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <returns>What came of each item, in their order; never what passes by itself.</returns>
    /// <exception cref="ElasticsearchException">The cluster had no room for some for too long.</exception>
    public async Task<BulkResult[]> SendAsync(IReadOnlyList<BulkItem> items, CancellationToken cancellation)
    {
        var results = new BulkResult[items.Count];
        var begun = time.GetTimestamp();
        List<int> open = [.. Enumerable.Range(0, items.Count)];
        for (var attempt = 0; ; attempt++)
        {
            await SendAsync(items, open, results, cancellation);
            open.RemoveAll(index => !IsBusy(results[index].Status));
            if (open.Count == 0)
                return results;
            if (time.GetElapsedTime(begun) > options.RetryTimeMax)
                throw new ElasticsearchException(
                    $"{cluster} had no room for {open.Count} documents, the first in index {items[open[0]].Index} "
                    + $"({results[open[0]].Status} {results[open[0]].Kind}): it is overloaded, its disk is full, or a node with a shard "
                    + "of that index is away. It goes on by itself once that is over.");
            await Task.Delay(StoreFault.PauseBefore(attempt), time, cancellation);
        }
    }

    static bool IsBusy(int status) => status is 429 or >= 500;

    async Task SendAsync(IReadOnlyList<BulkItem> items, List<int> open, BulkResult[] results, CancellationToken cancellation)
    {
        var body = new ArrayBufferWriter<byte>(options.BulkBytesMax / 4);
        using var writer = new Utf8JsonWriter(body, Relaxed);
        foreach (var index in open)
            Write(writer, body, items[index]);
        var answer = await cluster.BulkAsync(body.WrittenMemory, cancellation);
        if (answer.Status == 413 && open.Count > 1)
        {
            await SendAsync(items, open[..(open.Count / 2)], results, cancellation);
            await SendAsync(items, open[(open.Count / 2)..], results, cancellation);
            return;
        }
        if (!answer.Succeeded)
            throw new ElasticsearchException($"{cluster} refused a bulk request ({ErrorText.Of(answer)}).");
        ReadResults(answer, open, results);
    }

    void ReadResults(Answer answer, List<int> open, BulkResult[] results)
    {
        using var document = JsonDocument.Parse(answer.Body);
        var told = 0;
        if (document.RootElement.TryGetProperty("items", out var items))
            foreach (var item in items.EnumerateArray())
                foreach (var action in item.EnumerateObject())
                    results[open[told++]] = Result(action.Value);
        if (told != open.Count)
            throw new ElasticsearchException($"{cluster} told of {told} documents where {open.Count} were sent.");
    }

    static BulkResult Result(JsonElement item)
    {
        var status = item.GetProperty("status").GetInt32();
        if (!item.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
            return new(status);
        var reason = error.TryGetProperty("reason", out var text) ? text.GetString() : null;
        return new(
            status, error.TryGetProperty("type", out var kind) ? kind.GetString() : null,
            reason is not null && NamedField().Match(reason) is { Success: true } named ? named.Groups[1].Value : null);
    }

    /// <summary>Of a reason nothing else is taken: it quotes the value. Elasticsearch 8 puts the place before it.</summary>
    [GeneratedRegex(@"^(?:\[\d+:\d+\] )?failed to parse field \[([\w.]+)\]")]
    private static partial Regex NamedField();

    static void Write(Utf8JsonWriter writer, ArrayBufferWriter<byte> body, BulkItem item)
    {
        writer.WriteStartObject();
        writer.WriteStartObject(item.Action);
        writer.WriteString("_index", item.Index);
        writer.WriteString("_id", item.Id);
        if (item.Version is { } version)
        {
            writer.WriteNumber("if_seq_no", version.SequenceNumber);
            writer.WriteNumber("if_primary_term", version.PrimaryTerm);
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
        EndLine(writer, body);
        if (item.Write is not { } write)
            return;
        write(writer);
        EndLine(writer, body);
    }

    static void EndLine(Utf8JsonWriter writer, ArrayBufferWriter<byte> body)
    {
        writer.Flush();
        body.Write("\n"u8);
        writer.Reset();
    }
}
