using System.Buffers.Binary;
using Caudal.Log;

namespace Caudal.Transactions;

/// <summary>What judging one message came to: exactly one of the two is set.</summary>
public readonly record struct Judgement(Transaction? Accepted, Fault? Fault);

/// <summary>Where a message comes from, as far as judging it needs to know.</summary>
/// <param name="Topic">Part of every derived id.</param>
/// <param name="Position">Its place in the log; the default at the HTTP door, before it has one.</param>
/// <param name="AssignedId">The id that the door or the import derived and sent along as a header, for a message that brings none.</param>
public readonly record struct MessageOrigin(string Topic, Position Position, Instant AppendedAt, TransactionId? AssignedId)
{
    /// <summary>The origin of a message that the log holds. A header that is no id is no one's word, and ignored.</summary>
    public static MessageOrigin Of(string topic, in LogRecord record) => new(
        topic, record.Position, record.AppendedAt,
        record.Message.Header(TransactionDecoder.IdHeader) is { Length: 16 } id
            ? new(BinaryPrimitives.ReadUInt128BigEndian(id.Span))
            : null);

    /// <summary>The headers that carry an id which was derived before the message had a position.</summary>
    public static IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> HeadersOf(TransactionId assigned)
    {
        var id = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(id, assigned.Value);
        return [new(TransactionDecoder.IdHeader, id)];
    }
}

/// <summary>
/// Judges messages: the one place where bytes become a transaction or a fault. Pure: same bytes, origin and zone, same answer. May be
/// called from many threads. Of several faults it names the first: those of the JSON before those of the fields, which are looked at in
/// the order below. A member that is null counts as missing. The transaction's texts are views on the message, which must not change.
/// </summary>
/// <param name="zone">The business zone, in which a time without an offset is read.</param>
public sealed class TransactionDecoder(TimeZoneInfo zone)
{
    /// <summary>The log header that carries <see cref="MessageOrigin.AssignedId"/>: 16 bytes, big-endian.</summary>
    public const string IdHeader = "caudal.id";

    public Judgement Decode(ReadOnlyMemory<byte> message, in MessageOrigin origin)
    {
        if (MessageMembers.Read(message.Span, out var members) is { } malformed)
            return new(null, malformed);
        var fields = new FieldReader(message, members);
        if (!(fields.ReadId(out var id, out var idText)
            && fields.ReadText(Field.App, Wire.AppLengthMax, out var app)
            && fields.ReadText(Field.DebtorId, Wire.PartyLengthMax, out var debtorId)
            && fields.ReadAmount(out var amount)
            && fields.ReadText(Field.Product, Wire.ProductLengthMax, out var product)
            && fields.ReadText(Field.DebtorAccount, Wire.PartyLengthMax, out var debtorAccount)
            && fields.ReadText(Field.CreditorAccount, Wire.PartyLengthMax, out var creditorAccount)
            && fields.ReadText(Field.Detail, Wire.DetailLengthMax, out var detail)
            && fields.ReadTimestamp(zone, out var timestamp)))
            return new(null, fields.Fault);
        var transaction = new Transaction
        {
            Id = id ?? Identify(idText, app, origin),
            IdText = idText,
            App = app,
            DebtorId = debtorId,
            Amount = amount,
            Product = product,
            DebtorAccount = debtorAccount,
            CreditorAccount = creditorAccount,
            Detail = detail,
            Timestamp = timestamp,
            Extra = members.Extra(message.Span),
            Position = origin.Position,
            AppendedAt = origin.AppendedAt,
            Digest = default,
        };
        return new(transaction with { Digest = CanonicalForm.DigestOf(transaction) }, null);
    }

    /// <summary>The id that a message has or would get, whether or not it is taken; null where it is too broken to tell.</summary>
    public static TransactionId? IdOf(ReadOnlyMemory<byte> message, in MessageOrigin origin)
    {
        if (MessageMembers.Read(message.Span, out var members) is not null)
            return null;
        var fields = new FieldReader(message, members);
        return fields.ReadId(out var id, out var idText) && fields.ReadText(Field.App, Wire.AppLengthMax, out var app)
            ? id ?? Identify(idText, app, origin)
            : null;
    }

    static TransactionId Identify(Utf8Text? idText, Utf8Text app, in MessageOrigin origin) =>
        idText is { } text ? DerivedId.OfText(origin.Topic, app, text)
        : origin.AssignedId ?? DerivedId.OfPosition(origin.Topic, origin.Position);
}
