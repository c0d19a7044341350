using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Caudal.Transactions;

/// <summary>The members of a message that the decoder knows.</summary>
enum Field
{
    Id,
    App,
    DebtorId,
    Amount,
    Product,
    DebtorAccount,
    CreditorAccount,
    Detail,
    Timestamp,
    TimestampAlias,
}

/// <summary>Where each known member's value stands in a message, and where the other members do.</summary>
struct MessageMembers
{
    [InlineArray((int)Field.TimestampAlias + 1)]
    struct ValueOfEach
    {
        JsonValue _first;
    }

    ValueOfEach _values;
    List<(int Start, int End)>? _others;

    public readonly JsonValue this[Field field] => _values[(int)field];

    /// <summary>Reads a whole message: well-formed and with nothing in it that is refused, or the first fault from its beginning.</summary>
    public static Fault? Read(ReadOnlySpan<byte> message, out MessageMembers members)
    {
        members = default;
        if (message.Length > Wire.MessageBytesMax)
            return Faults.TooLarge(message.Length);
        if (!Utf8.IsValid(message))
            return Faults.NotUtf8(message);
        var scanner = new JsonScanner(message);
        scanner.SkipByteOrderMark();
        if (!scanner.IsAtObject())
            return scanner.Read(0, out var value) && scanner.ReadEnd() ? Faults.NotAnObject(value) : Faults.Of(scanner, member: null);
        Field? within = null;
        return members.ReadAll(message, ref scanner, ref within) && scanner.ReadEnd() ? null : Faults.Of(scanner, within);
    }

    /// <summary>
    /// The members that are not known, as one object with their raw text in their order, or null. <c>@timestamp</c> is among them where
    /// the message has a <c>timestamp</c> too: Logstash adds its own to every event.
    /// </summary>
    public readonly Utf8Text? Extra(ReadOnlySpan<byte> message)
    {
        if (_others is null)
            return null;
        var length = 1;
        foreach (var (start, end) in _others)
            length += end - start + 1;
        var json = new byte[length];
        var at = 0;
        foreach (var (start, end) in _others)
        {
            json[at++] = at == 1 ? (byte)'{' : (byte)',';
            message[start..end].CopyTo(json.AsSpan(at));
            at += end - start;
        }
        json[at] = (byte)'}';
        return new(json);
    }

    bool ReadAll(ReadOnlySpan<byte> message, ref JsonScanner scanner, ref Field? within)
    {
        const int depth = 1;
        if (!scanner.Open(depth))
            return false;
        var names = new MemberNames(message, stackalloc JsonValue[MemberNames.FewMax]);
        (int Start, int End)? alias = null;
        for (var first = true; scanner.NextMember(first, out var name); first = false)
        {
            within = FieldOf(name, message);
            if (within is { } met ? _values[(int)met].Kind != JsonKind.None : !names.Add(name))
                return scanner.FailAt(name.Start, FaultCode.RepeatedKey, "");
            if (!scanner.Read(depth, out var value))
                return false;
            var member = (Start: name.Start - 1, End: scanner.At);
            if (within is { } field)
                _values[(int)field] = value;
            if (within is null or Field.TimestampAlias)
                (_others ??= []).Add(member);
            if (within is Field.TimestampAlias)
                alias = member;
            within = null;
        }
        if (alias is { } used && this[Field.Timestamp].Kind is JsonKind.None or JsonKind.Null)
            _others = _others!.Count == 1 ? null : [.. _others.Where(member => member != used)];
        return scanner.Fault is null;
    }

    static Field? FieldOf(JsonValue name, ReadOnlySpan<byte> message) =>
        name.Escaped ? FieldOf(name.CopyTextOf(message).Span) : FieldOf(name.Of(message));

    static Field? FieldOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("id"u8) => Field.Id,
        3 when name.SequenceEqual("app"u8) => Field.App,
        12 when name.SequenceEqual("id_ordenante"u8) => Field.DebtorId,
        5 when name.SequenceEqual("valor"u8) => Field.Amount,
        8 when name.SequenceEqual("producto"u8) => Field.Product,
        16 when name.SequenceEqual("cuenta_ordenante"u8) => Field.DebtorAccount,
        19 when name.SequenceEqual("cuenta_beneficiario"u8) => Field.CreditorAccount,
        7 when name.SequenceEqual("detalle"u8) => Field.Detail,
        9 when name.SequenceEqual("timestamp"u8) => Field.Timestamp,
        10 when name.SequenceEqual("@timestamp"u8) => Field.TimestampAlias,
        _ => null,
    };

    /// <summary>A field's name on the wire.</summary>
    public static string NameOf(Field field) => field switch
    {
        Field.Id => Wire.Id,
        Field.App => Wire.App,
        Field.DebtorId => Wire.DebtorId,
        Field.Amount => Wire.Amount,
        Field.Product => Wire.Product,
        Field.DebtorAccount => Wire.DebtorAccount,
        Field.CreditorAccount => Wire.CreditorAccount,
        Field.Detail => Wire.Detail,
        Field.Timestamp => Wire.Timestamp,
        _ => Wire.TimestampAlias,
    };
}
