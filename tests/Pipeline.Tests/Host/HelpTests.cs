namespace Caudal.Tests;

public sealed class HelpTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Nothing_asked_shows_the_help() =>
        (await CaudalProcess.RunAsync(_folder)).Out.ShouldContain("Commands:");

    public void Dispose() => _folder.Dispose();
}
