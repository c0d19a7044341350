using System.Text;
using System.Text.Json;
using Caudal.Tests.Browser;
using Microsoft.Playwright;

namespace Caudal.Tests.Discover;

/// <summary>Searching in the browser: queries and filters, what is masked, and what leaves the house.</summary>
public sealed class DiscoverTests(SearchedPages pages) : IClassFixture<SearchedPages>
{
    [Fact]
    public async Task A_query_and_filters_that_are_clicked_narrow_what_is_found_to_the_cent()
    {
        await using var visit = await pages.SearchAsync("viewer");
        await visit.Page.GetByText("300 transacciones, $45.150,00 en total, $150,50 en promedio").WaitForAsync();

        await visit.Page.Locator("#query").FillAsync("valor >= 200");
        await visit.Page.Locator("#query").PressAsync("Enter");
        await visit.Page.GetByText("101 transacciones, $25.250,00 en total").WaitForAsync();
        await visit.Page.Locator(".plain-link", new() { HasTextString = "DeUna" }).First.ClickAsync();

        await visit.Page.GetByText("50 transacciones, $12.500,00 en total").WaitForAsync();
        visit.Page.Url.ShouldContain("f=app");
        await visit.Page.GetByLabel("Quitar el filtro app: \"DeUna\"").ClickAsync();
        await visit.Page.GetByText("101 transacciones").WaitForAsync();
        visit.ShouldBeClean();
    }

    [Fact]
    public async Task An_error_points_at_its_column_and_a_field_is_completed_as_it_is_typed()
    {
        await using var visit = await pages.SearchAsync("viewer");
        await visit.Page.Locator("#query").FillAsync("app: DeUna and valro > 5");
        await visit.Page.Locator("#query").PressAsync("Enter");
        var caret = (await visit.Page.Locator(".query-fault pre").InnerTextAsync()).Split('\n')[1].TrimEnd();
        caret.Length.ShouldBe("  app: DeUna and v".Length);

        await visit.Page.Locator("#query").FillAsync("prod");
        await visit.Page.GetByRole(AriaRole.Option, new() { Name = "producto" }).WaitForAsync();
        await visit.Page.Locator("#query").PressAsync("ArrowDown");
        await visit.Page.Locator("#query").PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator("#query")).ToHaveValueAsync("producto: ");
        await visit.Page.GetByRole(AriaRole.Option, new() { Name = "Ahorros" }).WaitForAsync();
    }

    [Fact]
    public async Task Numbers_of_people_are_masked_until_somebody_says_why_which_is_on_record()
    {
        await using var visit = await pages.SearchAsync("operator");
        await visit.Page.GetByLabel("Abrir la transacción").First.ClickAsync();
        (await visit.Page.ContentAsync()).ShouldNotContain("1582464633");
        await visit.Page.GetByLabel("Motivo para ver los números completos").FillAsync("reclamo 4711");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Revelar" }).ClickAsync();
        await visit.Page.GetByText("1582464633").WaitForAsync();

        (await pages.RunAsync("events", "--audit", "--json")).Out.ShouldContain("reclamo 4711");
    }

    [Fact]
    public async Task Columns_that_are_chosen_stand_in_the_address_and_a_row_opens_as_JSON()
    {
        await using var visit = await pages.SearchAsync("viewer");
        await visit.Page.GetByLabel("Mostrar la columna digest").CheckAsync();
        await visit.Page.Locator("th", new() { HasTextString = "digest" }).WaitForAsync();
        visit.Page.Url.ShouldContain("columns=");
        visit.Page.Url.ShouldContain("range=all");

        await visit.Page.ReloadAsync();
        await visit.LiveAsync();
        await visit.Page.Locator("th", new() { HasTextString = "digest" }).WaitForAsync();
        await visit.Page.GetByLabel("Abrir la transacción").First.ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Como JSON" }).ClickAsync();
        var json = JsonDocument.Parse(await visit.Page.Locator(".json").InnerTextAsync()).RootElement;
        json.GetProperty("valor").GetString().ShouldNotBeNull();
        json.GetProperty("cuenta_ordenante").GetString()!.ShouldStartWith("••••");
        visit.ShouldBeClean();
    }

    [Fact]
    public async Task A_query_that_names_an_account_stands_in_no_address()
    {
        await using var visit = await pages.SearchAsync("viewer");
        await visit.Page.Locator("#query").FillAsync("cuenta_ordenante: 1582464633 and valor <= 2");
        await visit.Page.Locator("#query").PressAsync("Enter");
        await visit.Page.GetByText("2 transacciones, $3,00 en total").WaitForAsync();

        visit.Page.Url.ShouldNotContain("1582464633");
        await visit.Page.ReloadAsync();
        await visit.Page.GetByText("2 transacciones, $3,00 en total").WaitForAsync();
    }

    [Fact]
    public async Task An_auditor_exports_all_that_was_found_and_a_viewer_may_not()
    {
        await using var visit = await pages.SearchAsync("auditor");
        var download = await visit.Page.RunAndWaitForDownloadAsync(() => visit.Page.GetByText("Exportar CSV").ClickAsync());
        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        lines.Length.ShouldBe(301);
        lines[0].ShouldStartWith("id,");

        await using var viewer = await pages.SearchAsync("viewer");
        (await viewer.Page.GetByText("Exportar CSV").CountAsync()).ShouldBe(0);
        var refused = await viewer.Page.Context.APIRequest.GetAsync("/discover/export/csv?range=all");
        refused.Status.ShouldBe(403);
    }
}

/// <summary>Apart from the rest, since it adds to what is found.</summary>
public sealed class LiveTailTests(SearchedPages pages) : IClassFixture<SearchedPages>
{
    [Fact]
    public async Task Live_shows_what_comes_in_without_being_asked()
    {
        await using var visit = await pages.SearchAsync("viewer");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "En vivo" }).ClickAsync();
        await pages.ImportAsync(SearchedPages.Row(900, "Tail", 1));

        await visit.Page.Locator("table.rows").GetByText("Tail", new() { Exact = true }).WaitForAsync();
    }
}

/// <summary>300 transactions of 1 to 300, every second one by DeUna.</summary>
public sealed class SearchedPages(Chromium chromium) : CaudalPages(chromium)
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await ImportAsync(string.Join('\n', Enumerable.Range(1, 300)
            .Select(number => Row(number, number % 2 == 1 ? "DeUna" : "Banca Web", number))));
    }

    /// <summary>Discover over all that there is.</summary>
    public Task<Visit> SearchAsync(string role) => OpenAsync(role, "/discover?range=all");

    public static string Row(int id, string app, int amount) => $$"""
        {"id":"{{id}}","app":"{{app}}","id_ordenante":"4677717306","valor":{{amount}},"producto":"Ahorros","cuenta_ordenante":"1582464633"
        """.Trim() + $$"""
        ,"cuenta_beneficiario":"3216342883","detalle":"una","timestamp":"2025-09-13T05:12:15"}
        """.Trim();

    public async Task ImportAsync(string rows)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, rows, Encoding.UTF8);
        var said = await RunAsync("import", file, "--format", "ndjson");
        File.Delete(file);
        said.ExitCode.ShouldBe(0, said.Error);
    }
}
