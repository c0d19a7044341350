using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Caudal.Transactions;

/// <summary>
/// Writes a transaction as the API and <c>--json</c> show it, with the names of <see cref="Wire"/>: <c>id</c>, <c>id_texto</c> where the
/// sender's id was a text, the brief's eight fields, <c>batch_date</c> once settled, <c>extra</c> where there is any, <c>position</c>,
/// <c>appended_at</c> and <c>indexed_at</c> where known, and <c>digest</c>. The amount is a string, so that no reader takes it for a
/// floating-point number; times are UTC with six decimals. What is not known is left out, not null.
/// </summary>
public static class WireJson
{
    /// <summary>For writers of these: text stays legible. It is JSON, to be escaped like any text where it is put into HTML.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One by itself.</summary>
    public static ReadOnlyMemory<byte> ToUtf8(Transaction transaction)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, WriterOptions))
            Write(json, transaction);
        return bytes.WrittenMemory;
    }

    public static void Write(Utf8JsonWriter writer, Transaction transaction)
    {
        writer.WriteStartObject();
        WriteAsSent(writer, transaction);
        if (transaction.BatchDate is { } day)
            writer.WriteString(Wire.BatchDate, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        if (transaction.Extra is { } extra)
            WriteExtra(writer, extra);
        if (transaction.Position != default)
            writer.WriteString(Wire.Position, transaction.Position.ToString());
        if (transaction.AppendedAt != default)
            writer.WriteString(Wire.AppendedAt, transaction.AppendedAt.ToString());
        if (transaction.IndexedAt != default)
            writer.WriteString(Wire.IndexedAt, transaction.IndexedAt.ToString());
        writer.WriteString(Wire.Digest, transaction.Digest.ToString());
        writer.WriteEndObject();
    }

    /// <summary>The members that a sender gives, within an object that is open.</summary>
    public static void WriteAsSent(Utf8JsonWriter writer, Transaction transaction)
    {
        writer.WriteString(Wire.Id, transaction.Id.ToGuid());
        if (transaction.IdText is { } idText)
            writer.WriteString(Wire.IdText, idText.Span);
        writer.WriteString(Wire.App, transaction.App.Span);
        writer.WriteString(Wire.DebtorId, transaction.DebtorId.Span);
        writer.WriteString(Wire.Amount, transaction.Amount.ToString());
        writer.WriteString(Wire.Product, transaction.Product.Span);
        writer.WriteString(Wire.DebtorAccount, transaction.DebtorAccount.Span);
        writer.WriteString(Wire.CreditorAccount, transaction.CreditorAccount.Span);
        writer.WriteString(Wire.Detail, transaction.Detail.Span);
        writer.WriteString(Wire.Timestamp, transaction.Timestamp.ToString());
    }

    /// <summary>As it was sent. A row that was damaged by hand must not break the whole answer: what is no JSON becomes a string.</summary>
    static void WriteExtra(Utf8JsonWriter writer, Utf8Text extra)
    {
        writer.WritePropertyName(Wire.Extra);
        if (JsonScanner.IsObject(extra.Span))
            writer.WriteRawValue(extra.Span, skipInputValidation: true);
        else
            writer.WriteStringValue(extra.ToString());
    }
}
