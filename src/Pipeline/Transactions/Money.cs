using System.Globalization;

namespace Caudal.Transactions;

/// <summary>An amount in whole cents. A store keeps it as decimal(18,2), so 16 integer digits are the most it holds.</summary>
public readonly record struct Money(long Cents) : IComparable<Money>
{
    /// <summary>9999999999999999.99, the greatest decimal(18,2).</summary>
    public static readonly Money Max = new(999_999_999_999_999_999);

    public int CompareTo(Money other) => Cents.CompareTo(other.Cents);

    public static bool operator <(Money left, Money right) => left.Cents < right.Cents;

    public static bool operator >(Money left, Money right) => left.Cents > right.Cents;

    public static bool operator <=(Money left, Money right) => left.Cents <= right.Cents;

    public static bool operator >=(Money left, Money right) => left.Cents >= right.Cents;

    /// <summary>With a point and exactly two decimals: <c>367.60</c>.</summary>
    public override string ToString() => new MoneySum(Cents).ToString();
}

/// <summary>A total in whole cents, wide enough that no number of transactions overflows it.</summary>
public readonly record struct MoneySum(Int128 Cents) : IComparable<MoneySum>
{
    public static MoneySum operator +(MoneySum left, MoneySum right) => new(left.Cents + right.Cents);

    public static MoneySum operator -(MoneySum left, MoneySum right) => new(left.Cents - right.Cents);

    public static MoneySum operator +(MoneySum left, Money right) => new(left.Cents + right.Cents);

    public int CompareTo(MoneySum other) => Cents.CompareTo(other.Cents);

    public static bool operator <(MoneySum left, MoneySum right) => left.Cents < right.Cents;

    public static bool operator >(MoneySum left, MoneySum right) => left.Cents > right.Cents;

    public static bool operator <=(MoneySum left, MoneySum right) => left.Cents <= right.Cents;

    public static bool operator >=(MoneySum left, MoneySum right) => left.Cents >= right.Cents;

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static MoneySum Parse(string text)
    {
        var point = text.LastIndexOf('.');
        if (point < 0 || point != text.Length - 3)
            throw new FormatException($"'{text}' is not an amount with two decimals.");
        return new(Int128.Parse(text.Remove(point, 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    /// <summary>With a point and exactly two decimals: <c>47198709875.74</c>.</summary>
    public override string ToString()
    {
        var magnitude = Int128.Abs(Cents);
        return string.Create(CultureInfo.InvariantCulture, $"{(Cents < 0 ? "-" : "")}{magnitude / 100}.{(int)(magnitude % 100):00}");
    }
}
