using Caudal.Tests.Browser;

namespace Caudal.Tests.Health;

/// <summary>What runs, on what, and what was said and done.</summary>
public sealed class HealthPageTests(BusyPages pages) : IClassFixture<BusyPages>
{
    [Fact]
    public async Task An_auditor_sees_roles_engines_room_and_searches_the_audit()
    {
        (await pages.RunAsync("batch", "run")).ExitCode.ShouldBe(0);
        await using var visit = await pages.OpenAsync("auditor", "/health");
        await visit.Page.Locator(".vital.good").Nth(1).WaitForAsync();
        (await visit.Page.Locator("table.plain").First.InnerTextAsync()).ShouldContain("DuckDB");

        await visit.Page.Locator(".audit input").FillAsync("run.create");
        await visit.Page.Locator(".audit tbody tr").Nth(1).WaitForAsync();
        await visit.Page.Locator(".audit input").FillAsync("nothing has this");
        await visit.Page.Locator(".audit .empty").WaitForAsync();
        await visit.KeepPictureAsync("health-auditor");
        visit.ShouldBeClean();
    }

    [Fact]
    public async Task A_viewer_sees_events_and_no_audit()
    {
        await using var visit = await pages.OpenAsync("viewer", "/health");

        await visit.Page.Locator(".events").WaitForAsync();
        (await visit.Page.Locator(".audit").CountAsync()).ShouldBe(0);
        visit.ShouldBeClean();
    }
}
