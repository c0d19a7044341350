namespace Caudal.Transactions;

/// <summary>Reads an amount from the digits of a JSON number, exactly and in whole cents: no floating point ever sees it.</summary>
static class AmountText
{
    /// <summary>As many digits as the cents of <see cref="Money.Max"/> have.</summary>
    const int DigitsMax = 18;

    /// <summary>Far beyond what a message's digits could make up for, and far from overflowing.</summary>
    const int ExponentMax = 1_000_000_000;

    /// <summary>Returns null and the amount, or the <see cref="FaultCode"/> that says why it is none.</summary>
    public static string? Read(ReadOnlySpan<byte> number, out Money amount)
    {
        amount = default;
        var negative = number is [(byte)'-', ..];
        var rest = negative ? number[1..] : number;
        if (!ReadDigits(ref rest, out var digits))
            return FaultCode.AmountNotANumber;
        if (digits.Significant == 0)
            return null;
        if (negative)
            return FaultCode.AmountNegative;
        // What is left of the digits, without the zeros at their end, counts so many tens of cents.
        var tens = digits.Exponent + digits.Zeros + 2;
        if (tens < 0)
            return FaultCode.AmountDecimals;
        if (digits.Significant + tens > DigitsMax)
            return FaultCode.AmountTooLarge;
        amount = new(digits.Value * PowersOfTen[tens]);
        return null;
    }

    static ReadOnlySpan<long> PowersOfTen =>
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000,
    ];

    /// <summary>A number's digits from the first to the last that is not zero.</summary>
    struct Digits
    {
        /// <summary>Their value, where they are no more than fit.</summary>
        public long Value;
        public int Significant;

        /// <summary>The zeros that follow them.</summary>
        public int Zeros;

        /// <summary>The power of ten of the very last digit.</summary>
        public int Exponent;

        public void Add(int digit)
        {
            if (digit == 0)
            {
                Zeros++;
                return;
            }
            if (Significant == 0)
                Zeros = 0;
            Significant += Zeros + 1;
            if (Significant <= DigitsMax)
                Value = Value * PowersOfTen[Zeros] * 10 + digit;
            Zeros = 0;
        }
    }

    /// <summary>The grammar is that of JSON, in a numeric string too: no plus, no leading zeros, no bare point.</summary>
    static bool ReadDigits(ref ReadOnlySpan<byte> rest, out Digits digits)
    {
        digits = default;
        if (rest is [(byte)'0', >= (byte)'0' and <= (byte)'9', ..] || AddDigits(ref rest, ref digits) == 0)
            return false;
        if (rest is [(byte)'.', ..])
        {
            rest = rest[1..];
            digits.Exponent = -AddDigits(ref rest, ref digits);
            if (digits.Exponent == 0)
                return false;
        }
        if (rest is [(byte)'e' or (byte)'E', ..])
        {
            rest = rest[1..];
            if (!ReadExponent(ref rest, out var exponent))
                return false;
            digits.Exponent += exponent;
        }
        return rest.IsEmpty;
    }

    static int AddDigits(ref ReadOnlySpan<byte> rest, ref Digits digits)
    {
        var count = 0;
        while (count < rest.Length && rest[count] is >= (byte)'0' and <= (byte)'9')
            digits.Add(rest[count++] - '0');
        rest = rest[count..];
        return count;
    }

    static bool ReadExponent(ref ReadOnlySpan<byte> rest, out int exponent)
    {
        exponent = 0;
        var negative = rest is [(byte)'-', ..];
        if (rest is [(byte)'-' or (byte)'+', ..])
            rest = rest[1..];
        var count = 0;
        while (count < rest.Length && rest[count] is >= (byte)'0' and <= (byte)'9')
            exponent = (int)Math.Min(ExponentMax, exponent * 10L + (rest[count++] - '0'));
        rest = rest[count..];
        if (negative)
            exponent = -exponent;
        return count > 0;
    }
}
