using System.Globalization;
using System.Reflection;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Host.Options;

/// <summary>One setting as the options types declare it: its key, type and default.</summary>
/// <param name="Section">The property of <see cref="CaudalSettings"/> that it lies under, or null where it lies at the top.</param>
sealed record SettingKey(PropertyInfo? Section, PropertyInfo Property)
{
    const NumberStyles WholeNumber = NumberStyles.AllowLeadingSign;

    public static readonly IReadOnlyList<SettingKey> All = [.. Find()];

    public string Name => Section is null ? Property.Name : $"{Section.Name}:{Property.Name}";

    public string Default => Format(Read(new()));

    public static SettingKey? Find(string name) => All.FirstOrDefault(key => key.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The known key that is spelled most like <paramref name="name"/>: what its writer probably meant.</summary>
    public static SettingKey Nearest(string name) => All.MinBy(key => Math.Min(
        Spelling.Distance(key.Name.ToUpperInvariant(), name.ToUpperInvariant()),
        Spelling.Distance(key.Property.Name.ToUpperInvariant(), name.ToUpperInvariant())))!;

    /// <summary>The value for people to see: of a password, alone or in a connection string, only whether there is one.</summary>
    public string Show(CaudalSettings settings) => Format(Read(settings)) switch
    {
        "" => "",
        _ when Property.Name.EndsWith("Password", StringComparison.Ordinal) || Property.Name == "ApiKey" => ConnectionText.Hidden,
        var text when Property.Name == nameof(HistorySettings.Connection) => ConnectionText.WithoutSecrets(text),
        var text => text,
    };

    public object? Read(CaudalSettings settings) => Property.GetValue(Owner(settings));

    /// <summary>Sets the value that the text stands for; false where it stands for none.</summary>
    public bool TrySet(CaudalSettings settings, string text)
    {
        if (!TryParse(text, out var value))
            return false;
        Property.SetValue(Owner(settings), value);
        return true;
    }

    /// <summary>What a value of this setting looks like, for the error that says so.</summary>
    public string Form => ValueType switch
    {
        var type when type == typeof(int) || type == typeof(long) => "a whole number",
        var type when type == typeof(TimeSpan) => "a duration such as 00:01:00",
        { IsEnum: true } type => string.Join(" or ", Enum.GetNames(type)).ToLowerInvariant(),
        var type when type == typeof(Money) => "an amount with two decimals such as 10000.00",
        var type when type == typeof(bool) => "true or false",
        var type when type == typeof(decimal) => "a number such as 0.01",
        _ => "a text",
    };

    public static string Format(object? value) => value is Enum or bool
        ? value.ToString()!.ToLowerInvariant()
        : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    Type ValueType => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    object Owner(CaudalSettings settings) => Section is null ? settings : Section.GetValue(settings)!;

    bool TryParse(string text, out object? value)
    {
        value = null;
        if (ValueType == typeof(string))
            value = text;
        else if (ValueType == typeof(int) && int.TryParse(text, WholeNumber, CultureInfo.InvariantCulture, out var number))
            value = number;
        else if (ValueType == typeof(long) && long.TryParse(text, WholeNumber, CultureInfo.InvariantCulture, out var wide))
            value = wide;
        // Without a colon it would be read as days, which nobody means.
        else if (ValueType == typeof(TimeSpan) && text.Contains(':') && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture,
            out var duration))
            value = duration;
        else if (ValueType.IsEnum && Enum.GetNames(ValueType).Contains(text, StringComparer.OrdinalIgnoreCase))
            value = Enum.Parse(ValueType, text, ignoreCase: true);
        else if (ValueType == typeof(decimal)
            && decimal.TryParse(text, WholeNumber | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share))
            value = share;
        else if (ValueType == typeof(bool) && bool.TryParse(text, out var yes))
            value = yes;
        else if (ValueType == typeof(Money) && TryParseMoney(text) is { } money)
            value = money;
        return value is not null;
    }

    static Money? TryParseMoney(string text)
    {
        try
        {
            var cents = MoneySum.Parse(text).Cents;
            return cents >= 0 && cents <= Money.Max.Cents ? new Money((long)cents) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    static IEnumerable<SettingKey> Find()
    {
        foreach (var property in Settable(typeof(CaudalSettings)))
            if (IsValue(property.PropertyType))
                yield return new(null, property);
            else
                foreach (var inner in Settable(property.PropertyType))
                    yield return new(property, inner);
    }

    static IEnumerable<PropertyInfo> Settable(Type type) => type.GetProperties().Where(property => property.CanWrite);

    static bool IsValue(Type type) => type == typeof(string) || type.IsValueType;
}
