using Caudal.Tests.Browser;

namespace Caudal.Tests.Overview;

/// <summary>From nothing to the first chart, by file, with figures that are exact.</summary>
public sealed class FirstRunTests(CaudalPages pages) : IClassFixture<CaudalPages>
{
    static readonly string Rows = string.Join('\n',
        Row("1", "DeUna", "100.10", "Ahorros", "2025-09-13T05:12:15"), Row("2", "DeUna", "200.20", "Corriente", "2025-09-13T06:12:15"),
        Row("3", "Banca Web", "99999999.99", "Ahorros", "2025-09-14T05:12:15"), Row("4", "Banca Web", "-1", "Ahorros", "2025-09-14"),
        "not json");

    [Fact]
    public async Task A_dropped_file_becomes_a_report_and_exact_figures_that_filters_narrow()
    {
        await using var visit = await pages.EnterAsync("admin");
        await visit.LiveAsync();
        (await visit.Page.Locator("h1").InnerTextAsync()).ShouldBe("Todavía no hay transacciones");
        (await visit.Page.Locator(".command").InnerTextAsync()).ShouldContain($"{pages.Address}api/transactions");

        await visit.Page.SetInputFilesAsync("input[type=file]", new Microsoft.Playwright.FilePayload
        {
            Name = "three.ndjson", MimeType = "application/x-ndjson", Buffer = System.Text.Encoding.UTF8.GetBytes(Rows),
        });
        await visit.Page.GetByText("5 filas: 3 aceptadas, 2 rechazadas, 0 duplicadas.").WaitForAsync();
        (await visit.Page.Locator("table.plain").InnerTextAsync()).ShouldContain("amount_negative");
        await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Verlas en el panorama" }).ClickAsync();

        await visit.Page.GetByText("$100.000.300,29").First.WaitForAsync();
        (await visit.Page.Locator(".value-bars").First.InnerTextAsync()).ShouldContain("DeUna");
        await visit.Page.Locator(".value-bars a", new() { HasTextString = "DeUna" }).ClickAsync();
        await visit.Page.GetByText("$300,30").First.WaitForAsync();
        visit.Page.Url.ShouldContain("DeUna");
        visit.ShouldBeClean();
    }

    static string Row(string id, string app, string amount, string product, string time) => $$"""
        {"id":"{{id}}","app":"{{app}}","id_ordenante":"7","valor":{{amount}},"producto":"{{product}}","cuenta_ordenante":"1582464633",
        """.Trim() + $$"""
        "cuenta_beneficiario":"3216342883","detalle":"una","timestamp":"{{time}}"}
        """.Trim();
}
