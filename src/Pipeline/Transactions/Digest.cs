using System.Globalization;

namespace Caudal.Transactions;

/// <summary>
/// The XxHash128 of one transaction's canonical form, or the sum of many modulo 2^128. A sum does not depend on the order, composes
/// from parts, and no two rows cancel each other. It finds faults, not forgers.
/// </summary>
public readonly record struct Digest(UInt128 Value)
{
    public Digest(ulong high, ulong low) : this(new UInt128(high, low))
    {
    }

    public ulong High => (ulong)(Value >> 64);

    public ulong Low => (ulong)Value;

    public static Digest operator +(Digest left, Digest right) => new(unchecked(left.Value + right.Value));

    public static Digest operator -(Digest left, Digest right) => new(unchecked(left.Value - right.Value));

    public static Digest Parse(string hex) => new(UInt128.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
