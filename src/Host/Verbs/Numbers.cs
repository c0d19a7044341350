using System.Globalization;
using Caudal.Transactions;

namespace Caudal.Host.Verbs;

/// <summary>Numbers for people: thousands grouped, the same in every locale.</summary>
static class Numbers
{
    public static string Format(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Format(MoneySum sum)
    {
        var text = sum.ToString();
        var (units, cents) = (Int128.Parse(text.AsSpan(0, text.Length - 3), CultureInfo.InvariantCulture), text[^3..]);
        return units.ToString("N0", CultureInfo.InvariantCulture) + cents;
    }
}
