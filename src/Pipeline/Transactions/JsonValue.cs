namespace Caudal.Transactions;

enum JsonKind : byte
{
    /// <summary>Not there at all.</summary>
    None,
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

/// <summary>Where a value stands in its message. A string's place is what lies between its quotes.</summary>
/// <param name="Escaped">True for a string that holds a backslash: its text is not its bytes.</param>
readonly record struct JsonValue(JsonKind Kind, int Start, int Length, bool Escaped)
{
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> message) => message.Slice(Start, Length);

    /// <summary>A string's text, copied only where it is escaped.</summary>
    public ReadOnlyMemory<byte> TextOf(ReadOnlyMemory<byte> message)
    {
        var raw = message.Slice(Start, Length);
        return Escaped ? Unescape(raw.Span) : raw;
    }

    /// <summary>A string's text, always copied.</summary>
    public ReadOnlyMemory<byte> CopyTextOf(ReadOnlySpan<byte> message)
    {
        var raw = Of(message);
        return Escaped ? Unescape(raw) : raw.ToArray();
    }

    /// <summary>Trusts that the scanner has checked the escapes: each is whole, and surrogates come in pairs.</summary>
    static ReadOnlyMemory<byte> Unescape(ReadOnlySpan<byte> raw)
    {
        var text = new byte[raw.Length];
        var length = 0;
        while (!raw.IsEmpty)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0)
                plain = raw.Length;
            raw[..plain].CopyTo(text.AsSpan(length));
            length += plain;
            raw = raw[plain..];
            if (!raw.IsEmpty)
                length += UnescapeOne(ref raw, text.AsSpan(length));
        }
        return text.AsMemory(0, length);
    }

    static int UnescapeOne(ref ReadOnlySpan<byte> raw, Span<byte> text)
    {
        if (raw[1] != 'u')
        {
            text[0] = raw[1] switch
            {
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                var itself => itself,
            };
            raw = raw[2..];
            return 1;
        }
        var unit = (char)JsonScanner.CodeUnit(raw);
        raw = raw[6..];
        if (!char.IsHighSurrogate(unit))
            return new System.Text.Rune(unit).EncodeToUtf8(text);
        var low = (char)JsonScanner.CodeUnit(raw);
        raw = raw[6..];
        return new System.Text.Rune(unit, low).EncodeToUtf8(text);
    }
}
