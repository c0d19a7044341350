using System.Globalization;
using System.Text;

namespace Caudal.Querying;

/// <summary>
/// Text with case and accents removed, letter by letter, so that <c>nomina</c> finds <c>Pago Nómina</c>. Every engine stores what this
/// one function gives beside the original, so that all of them compare alike. Folding what is folded changes nothing.
/// </summary>
public static class FoldedText
{
    /// <summary>Characters below this fold one by one, none of them to a longer one: Latin as nearly all of it is written.</summary>
    const int SimpleEnd = 0x180;

    static readonly char[] Simple = [.. Enumerable.Range(0, SimpleEnd).Select(code => FoldAny(((char)code).ToString())[0])];

    public static string Fold(string text)
    {
        Span<byte> bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        return Encoding.UTF8.GetString(Fold(bytes[..length], new byte[length]));
    }

    /// <summary>The same for UTF-8, without allocating where the text is Latin.</summary>
    /// <param name="text">Valid UTF-8.</param>
    /// <param name="room">At least as long as the text; what is returned mostly lies in it.</param>
    public static ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> text, Span<byte> room)
    {
        var (read, written) = (0, 0);
        while (read < text.Length)
        {
            Ascii.ToLower(text[read..], room[written..], out var ascii);
            (read, written) = (read + ascii, written + ascii);
            if (read == text.Length)
                break;
            // Two bytes hold what lies below U+0800.
            var code = (text[read] & 0x1F) << 6 | (read + 1 < text.Length ? text[read + 1] & 0x3F : 0);
            if (text[read] >= 0xE0 || code >= SimpleEnd)
                return Encoding.UTF8.GetBytes(FoldAny(Encoding.UTF8.GetString(text)));
            var folded = Simple[code];
            if (folded < 0x80)
            {
                room[written++] = (byte)folded;
            }
            else
            {
                room[written++] = (byte)(0xC0 | folded >> 6);
                room[written++] = (byte)(0x80 | folded & 0x3F);
            }
            read += 2;
        }
        return room[..written];
    }

    static string FoldAny(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
            {
                var bare = rune.IsBmp ? new Rune(AccentedLetters.BaseOf((char)rune.Value)) : rune;
                // By way of the upper case, so that letters with two lower-case forms (the two sigmas) meet.
                folded.Append(Rune.ToLowerInvariant(Rune.ToUpperInvariant(bare)));
            }
        return folded.ToString();
    }
}
