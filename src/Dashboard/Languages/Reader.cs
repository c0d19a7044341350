using System.Globalization;
using Caudal.Transactions;

namespace Caudal.Dashboard.Languages;

/// <summary>
/// How things are written for one reader: in the language, in the business zone, in the currency. Money stays exact to the cent.
/// </summary>
/// <param name="Currency">As ISO 4217 names it.</param>
public sealed record Reader(Language Language, TimeZoneInfo Zone, string Currency)
{
    static readonly Dictionary<string, string> Signs = new() { ["USD"] = "$", ["EUR"] = "€", ["GBP"] = "£" };

    /// <summary>The currency's sign, or its name where it has none of its own.</summary>
    public string Sign => Signs.GetValueOrDefault(Currency, $"{Currency}\u00a0");

    /// <summary><c>1.234.567</c></summary>
    public string Count(Int128 number) => number < 0 ? $"−{Group(-number)}" : Group(number);

    /// <summary><c>$1.234,56</c></summary>
    public string Money(MoneySum sum)
    {
        var cents = Int128.Abs(sum.Cents);
        return $"{(sum.Cents < 0 ? "−" : "")}{Sign}{Group(cents / 100)}{Language.DecimalMark}{(int)(cents % 100):00}";
    }

    public string Money(Money amount) => Money(new MoneySum(amount.Cents));

    /// <summary>Of an average, which is exact to four decimals: to the cent, as people read it.</summary>
    public string Money(decimal? amount) =>
        amount is { } some ? Money(new MoneySum((Int128)Math.Round(some * 100, MidpointRounding.AwayFromZero))) : "–";

    /// <summary>Where an exact amount would not fit: <c>$1,2 M</c>. The exact one stands beside or behind it.</summary>
    public string RoughMoney(MoneySum sum) => Sign + Rough(sum.Cents / 100);

    /// <summary>For the marks of an axis: <c>500</c>, <c>2,5k</c>.</summary>
    public string Short(long number) =>
        number < 1_000 ? Count(number) : Fixed(number / 1_000m, number % 1_000 == 0 ? 0 : 1) + "k";

    /// <summary><c>12,3 k</c></summary>
    public string Rough(Int128 number)
    {
        var (unit, name) = (decimal)number switch
        {
            >= 1_000_000_000 => (1_000_000_000m, "\u00a0" + (Language == Language.Spanish ? "mil M" : "B")),
            >= 1_000_000 => (1_000_000m, "\u00a0M"),
            >= 10_000 => (1_000m, "\u00a0k"),
            _ => (1m, ""),
        };
        return unit == 1 ? Count(number) : Fixed((decimal)number / unit, (decimal)number / unit >= 100 ? 0 : 1) + name;
    }

    /// <summary>A number with so many decimals.</summary>
    public string Fixed(decimal number, int decimals)
    {
        var text = Math.Abs(number).ToString($"F{decimals}", CultureInfo.InvariantCulture);
        var whole = decimals == 0 ? text : text[..^(decimals + 1)];
        var rest = decimals == 0 ? "" : Language.DecimalMark + text[^decimals..];
        return (number < 0 ? "−" : "") + Group(Int128.Parse(whole, CultureInfo.InvariantCulture)) + rest;
    }

    /// <summary><c>12,5 %</c></summary>
    public string Percent(decimal share) => Fixed(share * 100, 1) + (Language == Language.Spanish ? "\u00a0%" : "%");

    /// <summary><c>13 sep 2025</c></summary>
    public string Day(DateOnly day) => string.Create(
        CultureInfo.InvariantCulture, $"{day.Day}\u00a0{Language.Months[day.Month - 1]}\u00a0{day.Year}");

    /// <summary><c>13 sep 2025 05:12:15</c></summary>
    public string Moment(Instant moment) => $"{Day(moment.DayIn(Zone))} {Clock(moment)}";

    /// <summary>To the millisecond: <c>13 sep 2025 05:12:15,093</c></summary>
    public string Instant(Instant moment) =>
        $"{Moment(moment)}{Language.DecimalMark}{Local(moment).Millisecond.ToString("000", CultureInfo.InvariantCulture)}";

    /// <summary><c>05:12:15</c></summary>
    public string Clock(Instant moment) => Local(moment).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary><c>3 min 20 s</c></summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalMilliseconds: > 0 and < 1 } => "<\u00a01\u00a0ms",
        { TotalMilliseconds: < 1_000 } => $"{(int)span.TotalMilliseconds}\u00a0ms",
        { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds}\u00a0s",
        { TotalMinutes: < 60 } => $"{span.Minutes}\u00a0min {span.Seconds}\u00a0s",
        { TotalHours: < 48 } => $"{(int)span.TotalHours}\u00a0h {span.Minutes}\u00a0min",
        _ => $"{span.Days}\u00a0d {span.Hours}\u00a0h",
    };

    public DateTime Local(Instant moment) => TimeZoneInfo.ConvertTime(moment.ToDateTimeOffset(), Zone).DateTime;

    /// <summary>An account or a customer number as everybody may see it.</summary>
    public static string Masked(Utf8Text number)
    {
        var text = number.ToString();
        return text.Length <= 4 ? "••••" : $"••••{text[^4..]}";
    }

    string Group(Int128 number)
    {
        var digits = number.ToString(CultureInfo.InvariantCulture);
        for (var at = digits.Length - 3; at > 0; at -= 3)
            digits = digits.Insert(at, Language.GroupMark.ToString());
        return digits;
    }
}
