namespace Caudal.Transactions;

/// <summary>
/// The one place where the names on the wire, in the stores' columns and on screen meet ours. The brief's are Spanish;
/// C# follows ISO 20022 (debtor = ordenante, creditor = beneficiario).
/// </summary>
public static class Wire
{
    public const string Id = "id";
    public const string IdText = "id_texto";
    public const string App = "app";
    public const string DebtorId = "id_ordenante";
    public const string Amount = "valor";
    public const string Product = "producto";
    public const string DebtorAccount = "cuenta_ordenante";
    public const string CreditorAccount = "cuenta_beneficiario";
    public const string Detail = "detalle";
    public const string Timestamp = "timestamp";

    /// <summary>What Logstash calls <see cref="Timestamp"/>; accepted in its place.</summary>
    public const string TimestampAlias = "@timestamp";

    public const string BatchDate = "batch_date";

    /// <summary>
    /// A message's other members. They come in beside the known ones and go out, as in the stores' columns, under this one name: there
    /// they can never stand twice or be taken for ours.
    /// </summary>
    public const string Extra = "extra";

    // What the pipeline adds and answers, never reads from a message.
    public const string Position = "position";
    public const string AppendedAt = "appended_at";
    public const string IndexedAt = "indexed_at";
    public const string Digest = "digest";

    // Lengths are in Unicode code points.
    public const int IdTextLengthMax = 64;
    public const int AppLengthMax = 100;
    public const int PartyLengthMax = 34;
    public const int ProductLengthMax = 100;
    public const int DetailLengthMax = 500;

    public const int MessageBytesMax = 64 * 1024;

    /// <summary>How many arrays and objects may be open at once, the message itself included.</summary>
    public const int DepthMax = 8;
}
