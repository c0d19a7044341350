using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Caudal.Transactions;

namespace Caudal.Dashboard.Rejected;

/// <summary>What a piece of a message is shown as.</summary>
public enum PieceLook
{
    Plain,

    /// <summary>Where the fault is.</summary>
    Fault,

    /// <summary>Bytes that are no text, or that nobody would see: written as <c>\xNN</c>.</summary>
    Odd,
}

/// <summary>Consecutive bytes of a message that look the same.</summary>
public sealed record MessagePiece(string Text, PieceLook Look);

/// <summary>
/// A message as people read it: its exact bytes as text, with the place of its fault, and numbers of accounts and people masked.
/// </summary>
static partial class MessageText
{
    /// <summary>More is not shown at once.</summary>
    const int ShownMax = 8 * 1024;

    const int DigitsLeft = 4;

    /// <param name="field">The wire name of the field at fault, or null where the message as a whole is.</param>
    public static IReadOnlyList<MessagePiece> Read(ReadOnlySpan<byte> bytes, string? field, bool isRevealed)
    {
        var fault = FindFault(bytes, field);
        var begin = fault is { Start: > ShownMax / 2 } ? fault.Value.Start - ShownMax / 2 : 0;
        var end = Math.Min(bytes.Length, begin + ShownMax);
        var masked = isRevealed ? new bool[bytes.Length] : FindNumbers(bytes);
        var pieces = new List<MessagePiece>();
        var text = new StringBuilder();
        var last = PieceLook.Plain;
        for (var at = begin; at < end;)
        {
            var isText = Rune.DecodeFromUtf8(bytes[at..], out var rune, out var length) == System.Buffers.OperationStatus.Done
                && (!Rune.IsControl(rune) || rune.Value is '\n' or '\t');
            var look = fault is { } place && at >= place.Start && at < place.Start + place.Length ? PieceLook.Fault
                : isText ? PieceLook.Plain : PieceLook.Odd;
            if (look != last)
                Flush();
            last = look;
            if (isText)
                text.Append(masked[at] ? "•" : rune.ToString());
            else
                foreach (var odd in bytes.Slice(at, length))
                    text.Append(CultureInfo.InvariantCulture, $"\\x{odd:X2}");
            at += length;
        }
        Flush();
        return pieces;

        void Flush()
        {
            if (text.Length > 0)
                pieces.Add(new(text.ToString(), last));
            text.Clear();
        }
    }

    /// <summary>The value of the field, its last one where it is there twice; else where the message ceases to be JSON.</summary>
    static (int Start, int Length)? FindFault(ReadOnlySpan<byte> bytes, string? field)
    {
        (int, int)? found = null;
        var reader = new Utf8JsonReader(bytes);
        try
        {
            while (reader.Read())
                if (field is not null && reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 }
                    && reader.ValueTextEquals(field))
                {
                    reader.Read();
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    found = (start, (int)reader.BytesConsumed - start);
                }
            return found;
        }
        catch (JsonException)
        {
            var at = (int)reader.BytesConsumed;
            while (at < bytes.Length - 1 && bytes[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
                at++;
            return found ?? (Math.Min(at, Math.Max(0, bytes.Length - 1)), 1);
        }
    }

    /// <summary>All but the last four of what stands in a field for accounts and people, and of every long number.</summary>
    static bool[] FindNumbers(ReadOnlySpan<byte> bytes)
    {
        var masked = new bool[bytes.Length];
        // A character a byte, so that places in the one are places in the other.
        var text = Encoding.Latin1.GetString(bytes);
        foreach (var number in NamedNumber().Matches(text).Select(match => match.Groups[1]).Concat<Capture>(LongNumber().Matches(text)))
            masked.AsSpan(number.Index, number.Length <= DigitsLeft ? number.Length : number.Length - DigitsLeft).Fill(true);
        // An id is no secret, and has to be legible to be looked for.
        foreach (var id in Uuid().Matches(text).Cast<Capture>())
            masked.AsSpan(id.Index, id.Length).Clear();
        return masked;
    }

    [GeneratedRegex($"\"(?:{Wire.DebtorId}|{Wire.DebtorAccount}|{Wire.CreditorAccount})\"\\s*:\\s*\"?([^\",}}\\s]+)")]
    private static partial Regex NamedNumber();

    [GeneratedRegex($"(?<=\"{Wire.Id}\"\\s*:\\s*\")[0-9a-fA-F]{{8}}(-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}(?=\")")]
    private static partial Regex Uuid();

    [GeneratedRegex("[0-9]{7,}")]
    private static partial Regex LongNumber();
}
