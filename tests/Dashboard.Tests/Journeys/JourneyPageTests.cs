using Caudal.Tests.Browser;
using Microsoft.Playwright;

namespace Caudal.Tests.Journeys;

/// <summary>One transaction's whole journey on one page: reached by its id, from a search, and from what was rejected.</summary>
public sealed class JourneyPageTests(CaudalPages pages) : IClassFixture<CaudalPages>
{
    const string Id = "7d9f0c6e-1a2b-4c3d-8e4f-5a6b7c8d9e0f";

    [Fact]
    public async Task A_row_is_followed_from_hot_to_its_receipt_and_its_numbers_show_once_somebody_says_why()
    {
        // Its account would be too long if it were made of the id, as the others' are.
        await pages.ImportAsync([CaudalPages.Row("0", "367.60").Replace("\"id\":\"0\"", $"\"id\":\"{Id}\"", StringComparison.Ordinal)]);
        await using var visit = await pages.EnterAsync("operator");
        await visit.LiveAsync();
        await visit.Page.Locator(".rail .find input").FillAsync(Id);
        await visit.Page.Locator(".rail .find input").PressAsync("Enter");
        await visit.Page.GetByText("Recibida, espera su lote").WaitForAsync();
        (await visit.Page.Locator(".journey li:not(.ahead)").CountAsync()).ShouldBe(3);
        await visit.KeepPictureAsync("transaction-hot");

        (await pages.RunAsync("batch", "run")).ExitCode.ShouldBe(0);
        await visit.Page.GetByText("En la historia, y probada").WaitForAsync();
        // Proven comes before purged, which the page shows when it looks again.
        await visit.Page.Locator(".journey li:not(.ahead)").Nth(7).WaitForAsync();
        (await visit.Page.Locator(".journey a[href^='/reconciliation/']").CountAsync()).ShouldBe(1);

        (await visit.Page.ContentAsync()).ShouldNotContain("4677717306");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Como JSON" }).ClickAsync();
        (await visit.Page.Locator(".json").InnerTextAsync()).ShouldContain("\"id_ordenante\": \"••••7306\"");
        await visit.Page.GetByLabel("Motivo para ver los números completos").FillAsync("reclamo 12");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Revelar" }).ClickAsync();
        await visit.Page.Locator(".json", new() { HasTextString = "4677717306" }).WaitForAsync();
        await visit.KeepPictureAsync("transaction-history");
        (await pages.RunAsync("events", "--audit", "--json")).Out.ShouldContain("reclamo 12");
        visit.ShouldBeClean();
    }

    [Fact]
    public async Task What_its_sender_calls_it_finds_it_and_stays_out_of_the_address()
    {
        await pages.ImportAsync([CaudalPages.Row("nomina-77", "5.00")]);
        await using var visit = await pages.OpenAsync("viewer", "/transaction");
        await visit.Page.Locator(".rail .find input").FillAsync("nomina-78");
        await visit.Page.Locator(".rail .find input").PressAsync("Enter");
        await visit.Page.GetByText("Ninguna transacción se llama así").WaitForAsync();
        await visit.Page.Locator(".rail .find input").FillAsync("nomina-77");
        await visit.Page.Locator(".rail .find input").PressAsync("Enter");

        await visit.Page.Locator(".journey").WaitForAsync();
        visit.Page.Url.ShouldNotContain("nomina");
        visit.ShouldBeClean();
    }

    [Fact]
    public async Task A_rejection_and_an_id_that_nobody_has_are_told_as_what_they_are()
    {
        await pages.ImportAsync([CaudalPages.Row("mala-1", "-3")]);
        await using var visit = await pages.OpenAsync("viewer", "/rejections");
        await visit.Page.Locator("td a[href^='/transaction/']").First.ClickAsync();
        await visit.Page.GetByText("Rechazado, sin resolver").WaitForAsync();
        (await visit.Page.Locator(".bytes mark").InnerTextAsync()).ShouldStartWith("-");
        (await visit.Page.Locator(".bytes").InnerTextAsync()).ShouldNotContain("4677717306");
        await visit.KeepPictureAsync("transaction-rejected");

        await visit.Page.GotoAsync("/transaction/00000000-0000-4000-8000-000000000000");
        await visit.Page.GetByText("Ningún almacén tiene").WaitForAsync();
        await visit.KeepPictureAsync("transaction-nowhere");
        await visit.Page.GotoAsync("/transaction/4711");
        await visit.Page.GetByText("no es un id").WaitForAsync();
        visit.ShouldBeClean();
    }
}
