namespace Caudal.Transactions;

/// <summary>Why a message was not taken.</summary>
/// <param name="Code">One of <see cref="FaultCode"/>: stable, for machines to count by.</param>
/// <param name="Field">The wire name of the field at fault, or null where the message as a whole is.</param>
/// <param name="Sentence">For people: names the field and the value's shape, never the value.</param>
public sealed record Fault(string Code, string? Field, string Sentence)
{
    /// <summary>The one that the bytes alone do not show: hot, or history, holds the id with other contents.</summary>
    public static readonly Fault IdConflict = new(
        FaultCode.IdConflict, Wire.Id, "The id was already taken by a transaction with other contents.");

    /// <summary>The one that an engine raises that will not keep a transaction in which nothing is wrong.</summary>
    /// <param name="field">The wire name of the field that it named, or null.</param>
    /// <param name="where">The index, or what the engine calls it.</param>
    /// <param name="kind">The engine's own word for the error.</param>
    public static Fault StoreRefused(string? field, string where, string kind) => new(
        FaultCode.StoreRefused, field,
        $"The hot store refused it in {where} ({kind}): {(field is null ? "" : $"{field} does not fit a type that was added there; ")}"
        + "put the index right, then send it again.");
}

/// <summary>Every code a rejection can carry. A new rule adds its code here and is raised where it is judged.</summary>
public static class FaultCode
{
    // From here on they are judged from the bytes alone, by TransactionDecoder.

    /// <summary>It has more bytes than a message may have; the first of them, its length and its SHA-256 are kept.</summary>
    public const string TooLarge = "too_large";

    /// <summary>Its bytes are no UTF-8.</summary>
    public const string NotUtf8 = "not_utf8";

    /// <summary>It is no JSON, or goes on after its end.</summary>
    public const string NotJson = "not_json";

    /// <summary>It is JSON, and not one object.</summary>
    public const string NotAnObject = "not_an_object";

    /// <summary>Its objects and arrays are nested too deep.</summary>
    public const string TooDeep = "too_deep";

    /// <summary>An object of it has the same key twice: which one counts is nobody's guess.</summary>
    public const string RepeatedKey = "repeated_key";

    /// <summary>A text of it holds the character NUL, which stores cannot keep.</summary>
    public const string NulCharacter = "nul_character";

    /// <summary>A text of it holds one half of a surrogate pair, which is no character.</summary>
    public const string LoneSurrogate = "lone_surrogate";

    /// <summary>A required field is missing or null.</summary>
    public const string MissingField = "missing_field";

    /// <summary>A field is of another JSON type than its own.</summary>
    public const string WrongType = "wrong_type";

    /// <summary>A required text is empty or white space.</summary>
    public const string Blank = "blank";

    /// <summary>A text has more characters than its field may have.</summary>
    public const string TooLong = "too_long";

    /// <summary>The amount is a text that is no number.</summary>
    public const string AmountNotANumber = "amount_not_a_number";

    /// <summary>The amount is less than zero.</summary>
    public const string AmountNegative = "amount_negative";

    /// <summary>The amount has more than two decimals.</summary>
    public const string AmountDecimals = "amount_decimals";

    /// <summary>The amount is more than can be kept.</summary>
    public const string AmountTooLarge = "amount_too_large";

    /// <summary>The time is none.</summary>
    public const string TimestampInvalid = "timestamp_invalid";

    /// <summary>The time lies in no year that can be kept.</summary>
    public const string TimestampOutOfRange = "timestamp_out_of_range";

    // And from here on from what was there before, or by people.

    /// <summary>The same id was taken before with other contents: an alarm.</summary>
    public const string IdConflict = "id_conflict";

    /// <summary>The hot store's engine will not keep it: its index has a field that the value does not fit.</summary>
    public const string StoreRefused = "store_refused";

    /// <summary>It had been rejected, and the log that held it and the reason was restored from an older backup.</summary>
    public const string Lost = "lost";

    /// <summary>A person declined the rows that a run's quality check had named.</summary>
    public const string Declined = "declined";
}
