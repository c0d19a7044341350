using System.Globalization;
using System.Text;
using System.Text.Json;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Engines.Elasticsearch;

/// <summary>
/// A transaction as a document: the brief's fields under the brief's names, ours beside them. Amount and digest are texts, since
/// a number may be rewritten on its way; what is only searched or added up is derived from the others, and never read back.
/// </summary>
static class TransactionDocument
{
    public const string Epoch = "epoch";
    public const string Partition = "partition";
    public const string Offset = "offset";

    /// <summary>The amount in cents, by which it is compared and ordered.</summary>
    public const string Cents = "valor_centavos";

    /// <summary>The detail with case and accents removed: what queries compare.</summary>
    public const string FoldedDetail = "detalle_plegado";

    /// <summary>The digest's upper half, as a signed number of the same order.</summary>
    public const string DigestOrder = "digest_order";

    /// <summary>What tells who took an id: for lookups.</summary>
    public const string IdentityFields = $"{Epoch},{Partition},{Offset},{Wire.Digest}";

    public static void Write(Utf8JsonWriter writer, Transaction row, Instant indexedAt, Span<byte> room)
    {
        writer.WriteStartObject();
        WireJson.WriteAsSent(writer, row);
        if (row.Extra is { } extra)
            writer.WriteString(Wire.Extra, extra.Span);
        WriteOrigin(writer, row);
        writer.WriteString(Wire.IndexedAt, indexedAt.ToString());
        writer.WriteString(FoldedDetail, FoldedText.Fold(row.Detail.Span, room));
        writer.WriteNumber(Cents, row.Amount.Cents);
        writer.WriteNumber(DigestOrder, OrderOf(row.Digest.High));
        ExactSums.Write(writer, row.Amount, row.Digest);
        writer.WriteEndObject();
    }

    public static void WriteDuplicate(Utf8JsonWriter writer, Transaction duplicate)
    {
        writer.WriteStartObject();
        writer.WriteString(Wire.Id, duplicate.Id.ToGuid());
        writer.WriteString(Wire.Amount, duplicate.Amount.ToString());
        WriteOrigin(writer, duplicate);
        ExactSums.Write(writer, duplicate.Amount, duplicate.Digest);
        writer.WriteEndObject();
    }

    /// <exception cref="InvalidDataException">It is no document that this class wrote.</exception>
    public static Transaction Read(Hit hit)
    {
        var fields = DocumentFields.Read(hit);
        return new()
        {
            Id = fields.Id,
            IdText = fields.IdText,
            App = fields.App,
            DebtorId = fields.DebtorId,
            Amount = fields.Amount,
            Product = fields.Product,
            DebtorAccount = fields.DebtorAccount,
            CreditorAccount = fields.CreditorAccount,
            Detail = fields.Detail,
            Timestamp = fields.Timestamp,
            Extra = fields.Extra,
            Position = fields.Position,
            AppendedAt = fields.AppendedAt,
            IndexedAt = fields.IndexedAt,
            Digest = fields.Digest,
        };
    }

    public static Duplicate ReadDuplicate(Hit hit)
    {
        var fields = DocumentFields.Read(hit);
        return new(fields.Position, fields.Id, fields.Amount, fields.Digest);
    }

    public static long OrderOf(ulong digestHigh) => unchecked((long)(digestHigh ^ 1UL << 63));

    /// <summary>About how many bytes the row's document has, a little too many.</summary>
    public static int EstimateBytes(Transaction row) =>
        1_024 + row.App.Span.Length + row.Product.Span.Length + 2 * row.Detail.Span.Length + 2 * (row.Extra?.Span.Length ?? 0);

    static void WriteOrigin(Utf8JsonWriter writer, Transaction row)
    {
        writer.WriteString(Epoch, row.Position.Epoch);
        writer.WriteNumber(Partition, row.Position.Partition);
        writer.WriteNumber(Offset, row.Position.Offset);
        if (row.AppendedAt != default)
            writer.WriteString(Wire.AppendedAt, row.AppendedAt.ToString());
        writer.WriteString(Wire.Digest, row.Digest.ToString());
    }
}

/// <summary>The fields of a document, as they are read one by one.</summary>
ref struct DocumentFields
{
    Guid _epoch;
    int _partition;
    long _offset;

    public TransactionId Id;
    public Utf8Text? IdText;
    public Utf8Text App;
    public Utf8Text DebtorId;
    public Money Amount;
    public Utf8Text Product;
    public Utf8Text DebtorAccount;
    public Utf8Text CreditorAccount;
    public Utf8Text Detail;
    public Instant Timestamp;
    public Utf8Text? Extra;
    public Instant AppendedAt;
    public Instant IndexedAt;
    public Digest Digest;

    public readonly Position Position => new(_epoch, _partition, _offset);

    public static DocumentFields Read(Hit hit) => Read(hit.Source, $"Document {hit.Id} of index {hit.Index}");

    /// <param name="name">For the error.</param>
    public static DocumentFields Read(ReadOnlyMemory<byte> source, string name)
    {
        try
        {
            var fields = new DocumentFields();
            var reader = new Utf8JsonReader(source.Span);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                fields.ReadField(ref reader);
            return fields;
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException or InvalidOperationException or OverflowException)
        {
            throw new InvalidDataException($"{name} is not as Caudal wrote it: somebody changed it. 'caudal verify' names what differs.");
        }
    }

    void ReadField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals(Wire.Id))
            Id = TransactionId.Of(Value(ref reader).GetGuid());
        else if (reader.ValueTextEquals(Wire.IdText))
            IdText = Text(ref reader);
        else if (reader.ValueTextEquals(Wire.App))
            App = Text(ref reader);
        else if (reader.ValueTextEquals(Wire.DebtorId))
            DebtorId = Text(ref reader);
        else if (reader.ValueTextEquals(Wire.Amount))
            Amount = ReadAmount(ref reader);
        else if (reader.ValueTextEquals(Wire.Product))
            Product = Text(ref reader);
        else if (reader.ValueTextEquals(Wire.DebtorAccount))
            DebtorAccount = Text(ref reader);
        else if (reader.ValueTextEquals(Wire.CreditorAccount))
            CreditorAccount = Text(ref reader);
        else if (reader.ValueTextEquals(Wire.Detail))
            Detail = Text(ref reader);
        else if (reader.ValueTextEquals(Wire.Timestamp))
            Timestamp = ReadInstant(ref reader);
        else if (reader.ValueTextEquals(Wire.Extra))
            Extra = Text(ref reader);
        else if (reader.ValueTextEquals(TransactionDocument.Epoch))
            _epoch = Value(ref reader).GetGuid();
        else if (reader.ValueTextEquals(TransactionDocument.Partition))
            _partition = Value(ref reader).GetInt32();
        else if (reader.ValueTextEquals(TransactionDocument.Offset))
            _offset = Value(ref reader).GetInt64();
        else if (reader.ValueTextEquals(Wire.AppendedAt))
            AppendedAt = ReadInstant(ref reader);
        else if (reader.ValueTextEquals(Wire.IndexedAt))
            IndexedAt = ReadInstant(ref reader);
        else if (reader.ValueTextEquals(Wire.Digest))
            Digest = Digest.Parse(Value(ref reader).GetString()!);
        else
            reader.Skip();
    }

    static ref Utf8JsonReader Value(ref Utf8JsonReader reader)
    {
        reader.Read();
        return ref reader;
    }

    static Utf8Text Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        var text = new byte[reader.ValueSpan.Length];
        var length = reader.CopyString(text);
        return new(text.AsMemory(0, length));
    }

    /// <summary>A number too, as a hand that changed it may have left there: its digest will tell.</summary>
    static Money ReadAmount(ref Utf8JsonReader reader)
    {
        reader.Read();
        var text = Encoding.UTF8.GetString(reader.ValueSpan);
        return new((long)(decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) * 100));
    }

    static Instant ReadInstant(ref Utf8JsonReader reader)
    {
        reader.Read();
        return Instant.Parse(reader.ValueSpan);
    }
}
