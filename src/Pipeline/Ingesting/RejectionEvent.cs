using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Ingesting;

/// <summary>What can happen to a message that was not taken.</summary>
enum RejectionEventKind
{
    Rejected,
    Resent,
    Discarded,
}

/// <summary>
/// One message of topic <c>&lt;topic&gt;.rejections</c>: keyed by the origin's position, described by headers after Kafka Connect's
/// convention and a few of our own, its value the exact bytes. This file is the format: what is written here is what is read here.
/// </summary>
sealed record RejectionEvent(RejectionEventKind Kind, Position Origin, Instant At)
{
    const int Version = 1;

    const string VersionHeader = "caudal.version";
    const string KindHeader = "caudal.event";
    const string AtHeader = "caudal.at";
    const string EpochHeader = "caudal.epoch";
    const string CodeHeader = "caudal.code";
    const string FieldHeader = "caudal.field";
    const string LengthHeader = "caudal.length";
    const string Sha256Header = "caudal.sha256";
    const string AssignedIdHeader = "caudal.assigned_id";
    const string ActorHeader = "caudal.actor";
    const string WhyHeader = "caudal.why";

    // Kafka Connect's names, so that the tools which read its dead letter queues read this one.
    const string TopicHeader = "__connect.errors.topic";
    const string PartitionHeader = "__connect.errors.partition";
    const string OffsetHeader = "__connect.errors.offset";
    const string SentenceHeader = "__connect.errors.exception.message";

    static readonly Fault LostWithItsLog = new(
        FaultCode.Lost, Field: null, "It had been rejected; its bytes and the reason were lost when the log was restored from a backup.");

    public Fault? Fault { get; init; }

    /// <summary>The message, or the first 64 KiB of a larger one; empty where the event is a person's.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Of the whole message.</summary>
    public long Length { get; init; }

    /// <summary>Of the whole message, in lower-case hexadecimal.</summary>
    public string? Sha256 { get; init; }

    public TransactionId AssignedId { get; init; }

    public string? Actor { get; init; }

    public string? Why { get; init; }

    public static RejectionEvent Rejected(string topic, in LogRecord record, Fault fault, Instant at)
    {
        var bytes = record.Message.Value;
        var (length, sha256) = CutIn(record.Message) ?? (bytes.Length, Sha256Of(bytes));
        return new(RejectionEventKind.Rejected, record.Position, at)
        {
            Fault = fault,
            Bytes = bytes[..Math.Min(bytes.Length, Wire.MessageBytesMax)],
            Length = length,
            Sha256 = sha256,
            AssignedId = MessageOrigin.Of(topic, record).AssignedId ?? DerivedId.OfPosition(topic, record.Position),
        };
    }

    public static RejectionEvent Lost(string topic, Position position, string actor, Instant at) =>
        new(RejectionEventKind.Rejected, position, at)
        {
            Fault = LostWithItsLog,
            AssignedId = DerivedId.OfPosition(topic, position),
            Actor = actor,
        };

    /// <summary>
    /// The headers of a message that its sender cut one byte after 64 KiB, since nothing beyond is kept: they tell the whole one's length
    /// and hash (lower-case hexadecimal).
    /// </summary>
    public static IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> HeadersOfCut(long length, string sha256) =>
        [new(LengthHeader, Encoding.UTF8.GetBytes(Invariant(length))), new(Sha256Header, Encoding.UTF8.GetBytes(sha256))];

    static (long Length, string Sha256)? CutIn(in LogMessage message) =>
        message.Value.Length > Wire.MessageBytesMax
        && message.Header(LengthHeader) is { } length && message.Header(Sha256Header) is { Length: 64 } sha256
        && long.TryParse(length.Span, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
            ? (whole, Encoding.ASCII.GetString(sha256.Span))
            : null;

    public static string Sha256Of(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes.Span));

    public LogMessage ToMessage(string originTopic)
    {
        List<KeyValuePair<string, ReadOnlyMemory<byte>>> headers = [];
        Add(VersionHeader, Invariant(Version));
        Add(KindHeader, Kind.ToString().ToLowerInvariant());
        Add(AtHeader, At.ToString());
        Add(TopicHeader, originTopic);
        Add(EpochHeader, Origin.Epoch.ToString("D"));
        Add(PartitionHeader, Invariant(Origin.Partition));
        Add(OffsetHeader, Invariant(Origin.Offset));
        if (Kind == RejectionEventKind.Rejected)
        {
            Add(CodeHeader, Fault?.Code);
            Add(FieldHeader, Fault?.Field);
            Add(SentenceHeader, Fault?.Sentence);
            Add(LengthHeader, Invariant(Length));
            Add(Sha256Header, Sha256);
            Add(AssignedIdHeader, AssignedId.ToString());
        }
        Add(ActorHeader, Actor);
        Add(WhyHeader, Why);
        return new(Bytes, Encoding.UTF8.GetBytes(Origin.ToString())) { Headers = headers };

        void Add(string name, string? text)
        {
            if (text is not null)
                headers.Add(new(name, Encoding.UTF8.GetBytes(text)));
        }
    }

    /// <exception cref="InvalidDataException">The event is not one of ours, or of a newer version.</exception>
    public static RejectionEvent Read(LogRecord record)
    {
        var message = record.Message;
        var version = Needed(VersionHeader);
        if (version != Invariant(Version))
            throw Unreadable($"is of version {version}, this program reads version {Version}");
        var kind = Needed(KindHeader) switch
        {
            "rejected" => RejectionEventKind.Rejected,
            "resent" => RejectionEventKind.Resent,
            "discarded" => RejectionEventKind.Discarded,
            _ => throw Unreadable($"has an unknown {KindHeader}"),
        };
        var occurred = DateTimeOffset.Parse(Needed(AtHeader), CultureInfo.InvariantCulture);
        return new(kind, Position.Parse(Encoding.UTF8.GetString(message.Key.Span)), Instant.Of(occurred))
        {
            Fault = kind == RejectionEventKind.Rejected ? new(Needed(CodeHeader), Text(FieldHeader), Text(SentenceHeader) ?? "") : null,
            Bytes = message.Value,
            Length = Text(LengthHeader) is { } length ? long.Parse(length, CultureInfo.InvariantCulture) : 0,
            Sha256 = Text(Sha256Header),
            AssignedId = Text(AssignedIdHeader) is { } id ? TransactionId.Parse(id) : default,
            Actor = Text(ActorHeader),
            Why = Text(WhyHeader),
        };

        string? Text(string name) => message.Header(name) is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

        string Needed(string name) => Text(name) ?? throw Unreadable($"has no header {name}");

        InvalidDataException Unreadable(string what) => new($"The rejection event at {record.Position} {what}.");
    }

    static string Invariant(long number) => number.ToString(CultureInfo.InvariantCulture);
}
