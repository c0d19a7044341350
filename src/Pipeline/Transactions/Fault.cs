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
}

/// <summary>Every code a rejection can carry. A new rule adds its code here and is raised where it is judged.</summary>
public static class FaultCode
{
    // Judged from the bytes alone, by TransactionDecoder.
    public const string TooLarge = "too_large";
    public const string NotUtf8 = "not_utf8";
    public const string NotJson = "not_json";
    public const string NotAnObject = "not_an_object";
    public const string TooDeep = "too_deep";
    public const string RepeatedKey = "repeated_key";
    public const string NulCharacter = "nul_character";
    public const string LoneSurrogate = "lone_surrogate";
    public const string MissingField = "missing_field";
    public const string WrongType = "wrong_type";
    public const string Blank = "blank";
    public const string TooLong = "too_long";
    public const string AmountNotANumber = "amount_not_a_number";
    public const string AmountNegative = "amount_negative";
    public const string AmountDecimals = "amount_decimals";
    public const string AmountTooLarge = "amount_too_large";
    public const string TimestampInvalid = "timestamp_invalid";
    public const string TimestampOutOfRange = "timestamp_out_of_range";

    /// <summary>The same id was taken before with other contents: an alarm.</summary>
    public const string IdConflict = "id_conflict";

    /// <summary>It had been rejected, and the log that held it and the reason was restored from an older backup.</summary>
    public const string Lost = "lost";

    /// <summary>A person declined the rows that a run's quality check had named.</summary>
    public const string Declined = "declined";
}
