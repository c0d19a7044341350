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
    public const string Extra = "extra";

    public const int MessageBytesMax = 64 * 1024;
    public const int DepthMax = 8;
}
