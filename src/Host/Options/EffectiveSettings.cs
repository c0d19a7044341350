namespace Caudal.Host.Options;

/// <summary>A value that some source gives a setting.</summary>
/// <param name="Source">For people: <c>caudal.json</c>, <c>environment CAUDAL_Log__Engine</c>, <c>--port</c>.</param>
sealed record GivenSetting(string Key, string Value, string Source);

/// <summary>The settings that hold, and where each comes from.</summary>
sealed record EffectiveSettings(CaudalSettings Settings, IReadOnlyList<EffectiveSettings.Line> Lines)
{
    public const string DefaultSource = "default";

    public sealed record Line(string Key, string Value, string Source);

    /// <summary>
    /// Lays the given settings over the defaults, the weakest first. Nothing is dropped in silence: a key that is not known, or a value
    /// that does not fit, is an error, and all of them are told at once.
    /// </summary>
    public static EffectiveSettings Of(IEnumerable<GivenSetting> given)
    {
        var settings = new CaudalSettings();
        var sources = new Dictionary<SettingKey, string>();
        var errors = new List<string>();
        foreach (var (name, value, source) in given)
        {
            if (SettingKey.Find(name) is not { } key)
                errors.Add($"'{name}' ({source}) is no setting; did you mean {SettingKey.Nearest(name).Name}?");
            else if (!key.TrySet(settings, value))
                errors.Add($"{key.Name} ({source}) must be {key.Form}, not '{value}'.");
            else
                sources[key] = source;
        }
        errors.AddRange(SettingsRules.Broken(settings).Select(rule => sources.GetValueOrDefault(rule.Key) is { } source
            ? $"{rule.Key.Name} ({source}) {rule.Sentence}"
            : $"{rule.Key.Name} {rule.Sentence}"));
        if (errors.Count > 0)
            throw new UsageException(string.Join('\n', errors));
        return new(settings, [.. SettingKey.All.Select(key =>
            new Line(key.Name, key.Show(settings), sources.GetValueOrDefault(key, DefaultSource)))]);
    }
}
