using System.Text;

namespace Caudal.Transactions;

/// <summary>
/// What is said about each fault of a message: where it is and what shape the value has, never the value. The names of members that we
/// do not know are the sender's own words and are not repeated either. Bytes are counted from 1.
/// </summary>
static class Faults
{
    public static Fault TooLarge(int length) =>
        Of(FaultCode.TooLarge, null, $"has {length} bytes; {Wire.MessageBytesMax} are allowed.");

    public static Fault NotUtf8(ReadOnlySpan<byte> message)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(message[at..], out _, out var consumed) == System.Buffers.OperationStatus.Done)
            at += consumed;
        return message[at..] is [0xED, >= 0xA0 and <= 0xBF, ..]
            ? Of(FaultCode.LoneSurrogate, null, $"holds a surrogate at byte {at + 1}, which is no character of UTF-8.")
            : Of(FaultCode.NotUtf8, null, $"is not valid UTF-8 at byte {at + 1}.");
    }

    public static Fault NotAnObject(JsonValue value) =>
        Of(FaultCode.NotAnObject, null, $"is {ShapeOf(value)}; it must be one JSON object.");

    /// <summary>What stopped the scanner, in the value of <paramref name="member"/> where that is known.</summary>
    public static Fault Of(in JsonScanner scanner, Field? member)
    {
        var field = member is { } known ? MessageMembers.NameOf(known) : null;
        var subject = field ?? "The message";
        var place = scanner.IsAtEnd ? "at the message's end" : $"at byte {scanner.At + 1}";
        return new(scanner.Fault!, field, scanner.Fault switch
        {
            FaultCode.TooDeep => $"{subject} is nested more than {Wire.DepthMax} deep {place}.",
            FaultCode.RepeatedKey => $"A key is repeated {place}{(field is null ? "" : $" ({field})")}.",
            FaultCode.NulCharacter => $"{subject} holds a NUL character {place}.",
            FaultCode.LoneSurrogate => $"{subject} escapes one half of a surrogate pair without the other {place}.",
            FaultCode.NotJson => $"{subject} is not valid JSON {place}: {scanner.Expected} was expected.",
            var other => throw NoSentence(other),
        });
    }

    public static Fault Missing(Field field, JsonValue value) =>
        Of(FaultCode.MissingField, field, value.Kind == JsonKind.Null ? "is null; it is required." : "is missing; it is required.");

    public static Fault WrongType(Field field, JsonValue value, string wanted) =>
        Of(FaultCode.WrongType, field, $"is {ShapeOf(value)}; it must be {wanted}.");

    public static Fault Blank(Field field, int length) =>
        Of(FaultCode.Blank, field, length == 0 ? "is an empty string." : $"is nothing but white space ({length} characters).");

    public static Fault TooLong(Field field, int length, int lengthMax) =>
        Of(FaultCode.TooLong, field, $"has {length} characters; {lengthMax} are allowed.");

    public static Fault Amount(string code, Field field, JsonValue value) => Of(code, field, code switch
    {
        FaultCode.AmountNegative => "is negative; it must be zero or more.",
        FaultCode.AmountDecimals => "has more than two decimals.",
        FaultCode.AmountTooLarge => $"is more than {Money.Max}.",
        FaultCode.AmountNotANumber =>
            $"is {ShapeOf(value)} that is not a number such as 367.60: digits, a point before at most two decimals, no other separator.",
        _ => throw NoSentence(code),
    });

    public static Fault Timestamp(string code, Field field, JsonValue value) => Of(code, field, code switch
    {
        FaultCode.TimestampOutOfRange => "lies outside of the years 1970 to 2261 (UTC).",
        FaultCode.TimestampInvalid => $"is {ShapeOf(value)} that is not a date and time such as 2025-09-13T05:12:15.093369Z (ISO 8601).",
        _ => throw NoSentence(code),
    });

    /// <summary>A code that was added without its sentence is a bug here, never a wrong sentence.</summary>
    static ArgumentOutOfRangeException NoSentence(string? code) => new(nameof(code), code, "This code has no sentence.");

    static string ShapeOf(JsonValue value) => value.Kind switch
    {
        JsonKind.Null => "null",
        JsonKind.Boolean => "true or false",
        JsonKind.Number => "a number",
        JsonKind.Array => "an array",
        JsonKind.Object => "an object",
        _ when value.Length == 0 => "an empty string",
        _ => "a string",
    };

    static Fault Of(string code, Field? field, string rest)
    {
        var name = field is { } known ? MessageMembers.NameOf(known) : null;
        return new(code, name, $"{name ?? "The message"} {rest}");
    }
}
