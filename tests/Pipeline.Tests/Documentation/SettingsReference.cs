using System.Globalization;
using System.Text;
using System.Text.Json;
using Caudal.Host.Options;

namespace Caudal.Tests.Documentation;

/// <summary>Every setting with its default and what it does, as a page and as a settings file: both from the options' types.</summary>
static class SettingsReference
{
    const int CommentWidth = 110;

    static IEnumerable<IGrouping<string?, SettingKey>> Sections => SettingKey.All.GroupBy(key => key.Section?.Name);

    public static string Page()
    {
        var page = new StringBuilder("""
            # Settings

            Every setting with its default, generated from the options' types. Given are settings, the weakest first, by `caudal.json`
            in the working folder (or the file that `--config` names), by the environment (`CAUDAL_Http__Port=5700` is `Http:Port`), and
            by a verb's options. A key that does not exist, or a value that does not fit, is an error that says so before anything
            starts. `caudal config show` says what holds and where it comes from. [caudal.sample.json](../../deploy/caudal.sample.json)
            is a settings file with all of them.

            """);
        foreach (var section in Sections)
        {
            if (section.Key is not null)
                page.Append(CultureInfo.InvariantCulture, $"\n## {section.Key}\n\n{About(section)}\n");
            page.Append("\n| key | default | form | what it does |\n|---|---|---|---|\n");
            foreach (var key in section)
                page.Append(CultureInfo.InvariantCulture,
                    $"| `{key.Name}` | {(key.Default.Length == 0 ? "none" : $"`{key.Default}`")} | {key.Form} | {About(key)} |\n");
        }
        return page.ToString();
    }

    public static string Sample()
    {
        var file = new StringBuilder("""
            // Every setting of Caudal with its default: keep what you change.
            // `caudal config check --config FILE` says whether a file is right.
            {

            """);
        var sections = Sections.Select(section => section.Key is null
            ? Member(section.Single(), "  ")
            : Comment(About(section), "  ")
                + $"  \"{section.Key}\": {{\n{string.Join(",\n", section.Select(key => Member(key, "    ")))}\n  }}");
        return file.AppendJoin(",\n\n", sections).Append("\n}\n").ToString();
    }

    static string Member(SettingKey key, string indent) =>
        $"{Comment(About(key), indent)}{indent}\"{key.Property.Name}\": {Literal(key)}";

    static string Literal(SettingKey key) => key.Read(new()) switch
    {
        null => "null",
        int or long or bool => key.Default,
        _ => $"\"{JsonEncodedText.Encode(key.Default)}\"",
    };

    static string Comment(string text, string indent)
    {
        var lines = new List<string>();
        foreach (var word in text.Replace("`", "", StringComparison.Ordinal).Split(' '))
            if (lines is [.., var last] && last.Length + word.Length < CommentWidth)
                lines[^1] = $"{last} {word}";
            else
                lines.Add($"{indent}// {word}");
        return string.Concat(lines.Select(line => line + "\n"));
    }

    static string About(IGrouping<string?, SettingKey> section) => SourceComments.Of(section.First().Section!.PropertyType);

    static string About(SettingKey key) => SourceComments.Of(key.Property.DeclaringType!, key.Property.Name);
}
