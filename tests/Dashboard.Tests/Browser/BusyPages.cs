namespace Caudal.Tests.Browser;

/// <summary>Pages over a thousand transactions of the generator, some malformed and some twice, that no run has settled yet.</summary>
public sealed class BusyPages(Chromium chromium) : CaudalPages(chromium)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var said = await RunAsync("generate", "--count", "1000", "--seed", "7", "--faults", "duplicate=0.01,malformed=0.01");
        said.ExitCode.ShouldBe(0, said.Error);
    }
}
