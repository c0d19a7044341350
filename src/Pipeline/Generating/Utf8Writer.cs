namespace Caudal.Generating;

/// <summary>Writes ASCII and ready-made UTF-8 one after another into a buffer that is known to be large enough.</summary>
ref struct Utf8Writer(Span<byte> into)
{
    readonly Span<byte> _into = into;

    public int Length { get; private set; }

    public void Text(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_into[Length..]);
        Length += text.Length;
    }

    /// <summary>The lowest <paramref name="count"/> digits, with leading zeros.</summary>
    public void Digits(long value, int count)
    {
        Digits(_into.Slice(Length, count), value);
        Length += count;
    }

    /// <summary>The shortest form that Python's <c>json</c> gives an amount: <c>367.6</c>, <c>100.0</c>, <c>99.95</c>.</summary>
    public void Amount(long cents)
    {
        var whole = cents / 100;
        var count = 1;
        for (var rest = whole; rest >= 10; rest /= 10)
            count++;
        Digits(whole, count);
        _into[Length++] = (byte)'.';
        if (cents % 10 == 0)
            Digits(cents / 10 % 10, 1);
        else
            Digits(cents % 100, 2);
    }

    public void Uuid(ulong high, ulong low)
    {
        Hex(high >> 32, 8);
        _into[Length++] = (byte)'-';
        Hex(high >> 16, 4);
        _into[Length++] = (byte)'-';
        Hex(high, 4);
        _into[Length++] = (byte)'-';
        Hex(low >> 48, 4);
        _into[Length++] = (byte)'-';
        Hex(low, 12);
    }

    public static void Digits(Span<byte> into, long value)
    {
        for (var i = into.Length - 1; i >= 0; i--)
        {
            into[i] = (byte)('0' + value % 10);
            value /= 10;
        }
    }

    void Hex(ulong value, int count)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            _into[Length + i] = "0123456789abcdef"u8[(int)(value & 15)];
            value >>= 4;
        }
        Length += count;
    }
}
