using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Caudal.Ingesting;

namespace Caudal.Engines.Elasticsearch;

/// <summary>One line or two of a bulk request.</summary>
/// <param name="Action"><c>create</c>, <c>index</c> or <c>delete</c>.</param>
/// <param name="Version">For a delete: the version that must still stand, as sequence number and primary term.</param>
/// <param name="Write">Writes the document; null for a delete.</param>
readonly record struct BulkItem(
    string Action, string Index, string Id, (long SequenceNumber, long PrimaryTerm)? Version, Action<Utf8JsonWriter>? Write);

/// <summary>
/// Sends items in bulk and sees to each of them: what the cluster had no room for is sent again after a pause, alone; a request that is
/// too large is sent in halves. What then came of each item is told, for its caller to judge.
/// </summary>
sealed class BulkWriter(SearchCluster cluster, ElasticsearchOptions options, TimeProvider time)
{
    static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <returns>The HTTP status of each item, in their order; never one that passes by itself.</returns>
    /// <exception cref="ElasticsearchException">The cluster had no room for some for too long.</exception>
    public async Task<int[]> SendAsync(IReadOnlyList<BulkItem> items, CancellationToken cancellation)
    {
        var statuses = new int[items.Count];
        var begun = time.GetTimestamp();
        List<int> open = [.. Enumerable.Range(0, items.Count)];
        for (var attempt = 0; ; attempt++)
        {
            await SendAsync(items, open, statuses, cancellation);
            open.RemoveAll(index => !IsBusy(statuses[index]));
            if (open.Count == 0)
                return statuses;
            if (time.GetElapsedTime(begun) > options.RetryTimeMax)
                throw new ElasticsearchException(
                    $"{cluster} had no room for {open.Count} documents ({statuses[open[0]]}): it is overloaded, its disk is full, or a "
                    + "shard is away.");
            await Task.Delay(StoreFault.PauseBefore(attempt), time, cancellation);
        }
    }

    static bool IsBusy(int status) => status is 429 or >= 500;

    async Task SendAsync(IReadOnlyList<BulkItem> items, List<int> open, int[] statuses, CancellationToken cancellation)
    {
        var body = new ArrayBufferWriter<byte>(options.BulkBytesMax / 4);
        using var writer = new Utf8JsonWriter(body, Relaxed);
        foreach (var index in open)
            Write(writer, body, items[index]);
        var answer = await cluster.BulkAsync(body.WrittenMemory, cancellation);
        if (answer.Status == 413 && open.Count > 1)
        {
            await SendAsync(items, open[..(open.Count / 2)], statuses, cancellation);
            await SendAsync(items, open[(open.Count / 2)..], statuses, cancellation);
            return;
        }
        if (!answer.Succeeded)
            throw new ElasticsearchException($"{cluster} refused a bulk request ({ErrorText.Of(answer)}).");
        ReadStatuses(answer, open, statuses);
    }

    void ReadStatuses(Answer answer, List<int> open, int[] statuses)
    {
        using var document = JsonDocument.Parse(answer.Body);
        var told = 0;
        if (document.RootElement.TryGetProperty("items", out var items))
            foreach (var item in items.EnumerateArray())
                foreach (var action in item.EnumerateObject())
                    statuses[open[told++]] = action.Value.GetProperty("status").GetInt32();
        if (told != open.Count)
            throw new ElasticsearchException($"{cluster} told of {told} documents where {open.Count} were sent.");
    }

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
