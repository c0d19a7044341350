using System.Text.Json;
using System.Text.Json.Serialization;
using Caudal.Access;
using Caudal.Auditing;
using Caudal.Batch;
using Caudal.Ingesting;
using Caudal.Journeys;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Scheduling;
using Caudal.Transactions;
using Microsoft.AspNetCore.Mvc;

namespace Caudal.Dashboard.Api;

/// <summary>How the API writes and reads JSON: camelCase, money and digests as strings, times in ISO 8601.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [
        typeof(MoneySumConverter), typeof(DigestConverter), typeof(InstantConverter), typeof(TransactionIdConverter),
        typeof(PositionConverter), typeof(WatermarkConverter), typeof(CamelCaseEnums<RunState>), typeof(CamelCaseEnums<BatchStepName>),
        typeof(CamelCaseEnums<QualityRule>), typeof(CamelCaseEnums<RejectionState>), typeof(CamelCaseEnums<WorkState>),
        typeof(CamelCaseEnums<DayState>), typeof(CamelCaseEnums<Role>), typeof(CamelCaseEnums<TimeUnit>), typeof(CamelCaseEnums<TopOrder>),
        typeof(CamelCaseEnums<EventLevel>), typeof(CamelCaseEnums<ExportFormat>),
        typeof(CamelCaseEnums<Place>), typeof(CamelCaseEnums<Milestone>)])]
[JsonSerializable(typeof(OwnerAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(Reconciliation))]
[JsonSerializable(typeof(VerifyAnswer))]
[JsonSerializable(typeof(NewRun))]
[JsonSerializable(typeof(RunAnswer))]
[JsonSerializable(typeof(RunDetail))]
[JsonSerializable(typeof(RunAnswer[]))]
[JsonSerializable(typeof(RunProgress))]
[JsonSerializable(typeof(LogDay[]))]
[JsonSerializable(typeof(Decision))]
[JsonSerializable(typeof(RejectionAnswer))]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(CountRequest))]
[JsonSerializable(typeof(CountAnswer))]
[JsonSerializable(typeof(HistogramRequest))]
[JsonSerializable(typeof(HistogramAnswer))]
[JsonSerializable(typeof(TopRequest))]
[JsonSerializable(typeof(TopValuesAnswer))]
[JsonSerializable(typeof(PercentilesRequest))]
[JsonSerializable(typeof(PercentilesAnswer))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(IngestAnswer))]
[JsonSerializable(typeof(AskedRange[]))]
[JsonSerializable(typeof(RangeAccount))]
[JsonSerializable(typeof(LogLoss))]
[JsonSerializable(typeof(NewEpoch))]
[JsonSerializable(typeof(JourneyAnswer))]
[JsonSerializable(typeof(DoorReply))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(LiveAnswer))]
[JsonSerializable(typeof(TokenWish))]
[JsonSerializable(typeof(ExportWish))]
[JsonSerializable(typeof(FailingRow))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(EventEntry))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TokenAnswer[]))]
[JsonSerializable(typeof(NewTokenAnswer))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class ApiJson : JsonSerializerContext;

/// <summary>Enum members as camelCase words; numbers are refused.</summary>
sealed class CamelCaseEnums<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false) where T : struct, Enum;

/// <summary>A value that is written as the text it has for people, and read back from it.</summary>
abstract class TextConverter<T>(Func<string, T> parse) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("A string is expected here.");
        try
        {
            return parse(text);
        }
        catch (FormatException malformed)
        {
            throw new JsonException(malformed.Message, malformed);
        }
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value!.ToString());
}

sealed class MoneySumConverter() : TextConverter<MoneySum>(MoneySum.Parse);

sealed class DigestConverter() : TextConverter<Digest>(Digest.Parse);

sealed class InstantConverter() : TextConverter<Instant>(
    text => Moments.TryParse(text, TimeZoneInfo.Utc, out var instant)
        ? instant
        : throw new FormatException("A time is written as ISO 8601."));

sealed class TransactionIdConverter() : TextConverter<TransactionId>(TransactionId.Parse);

sealed class PositionConverter() : TextConverter<Position>(Position.Parse);

/// <summary>A watermark is an object of <c>"epoch/partition": next</c>.</summary>
sealed class WatermarkConverter : JsonConverter<Watermark>
{
    public override Watermark Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        try
        {
            return document.RootElement.EnumerateObject().Aggregate(
                Watermark.Zero, (sum, entry) => sum.With(LogPartition.Parse(entry.Name), entry.Value.GetInt64()));
        }
        catch (Exception malformed)
            when (malformed is FormatException or InvalidOperationException or ArgumentException or OverflowException)
        {
            throw new JsonException("A watermark is an object of \"epoch/partition\": next offset.", malformed);
        }
    }

    public override void Write(Utf8JsonWriter writer, Watermark value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (partition, next) in value.Partitions)
            writer.WriteNumber(partition.ToString(), next);
        writer.WriteEndObject();
    }
}
