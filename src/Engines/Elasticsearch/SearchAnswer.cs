using System.Text.Json;

namespace Caudal.Engines.Elasticsearch;

/// <summary>A document that a search found. What was not asked for is empty.</summary>
/// <param name="Sort">The values that it was sorted by, as the next page begins after them.</param>
readonly record struct Hit(
    string Index, string Id, long SequenceNumber, long PrimaryTerm, ReadOnlyMemory<byte> Source, ReadOnlyMemory<byte> Sort);

/// <summary>What a search answered, whole.</summary>
/// <param name="Aggregations">Undefined where none was asked for, or no index was there to ask.</param>
sealed record SearchAnswer(IReadOnlyList<Hit> Hits, JsonElement Aggregations, string? PointInTimeId)
{
    public static readonly SearchAnswer OfNothing = new([], default, null);

    /// <exception cref="ElasticsearchException">A shard did not answer, or not in time.</exception>
    public static SearchAnswer Read(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span);
        IReadOnlyList<Hit> hits = [];
        var aggregations = default(JsonElement);
        string? pointInTime = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            if (reader.ValueTextEquals("hits"u8))
                hits = ReadHits(ref reader, body);
            else if (reader.ValueTextEquals("aggregations"u8))
                aggregations = ReadElement(ref reader);
            else if (reader.ValueTextEquals("pit_id"u8))
                pointInTime = ReadString(ref reader);
            else if (reader.ValueTextEquals("timed_out"u8))
                RefuseIf(reader.Read() && reader.GetBoolean());
            else if (reader.ValueTextEquals("_shards"u8))
                RefuseIf(ReadElement(ref reader).GetProperty("failed").GetInt32() > 0);
            else
                reader.Skip();
        return new(hits, aggregations, pointInTime);
    }

    /// <summary>Those documents of a lookup that are there.</summary>
    /// <exception cref="ElasticsearchException">One could not be looked for.</exception>
    public static IReadOnlyList<Hit> ReadFound(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span);
        var found = new List<Hit>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                if (ReadHit(ref reader, body) is { Source.IsEmpty: false } hit)
                    found.Add(hit);
        }
        return found;
    }

    static void RefuseIf(bool partial)
    {
        if (partial)
            throw new ElasticsearchException("Elasticsearch answered only in part: a shard failed or was too slow.");
    }

    static List<Hit> ReadHits(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        var hits = new List<Hit>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            if (!reader.ValueTextEquals("hits"u8))
            {
                reader.Skip();
            }
            else
            {
                reader.Read();
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                    hits.Add(ReadHit(ref reader, body));
            }
        return hits;
    }

    static Hit ReadHit(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        var hit = default(Hit);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            if (reader.ValueTextEquals("_index"u8))
                hit = hit with { Index = ReadString(ref reader) };
            else if (reader.ValueTextEquals("_id"u8))
                hit = hit with { Id = ReadString(ref reader) };
            else if (reader.ValueTextEquals("_seq_no"u8))
                hit = hit with { SequenceNumber = ReadNumber(ref reader) };
            else if (reader.ValueTextEquals("_primary_term"u8))
                hit = hit with { PrimaryTerm = ReadNumber(ref reader) };
            else if (reader.ValueTextEquals("_source"u8))
                hit = hit with { Source = ReadRaw(ref reader, body) };
            else if (reader.ValueTextEquals("sort"u8))
                hit = hit with { Sort = ReadRaw(ref reader, body) };
            else if (reader.ValueTextEquals("error"u8))
                RefuseIf(ReadElement(ref reader).ValueKind != JsonValueKind.Null);
            else
                reader.Skip();
        return hit;
    }

    static ReadOnlyMemory<byte> ReadRaw(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return body[start..(int)reader.BytesConsumed];
    }

    static string ReadString(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString()!;
    }

    static long ReadNumber(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetInt64();
    }

    static JsonElement ReadElement(ref Utf8JsonReader reader)
    {
        reader.Read();
        return JsonElement.ParseValue(ref reader);
    }
}
