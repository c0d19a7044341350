using Caudal.Tests.Browser;
using Microsoft.Playwright;

namespace Caudal.Tests.Rejected;

/// <summary>Rejections as work: one corrected and re-sent, the rest of a cause discarded, and the books agree all along.</summary>
public sealed class RejectionsPageTests(CaudalPages pages) : IClassFixture<CaudalPages>
{
    [Fact]
    public async Task One_is_corrected_after_a_reason_and_taken_and_the_others_of_its_cause_are_discarded_together()
    {
        await pages.ImportAsync([.. Enumerable.Range(1, 5).Select(row => CaudalPages.Row($"{row}", "-367.60")), "not json"]);
        await using (var viewer = await pages.EnterAsync("viewer"))
        {
            await viewer.Page.GotoAsync("/rejections");
            await viewer.LiveAsync();
            await viewer.Page.Locator(".bytes mark").WaitForAsync();
            (await viewer.Page.Locator(".message input, .message textarea, .messages form").CountAsync()).ShouldBe(0);
        }

        await using var visit = await pages.EnterAsync("operator");
        await visit.Page.GotoAsync("/rejections");
        await visit.LiveAsync();
        (await visit.Page.Locator(".bytes mark").InnerTextAsync()).ShouldBe("-367.60");
        (await visit.Page.Locator(".bytes").InnerTextAsync()).ShouldNotContain("4677717306");
        await visit.KeepPictureAsync("rejections-masked");

        await visit.Page.Locator(".message").GetByLabel("Motivo, queda en la auditoría").FillAsync("signo equivocado");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Ver entero y corregir" }).ClickAsync();
        var text = visit.Page.Locator("textarea");
        (await text.InputValueAsync()).ShouldContain("4677717306");
        await text.FillAsync((await text.InputValueAsync()).Replace("-367.60", "367.60", StringComparison.Ordinal));
        await visit.Page.GetByText("Así se aceptaría").WaitForAsync();
        await visit.Page.Locator("del").WaitForAsync();
        await visit.KeepPictureAsync("rejections-corrected");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Reenviar", Exact = true }).ClickAsync();
        await visit.Page.GetByText("5 sin resolver, 6 en total").WaitForAsync();

        await visit.Page.Locator(".messages form.line").Last.GetByLabel("Motivo, queda en la auditoría").FillAsync("pruebas");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Descartar los 4 de esta causa" }).ClickAsync();
        await visit.Page.GetByText("1 sin resolver, 6 en total").WaitForAsync();
        visit.ShouldBeClean();

        var status = (await pages.RunAsync("status", "--json")).Json;
        status.GetProperty("reconciled").GetBoolean().ShouldBeTrue();
        status.GetProperty("hot").GetProperty("sum").GetString().ShouldBe("367.60");
        using var http = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", await pages.TokenAsync("auditor")) } };
        var audit = await http.GetStringAsync(new Uri(pages.Address, "/api/audit"), TestContext.Current.CancellationToken);
        audit.ShouldContain("signo equivocado");
        audit.ShouldContain("rejection.discard");
    }
}
