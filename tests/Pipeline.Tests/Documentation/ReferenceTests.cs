using Caudal.Host.Options;
using Caudal.Host.Verbs;

namespace Caudal.Tests.Documentation;

/// <summary>docs/reference says what the types say; it is written by these tests, and read and approved by people.</summary>
public sealed class ReferenceTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    [Fact]
    public void The_settings_are_as_approved() => SettingsReference.Page().ShouldBeApprovedAs("docs/reference/settings.md");

    [Fact]
    public void The_codes_are_as_approved() => CodesReference.Page().ShouldBeApprovedAs("docs/reference/codes.md");

    /// <summary>The command line's help is what people see first.</summary>
    [Fact]
    public async Task The_help_is_as_approved()
    {
        var page = new List<string> { "# Verbs\n\nWhat `--help` says of each verb.\n" };
        foreach (var verb in Paths(CommandLine.Build(), ""))
        {
            var said = await CaudalProcess.RunAsync(_folder, [.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
            said.ExitCode.ShouldBe(0);
            page.Add($"## caudal{verb}\n\n```text\n{said.Out.TrimEnd()}\n```\n");
        }
        string.Join('\n', page).ShouldBeApprovedAs("docs/reference/verbs.md");
    }

    [Fact]
    public void The_sample_of_the_settings_is_as_approved() => SettingsReference.Sample().ShouldBeApprovedAs("deploy/caudal.sample.json");

    [Fact]
    public void The_sample_of_the_settings_holds_and_changes_nothing()
    {
        var given = SettingsSources.File(Path.Combine(TidyTests.Root, "deploy/caudal.sample.json")).ToList();

        given.Select(setting => setting.Key)
            .ShouldBe(SettingKey.All.Where(key => key.Default.Length > 0).Select(key => key.Name), ignoreOrder: true);
        EffectiveSettings.Of(given).Settings.ShouldBe(new CaudalSettings());
    }

    [Fact]
    public void Every_setting_says_what_it_does() =>
        SettingKey.All.Where(key => SourceComments.Of(key.Property.DeclaringType!, key.Property.Name).Length == 0).ShouldBeEmpty();

    public void Dispose() => _folder.Dispose();

    static IEnumerable<string> Paths(System.CommandLine.Command command, string path) =>
        [path, .. command.Subcommands.SelectMany(inner => Paths(inner, $"{path} {inner.Name}"))];
}
