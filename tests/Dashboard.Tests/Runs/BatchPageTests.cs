using Caudal.Tests.Browser;
using Microsoft.Playwright;

namespace Caudal.Tests.Runs;

/// <summary>The batch from the grid: run, look, and what a role may not do.</summary>
public sealed class BatchPageTests(BusyPages pages) : IClassFixture<BusyPages>
{
    [Fact]
    public async Task An_operator_runs_the_batch_and_sees_it_proven_step_by_step_down_to_its_receipt()
    {
        await using var visit = await pages.OpenAsync("operator", "/batch");
        await visit.KeepPictureAsync("batch-empty");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Correr ahora" }).ClickAsync();

        await visit.Page.Locator(".run .tag.good", new() { HasTextString = "probada" }).WaitForAsync();
        await visit.Page.Locator(".grid .cell.proven").Nth(4).WaitForAsync();
        (await visit.Page.Locator(".grid tbody tr").First.Locator(".cell").CountAsync()).ShouldBe(5);
        (await visit.Page.Locator(".run .unit").InnerTextAsync()).ShouldContain("mensajes =");
        await visit.KeepPictureAsync("batch-run");

        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Días pendientes…" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Ver qué se haría" }).ClickAsync();
        await visit.Page.GetByText("ningún día de estos espera").WaitForAsync();

        await visit.Page.GetByText("Ver su comprobante").ClickAsync();
        await visit.Page.Locator(".receipt tfoot").WaitForAsync();
        visit.ShouldBeClean();
    }

    [Fact]
    public async Task A_viewer_sees_the_grid_and_is_offered_nothing_to_do()
    {
        await using var visit = await pages.OpenAsync("viewer", "/batch");

        (await visit.Page.Locator(".content button").CountAsync()).ShouldBe(0);
        visit.ShouldBeClean();
    }
}

/// <summary>A run that a check holds up.</summary>
public sealed class DecidingTests(CaudalPages pages) : IClassFixture<CaudalPages>
{
    [Fact]
    public async Task A_run_over_a_threshold_waits_until_a_person_declines_its_failing_rows_with_a_reason()
    {
        await using var visit = await OverTheThreshold.OpenAsync(pages);
        await visit.Page.GetByText("Filas que pasarían a rechazos").WaitForAsync();
        await visit.KeepPictureAsync("batch-waiting");
        (await visit.Page.Locator(".cell.proven").CountAsync()).ShouldBe(0);

        await using (var viewer = await pages.OpenAsync("viewer", "/batch/1"))
        {
            await viewer.Page.GetByText("Decide quien tiene rol").WaitForAsync();
            (await viewer.Page.Locator(".content button").CountAsync()).ShouldBe(0);
        }

        await visit.Page.GetByLabel("Motivo, queda en la auditoría").FillAsync("montos de prueba");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Rechazar esas filas y seguir" }).ClickAsync();
        await visit.Page.GetByText("montos de prueba").WaitForAsync();
        await visit.Page.Locator(".grid .cell.proven").Nth(4).WaitForAsync();
        (await visit.Page.Locator(".run .unit").InnerTextAsync()).ShouldContain("20 mensajes = 15 filas + 0 duplicados + 5 rechazos");
        visit.ShouldBeClean();
    }
}

/// <summary>A run that a check holds up, and that is right as it is.</summary>
public sealed class ApprovingTests(CaudalPages pages) : IClassFixture<CaudalPages>
{
    [Fact]
    public async Task A_run_that_waits_is_approved_with_a_reason_that_stays_with_it()
    {
        await using var visit = await OverTheThreshold.OpenAsync(pages);
        await visit.Page.GetByText("Monto en cero").First.WaitForAsync();
        await visit.Page.GetByLabel("Motivo, queda en la auditoría").FillAsync("confirmado por caja");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Aprobar con todas sus filas" }).ClickAsync();

        await visit.Page.GetByText("confirmado por caja").WaitForAsync();
        await visit.Page.Locator(".run .tag.good", new() { HasTextString = "probada" }).WaitForAsync();
        visit.ShouldBeClean();
    }
}

/// <summary>A run that a check holds up: five of its twenty amounts are zero.</summary>
static class OverTheThreshold
{
    public static async Task<Visit> OpenAsync(CaudalPages pages)
    {
        await pages.ImportAsync(Enumerable.Range(1, 20).Select(row => CaudalPages.Row($"{row}", row <= 5 ? "0" : "10.50")));
        var visit = await pages.OpenAsync("operator", "/batch");
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Correr ahora" }).ClickAsync();
        await visit.Page.GetByText("sobre el límite").WaitForAsync();
        return visit;
    }
}
