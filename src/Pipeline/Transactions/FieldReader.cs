using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Caudal.Transactions;

/// <summary>Judges one message's fields. Each method returns false where it found a <see cref="Fault"/>.</summary>
ref struct FieldReader(ReadOnlyMemory<byte> message, in MessageMembers members)
{
    readonly ref readonly MessageMembers _members = ref members;

    public Fault? Fault { get; private set; }

    /// <summary>A UUID, or a text from which one is to be derived, or neither.</summary>
    public bool ReadId(out TransactionId? id, out Utf8Text? text)
    {
        (id, text) = (null, null);
        var value = _members[Field.Id];
        if (value.Kind is JsonKind.None or JsonKind.Null)
            return true;
        if (!ReadText(Field.Id, Wire.IdTextLengthMax, out var read))
            return false;
        if (read.Span.Length == 36 && Utf8Parser.TryParse(read.Span, out Guid uuid, out var consumed, 'D') && consumed == 36)
            id = TransactionId.Of(uuid);
        else
            text = read;
        return true;
    }

    public bool ReadText(Field field, int lengthMax, out Utf8Text text)
    {
        text = default;
        var value = _members[field];
        if (value.Kind is JsonKind.None or JsonKind.Null)
            return Fail(Faults.Missing(field, value));
        if (value.Kind != JsonKind.String)
            return Fail(Faults.WrongType(field, value, "a string"));
        text = new(value.TextOf(message));
        // A description may well be empty; nothing else that names a party, an account, an app or a product may.
        if (field != Field.Detail && IsBlank(text.Span))
            return Fail(Faults.Blank(field, LengthOf(text.Span)));
        // No text has more characters than bytes.
        return text.Span.Length <= lengthMax || LengthOf(text.Span) <= lengthMax
            || Fail(Faults.TooLong(field, LengthOf(text.Span), lengthMax));
    }

    public bool ReadAmount(out Money amount)
    {
        amount = default;
        var value = _members[Field.Amount];
        if (value.Kind is JsonKind.None or JsonKind.Null)
            return Fail(Faults.Missing(Field.Amount, value));
        if (value.Kind is not (JsonKind.Number or JsonKind.String))
            return Fail(Faults.WrongType(Field.Amount, value, "a number, or a string that holds one"));
        return AmountText.Read(value.TextOf(message).Span, out amount) is not { } code || Fail(Faults.Amount(code, Field.Amount, value));
    }

    public bool ReadTimestamp(TimeZoneInfo zone, out Instant timestamp)
    {
        timestamp = default;
        var field = Field.Timestamp;
        if (_members[field].Kind is JsonKind.None or JsonKind.Null && _members[Field.TimestampAlias].Kind != JsonKind.None)
            field = Field.TimestampAlias;
        var value = _members[field];
        if (value.Kind is JsonKind.None or JsonKind.Null)
            return Fail(Faults.Missing(field, value));
        if (value.Kind != JsonKind.String)
            return Fail(Faults.WrongType(field, value, "a string"));
        return TimestampText.Read(value.TextOf(message).Span, zone, out timestamp) is not { } code
            || Fail(Faults.Timestamp(code, field, value));
    }

    bool Fail(Fault fault)
    {
        Fault = fault;
        return false;
    }

    static bool IsBlank(ReadOnlySpan<byte> text)
    {
        if (text is [> (byte)' ' and < 0x7F, ..])
            return false;
        while (Rune.DecodeFromUtf8(text, out var rune, out var consumed) == OperationStatus.Done && Rune.IsWhiteSpace(rune))
            text = text[consumed..];
        return text.IsEmpty;
    }

    /// <summary>In code points: every byte but those that continue one.</summary>
    static int LengthOf(ReadOnlySpan<byte> text)
    {
        var length = 0;
        foreach (var octet in text)
            if ((octet & 0xC0) != 0x80)
                length++;
        return length;
    }
}
