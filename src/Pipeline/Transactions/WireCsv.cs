using System.Buffers;
using System.Globalization;
using System.Text;

namespace Caudal.Transactions;

/// <summary>
/// Writes transactions as CSV for spreadsheets (RFC 4180, UTF-8, a header, lines end in CR LF), with the names of <see cref="Wire"/>. A
/// sender's text that a spreadsheet would take for a formula (it begins with <c>= + - @</c>, a tab or a carriage return) gets an
/// apostrophe before it; what we write ourselves, the amount among it, never needs one.
/// </summary>
public static class WireCsv
{
    static readonly SearchValues<byte> Formula = SearchValues.Create("=+-@\t\r"u8);
    static readonly SearchValues<byte> Special = SearchValues.Create("\",\r\n"u8);

    static readonly string[] Columns =
    [
        Wire.Id, Wire.IdText, Wire.App, Wire.DebtorId, Wire.Amount, Wire.Product, Wire.DebtorAccount, Wire.CreditorAccount, Wire.Detail,
        Wire.Timestamp, Wire.BatchDate, Wire.Extra, Wire.Position, Wire.AppendedAt, Wire.IndexedAt, Wire.Digest,
    ];

    public static void WriteHeader(IBufferWriter<byte> output) => output.Write(Encoding.UTF8.GetBytes(string.Join(',', Columns) + "\r\n"));

    public static void Write(IBufferWriter<byte> output, Transaction transaction)
    {
        Ours(output, transaction.Id.ToString());
        Theirs(output, transaction.IdText);
        Theirs(output, transaction.App);
        Theirs(output, transaction.DebtorId);
        Ours(output, transaction.Amount.ToString());
        Theirs(output, transaction.Product);
        Theirs(output, transaction.DebtorAccount);
        Theirs(output, transaction.CreditorAccount);
        Theirs(output, transaction.Detail);
        Ours(output, transaction.Timestamp.ToString());
        Ours(output, transaction.BatchDate?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "");
        Theirs(output, transaction.Extra);
        Ours(output, transaction.Position == default ? "" : transaction.Position.ToString());
        Ours(output, transaction.AppendedAt == default ? "" : transaction.AppendedAt.ToString());
        Ours(output, transaction.IndexedAt == default ? "" : transaction.IndexedAt.ToString());
        output.Write(Encoding.UTF8.GetBytes(transaction.Digest.ToString()));
        output.Write("\r\n"u8);
    }

    static void Ours(IBufferWriter<byte> output, string text)
    {
        Encoding.UTF8.GetBytes(text, output);
        output.Write(","u8);
    }

    static void Theirs(IBufferWriter<byte> output, Utf8Text? text)
    {
        var bytes = text is { } some ? some.Span : default;
        var quoted = bytes.ContainsAny(Special);
        if (quoted)
            output.Write("\""u8);
        if (bytes.Length > 0 && Formula.Contains(bytes[0]))
            output.Write("'"u8);
        for (int quote; (quote = bytes.IndexOf((byte)'"')) >= 0; bytes = bytes[(quote + 1)..])
        {
            output.Write(bytes[..quote]);
            output.Write("\"\""u8);
        }
        output.Write(bytes);
        output.Write(quoted ? "\","u8 : ","u8);
    }
}
