using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Caudal.Access;

/// <summary>
/// A token as its holder has it: <c>caudal_ID_SECRET</c>. The id (48 random bits in hexadecimal) finds its row and may be shown; the secret
/// (256 random bits) is shown once and kept as its hash alone. It has more entropy than anyone can try, so that a slow hash would add
/// nothing.
/// </summary>
readonly record struct TokenText
{
    const string Prefix = "caudal_";
    const int IdBytes = 6;
    const int SecretBytes = 32;
    const int Length = 7 + 2 * IdBytes + 1 + 2 * SecretBytes;

    static readonly SearchValues<char> Letters = SearchValues.Create("0123456789abcdef_");

    TokenText(string text) => Text = text;

    string Text { get; }

    public string Id => Text.Substring(Prefix.Length, 2 * IdBytes);

    /// <summary>Of the whole text, so that neither part can be exchanged.</summary>
    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    public static TokenText Make() => new(
        $"{Prefix}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes))}_"
        + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(SecretBytes)));

    public static bool TryParse([NotNullWhen(true)] string? text, out TokenText token)
    {
        var isToken = text?.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal)
            && text.AsSpan(Prefix.Length).IndexOfAnyExcept(Letters) < 0;
        token = isToken ? new(text!) : default;
        return isToken;
    }

    /// <summary>The secret itself: for the one who asked for it, once. Nothing else prints it.</summary>
    public string Reveal() => Text;

    public override string ToString() => $"{Prefix}{Id}_…";
}
