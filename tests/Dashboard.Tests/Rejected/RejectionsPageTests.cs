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
        await using (var viewer = await pages.OpenAsync("viewer", "/rejections"))
        {
            await viewer.Page.Locator(".bytes mark").WaitForAsync();
            (await viewer.Page.Locator(".message input, .message textarea, .messages form").CountAsync()).ShouldBe(0);
        }

        await using var visit = await pages.OpenAsync("operator", "/rejections");
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

/// <summary>Several corrected in one go.</summary>
public sealed class EditingManyTests(CaudalPages pages) : IClassFixture<CaudalPages>
{
    [Fact]
    public async Task Those_selected_are_corrected_at_once_and_only_what_would_be_taken_is_sent()
    {
        await pages.ImportAsync([CaudalPages.Row("1", "-3"), CaudalPages.Row("2", "-3"), CaudalPages.Row("3", "-4")]);
        await using var visit = await pages.OpenAsync("operator", "/rejections");
        foreach (var box in await visit.Page.Locator("td input[type=checkbox]").AllAsync())
            await box.CheckAsync();
        await visit.Page.GetByLabel("Texto por reemplazar").FillAsync("-3");
        await visit.Page.GetByLabel("Texto que lo reemplaza").FillAsync("3");
        await visit.Page.Locator(".before-after").Nth(1).WaitForAsync();
        (await visit.Page.Locator(".before-after").Last.InnerTextAsync()).ShouldNotContain("4677717306");
        await visit.KeepPictureAsync("rejections-many");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Reenviar 2 corregidos de 3" }).ClickAsync();
        await visit.Page.GetByText("1 sin resolver, 3 en total").WaitForAsync();

        (await pages.RunAsync("status", "--json")).Json.GetProperty("hot").GetProperty("sum").GetString().ShouldBe("6.00");
        visit.ShouldBeClean();
    }
}
