using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Caudal.Transactions;

namespace Caudal.Auditing;

/// <summary>Who did what to what, when, and what came of it. It names runs, positions and tokens, and never a person's data.</summary>
/// <param name="Action">One of <see cref="AuditActions"/>.</param>
/// <param name="Object">What it was done to: <c>run 3</c>, a rejection's position, a token's id.</param>
/// <param name="Outcome"><see cref="Begun"/>, then <c>done</c> with what came of it, or <c>failed</c> with the kind of failure.</param>
public sealed record AuditEntry(Instant Time, string Actor, string Action, string Object, string Outcome)
{
    public const string Begun = "begun";
    public const string Done = "done";
    public const string Failed = "failed";
}

/// <summary>Everything that is audited, by name.</summary>
public static class AuditActions
{
    public const string Send = "transactions.send";
    public const string Export = "transactions.export";
    public const string Reveal = "transactions.reveal";
    public const string Import = "transactions.import";
    public const string Generate = "transactions.generate";
    public const string CreateRun = "run.create";
    public const string TakeRun = "run.take";
    public const string StepRun = "run.step";
    public const string ApproveRun = "run.approve";
    public const string DeclineRun = "run.decline";
    public const string ResendRejection = "rejection.resend";
    public const string DiscardRejection = "rejection.discard";
    public const string BeginEpoch = "log.new-epoch";
    public const string CreateToken = "token.create";
    public const string RevokeToken = "token.revoke";
}

/// <summary>How serious an event is; what is less than a warning is none.</summary>
public enum EventLevel
{
    Warning,
    Error,
    Critical,
}

/// <summary>A warning, an error or an alarm of the program itself, in its own words.</summary>
/// <param name="Id">Of the log message, the same in every version; 0 where it has none.</param>
/// <param name="Category">The part of the program that says it.</param>
/// <param name="Fault">The kind of exception behind it, or null. What that says may hold anything, and stays in the process's own
/// log.</param>
public sealed record EventEntry(Instant Time, EventLevel Level, int Id, string Category, string Message, string? Fault);

/// <summary>How the entries stand in their topics: JSON with a version, so that a newer one is refused and an older one read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(InstantText), typeof(JsonStringEnumConverter<EventLevel>)])]
[JsonSerializable(typeof(Versioned<AuditEntry>))]
[JsonSerializable(typeof(Versioned<EventEntry>))]
sealed partial class RecordJson : JsonSerializerContext;

sealed record Versioned<T>(int Version, T Entry);

sealed class InstantText : JsonConverter<Instant>
{
    public override Instant Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Instant.Of(DateTimeOffset.Parse(reader.GetString()!, CultureInfo.InvariantCulture));

    public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
