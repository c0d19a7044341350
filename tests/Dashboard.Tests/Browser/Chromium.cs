using Caudal.Tests.Browser;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Caudal.Tests.Browser;

/// <summary>
/// The system's own Chromium, started once for all tests. Where there is none, tests that ask for it are skipped; on CI, where it is
/// installed, they fail.
/// </summary>
public sealed class Chromium : IAsyncDisposable
{
    static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    readonly SemaphoreSlim _turn = new(1);
    IPlaywright? _playwright;
    IBrowser? _browser;

    public async Task<IBrowser> StartAsync()
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _browser ??= await LaunchAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _turn.Dispose();
    }

    /// <summary>Beside the repository where all that tests ask for is brought along.</summary>
    static string Engines()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Caudal.slnx")))
            folder = Path.GetDirectoryName(folder)!;
        return Path.Combine(folder, "..", "shared", "engines");
    }

    async Task<IBrowser> LaunchAsync()
    {
        if (Array.Find(Places, File.Exists) is not { } program)
        {
            const string Reason = "There is no Chromium here: `apt-get install chromium` brings it.";
            if (Environment.GetEnvironmentVariable("CI") == "true" && Directory.Exists(Engines()))
                Assert.Fail(Reason);
            Assert.Skip(Reason);
            throw new InvalidOperationException(Reason);
        }
        _playwright = await Playwright.CreateAsync();
        return await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            Args = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"],
        });
    }
}
