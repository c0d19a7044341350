using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Caudal.Transactions;

namespace Caudal.History;

/// <summary>How figures stand in the journal's columns: read back exactly as they were written.</summary>
static class JournalJson
{
    static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // What a value computes from itself (a check's verdict) is not part of it.
        IgnoreReadOnlyProperties = true,
        // It goes into a column, not into a page: names stay legible.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new SumConverter(), new DigestConverter(), new JsonStringEnumConverter() },
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, Options)
        ?? throw new FormatException($"The journal holds null where {typeof(T).Name} belongs.");

    sealed class SumConverter : JsonConverter<MoneySum>
    {
        public override MoneySum Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            MoneySum.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, MoneySum value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    sealed class DigestConverter : JsonConverter<Digest>
    {
        public override Digest Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            Digest.Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}

/// <summary>Moments as both engines keep them: UTC in a timestamp without a zone, to the microsecond.</summary>
static class JournalTime
{
    public static DateTime Of(Instant instant) => instant.ToDateTimeOffset().DateTime;

    public static DateTime? Of(Instant? instant) => instant is { } known ? Of(known) : null;

    public static Instant? ToInstant(DateTime? utc) => utc is { } known ? ToInstant(known) : null;

    public static Instant ToInstant(DateTime utc) => Instant.Of(new(DateTime.SpecifyKind(utc, DateTimeKind.Utc)));
}
