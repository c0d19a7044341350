using System.Text.RegularExpressions;

namespace Caudal.Tests.Documentation;

/// <summary>What deploy/ and the guide set by the environment is known to the product and holds there, each file by itself.</summary>
public sealed partial class DeployedSettingsTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("deploy/compose.yaml", 8)]
    [InlineData("Dockerfile", 2)]
    [InlineData("docs/guide/real-engines/many-processes.md", 3)]
    public async Task The_settings_of_a_deployment_pass_the_check(string file, int least)
    {
        var given = Variable().Matches(await File.ReadAllTextAsync(
                Path.Combine(TidyTests.Root, file), TestContext.Current.CancellationToken))
            .DistinctBy(match => match.Groups["name"].Value)
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value.Trim('"', '\''));
        given.Count.ShouldBeGreaterThanOrEqualTo(least);

        var said = await CaudalProcess.RunWithAsync(_folder, given, null, "config", "check", "--json");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Json.GetProperty("given").GetInt32().ShouldBe(given.Count);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>As YAML maps names to values, in block and in flow style, as a Dockerfile sets them, and as a shell does.</summary>
    [GeneratedRegex(
        """(?<name>CAUDAL_\w+)(?:=|: |, value: )(?<value>"[^"\n]*"|'[^'\n]*'|[^\s}\\]+(?: ?[^\s}\\#]+)*)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}
