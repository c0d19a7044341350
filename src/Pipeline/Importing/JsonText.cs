using System.Buffers;
using System.Text;

namespace Caudal.Importing;

/// <summary>Writes texts and numbers as JSON has them.</summary>
static class JsonText
{
    /// <summary>What must be escaped within a JSON string.</summary>
    static readonly SearchValues<byte> Special =
        SearchValues.Create([.. Enumerable.Range(0, 32).Select(control => (byte)control), (byte)'"', (byte)'\\']);

    /// <summary>Within a JSON string. Bytes that are no UTF-8 stay as they are: that is for ingest to see.</summary>
    public static void Append(ReadOnlySpan<byte> text, RowBytes into)
    {
        for (int at; (at = text.IndexOfAny(Special)) >= 0; text = text[(at + 1)..])
        {
            into.Append(text[..at]);
            var special = text[at];
            if (special is (byte)'"' or (byte)'\\')
                into.Append([(byte)'\\', special]);
            else
                into.Append([.. "\\u00"u8, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower([special]))]);
        }
        into.Append(text);
    }

    /// <summary>A text as it stands within a JSON string.</summary>
    public static byte[] Escaped(string text)
    {
        var bytes = new RowBytes();
        Append(Encoding.UTF8.GetBytes(text), bytes);
        return bytes.Kept.ToArray();
    }

    /// <summary>True where the text is a number as JSON writes it.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> text)
    {
        var rest = text.StartsWith("-"u8) ? text[1..] : text;
        var whole = TakeDigits(ref rest);
        if (whole.IsEmpty || whole.Length > 1 && whole[0] == '0')
            return false;
        if (rest.StartsWith("."u8))
        {
            rest = rest[1..];
            if (TakeDigits(ref rest).IsEmpty)
                return false;
        }
        if (rest is [(byte)'e' or (byte)'E', ..])
        {
            rest = rest[1..];
            if (rest is [(byte)'+' or (byte)'-', ..])
                rest = rest[1..];
            if (TakeDigits(ref rest).IsEmpty)
                return false;
        }
        return rest.IsEmpty;
    }

    static ReadOnlySpan<byte> TakeDigits(ref ReadOnlySpan<byte> rest)
    {
        var length = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and var end ? end : rest.Length;
        var digits = rest[..length];
        rest = rest[length..];
        return digits;
    }
}
