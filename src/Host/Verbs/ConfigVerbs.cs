using System.Text.Json;
using System.Text.Json.Serialization;
using Caudal.Host.Options;
using Spectre.Console;

namespace Caudal.Host.Verbs;

static class ConfigVerbs
{
    public static VerbCommand Build() => new(
        "config", "The settings that hold",
        "caudal config show", "CAUDAL_Http__Port=5700 caudal config show --json", "caudal config check --config production.json")
    {
        new VerbCommand("show", "Print every setting, its value and where it comes from", "caudal config show").Does(ShowAsync),
        new VerbCommand("check", "Say whether the settings are right, without starting anything",
            "caudal config check --config production.json").Does(CheckAsync),
    };

    static Task<int> ShowAsync(System.CommandLine.ParseResult parse, Session session, CancellationToken cancellation)
    {
        var lines = session.Effective.Lines.ToDictionary(line => line.Key, line => new Shown(line.Value, line.Source));
        session.Terminal.Result(lines, ConfigJson.Default.DictionaryStringShown, settings =>
        {
            var table = new Table().Border(TableBorder.Simple).AddColumns("setting", "value", "from");
            foreach (var (key, shown) in settings)
                table.AddRow(new Text(key), new Text(shown.Value), new Text(shown.Source));
            return table;
        });
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>Wrong settings never get here: opening the session has refused them.</summary>
    static Task<int> CheckAsync(System.CommandLine.ParseResult parse, Session session, CancellationToken cancellation)
    {
        var given = session.Effective.Lines.Count(line => line.Source != EffectiveSettings.DefaultSource);
        session.Terminal.Result(new(true, given), ConfigJson.Default.Checked, _ =>
            new Text($"The settings are right: {given} given, the rest defaults.\n"));
        return Task.FromResult(ExitCode.Done);
    }

    internal sealed record Shown(string Value, string Source);

    internal sealed record Checked(bool Valid, int Given);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Dictionary<string, ConfigVerbs.Shown>))]
[JsonSerializable(typeof(ConfigVerbs.Checked))]
sealed partial class ConfigJson : JsonSerializerContext;
