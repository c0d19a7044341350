using Microsoft.Playwright;

namespace Caudal.Tests.Browser;

/// <summary>A real <c>caudal up</c> with its pages, for the tests of one class.</summary>
public class CaudalPages(Chromium chromium) : IAsyncLifetime
{
    /// <summary>Enough for a machine that has other things to do.</summary>
    const float PatienceMilliseconds = 90_000;

    readonly TemporaryFolder _folder = new();
    readonly Dictionary<string, string> _tokens = [];
    CaudalProcess _up = null!;

    public Uri Address { get; private set; } = null!;

    /// <summary>What it printed to open the pages.</summary>
    public string Link { get; private set; } = "";

    /// <summary>What <c>up</c> is started with, beside its port.</summary>
    protected virtual string[] Options => [];

    public virtual async ValueTask InitializeAsync()
    {
        _up = await CaudalProcess.UpAsync(_folder, Options);
        Address = _up.Address();
        var line = await _up.WaitForAsync("/enter#");
        Link = line[line.IndexOf("http", StringComparison.Ordinal)..];
    }

    /// <summary>A reader in a browser of their own, who has not entered yet.</summary>
    public async Task<Visit> ComeAsync(Seeing? seeing = null)
    {
        seeing ??= new();
        var browser = await chromium.StartAsync();
        var context = await browser.NewContextAsync(new()
        {
            BaseURL = Address.ToString(), Locale = seeing.Locale, ViewportSize = new() { Width = seeing.Width, Height = seeing.Height },
            ColorScheme = seeing.IsDark ? ColorScheme.Dark : ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(PatienceMilliseconds);
        return new(await context.NewPageAsync(), Address);
    }

    /// <summary>A reader who has entered with a token of the role.</summary>
    public async Task<Visit> EnterAsync(string role, Seeing? seeing = null)
    {
        var visit = await ComeAsync(seeing);
        await visit.Page.GotoAsync($"/enter#{await TokenAsync(role)}");
        await visit.Page.WaitForURLAsync(Address.ToString());
        return visit;
    }

    /// <summary>A page, live, before a reader who has entered with a token of the role.</summary>
    public async Task<Visit> OpenAsync(string role, string path, Seeing? seeing = null)
    {
        var visit = await EnterAsync(role, seeing);
        await visit.Page.GotoAsync(path);
        await visit.LiveAsync();
        return visit;
    }

    public async Task<string> TokenAsync(string role) =>
        _tokens.TryGetValue(role, out var known) ? known : _tokens[role] = await CaudalProcess.TokenAsync(_folder, role);

    /// <summary>Runs a verb beside it.</summary>
    internal Task<Said> RunAsync(params string[] verb) => CaudalProcess.RunAsync(_folder, verb);

    /// <summary>Takes rows as <c>caudal import</c> does, and returns once ingest has.</summary>
    internal async Task ImportAsync(IEnumerable<string> rows)
    {
        var file = Path.Combine(_folder.Path, $"{Guid.NewGuid():N}.ndjson");
        await File.WriteAllLinesAsync(file, rows);
        var said = await RunAsync("import", file);
        said.ExitCode.ShouldBe(0, said.Error);
    }

    /// <summary>A row to hand in, of an account of its own.</summary>
    internal static string Row(string id, string amount, string app = "DeUna", string product = "Ahorros") =>
        $$"""
        {"id":"{{id}}","app":"{{app}}","id_ordenante":"4677717306","valor":{{amount}},"producto":"{{product}}",
        """ + $$"""
        "cuenta_ordenante":"15824646{{id}}","cuenta_beneficiario":"3216342883","detalle":"una","timestamp":"2025-09-13T05:12:15"}
        """;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _up.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>How a reader's browser is set.</summary>
public sealed record Seeing
{
    public string Locale { get; init; } = "es-EC";

    public bool IsDark { get; init; }

    public int Width { get; init; } = 1440;

    public int Height { get; init; } = 900;
}
