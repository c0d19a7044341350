using Microsoft.Playwright;

namespace Caudal.Tests.Browser;

/// <summary>One reader's page, with all that the browser complained of and every request that went elsewhere.</summary>
public sealed class Visit : IAsyncDisposable
{
    readonly List<string> _complaints = [];

    public Visit(IPage page, Uri address)
    {
        Page = page;
        page.Console += (_, said) =>
        {
            if (said.Type is "error" or "warning")
                Note($"{said.Type}: {said.Text}");
        };
        page.PageError += (_, fault) => Note($"page error: {fault}");
        page.Request += (_, request) =>
        {
            var asked = new Uri(request.Url);
            if (asked.Scheme is not "data" and not "blob" && asked.Authority != address.Authority)
                Note($"asked another host: {asked.Authority}");
        };
    }

    public IPage Page { get; }

    /// <summary>Returns once the page is live: its connection stands, so that what is pressed is heard.</summary>
    public async Task LiveAsync()
    {
        await Page.Locator(".shell[data-live]").WaitForAsync();
        await Page.Locator(".light.good, .light.bad").First.WaitForAsync();
    }

    /// <summary>No error, no breach of the policy, no request to others.</summary>
    public void ShouldBeClean()
    {
        lock (_complaints)
            _complaints.ShouldBeEmpty();
    }

    /// <summary>Keeps a picture beside the tests, for people to look at.</summary>
    public async Task KeepPictureAsync(string name) => await Page.ScreenshotAsync(new()
    {
        Path = Path.Combine(AppContext.BaseDirectory, "pictures", $"{name}.png"), FullPage = true,
    });

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();

    void Note(string complaint)
    {
        lock (_complaints)
            _complaints.Add(complaint);
    }
}
