using Caudal.Tests.Browser;
using Microsoft.Playwright;

namespace Caudal.Tests.Proof;

/// <summary>The proof on one screen, as stored and hashed anew.</summary>
public sealed class ReconciliationPageTests(BusyPages pages) : IClassFixture<BusyPages>
{
    [Fact]
    public async Task A_viewer_sees_that_all_is_accounted_for_and_has_every_row_hashed_anew()
    {
        (await pages.RunAsync("batch", "run")).ExitCode.ShouldBe(0);
        await using var visit = await pages.OpenAsync("viewer", "/reconciliation");
        await visit.Page.Locator(".verdict.good").WaitForAsync();
        (await visit.Page.Locator(".verdict strong").InnerTextAsync()).ShouldStartWith("Cuadra al centavo");

        var status = (await pages.RunAsync("status", "--json")).Json;
        var digest = status.GetProperty("history").GetProperty("digest").GetString()!;
        (await visit.Page.Locator(".hops").InnerHTMLAsync()).ShouldContain(digest);

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Verificar todo ahora" }).ClickAsync();
        await visit.Page.Locator(".check .good").WaitForAsync();
        await visit.Page.Locator("a[href='/reconciliation/1']").ClickAsync();
        await visit.Page.Locator(".receipt tfoot").WaitForAsync();
        (await visit.Page.Locator(".receipt tbody").InnerTextAsync()).ShouldContain("DeUna");
        await visit.KeepPictureAsync("reconciliation-receipt");
        visit.ShouldBeClean();
    }
}
