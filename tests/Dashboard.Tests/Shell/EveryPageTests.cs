using System.Reflection;
using Caudal.Dashboard.Api;
using Caudal.Dashboard.Shell;
using Caudal.Tests.Browser;
using Microsoft.AspNetCore.Components;

namespace Caudal.Tests.Shell;

/// <summary>What holds on every page, found by its route, so that none can be forgotten.</summary>
public sealed class EveryPageTests(LivelyPages pages) : IClassFixture<LivelyPages>
{
    public static TheoryData<string> Addresses =>
        [.. typeof(Document).Assembly.GetTypes().SelectMany(type => type.GetCustomAttributes<RouteAttribute>())
            .Select(route => route.Template).Where(address => !address.Contains('{', StringComparison.Ordinal))];

    [Fact]
    public void Every_page_names_what_it_needs() =>
        typeof(Document).Assembly.GetTypes()
            .Where(type => type.GetCustomAttributes<RouteAttribute>().Any() && type.GetCustomAttribute<NeedsAttribute>() is null)
            .Select(type => type.Name).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_page_asks_nothing_of_others_and_breaks_no_rule_in_either_language_and_theme(string address)
    {
        foreach (var seeing in new[]
        {
            new Seeing(), new Seeing { Locale = "en-US", IsDark = true }, new Seeing { Width = 360, Height = 740, IsDark = true },
        })
        {
            await using var visit = await pages.OpenAsync("admin", address, seeing);

            var language = seeing.Locale[..2];
            (await visit.Page.EvaluateAsync<string>("document.documentElement.lang")).ShouldBe(language);
            (await visit.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0);
            await visit.KeepPictureAsync($"{address.Trim('/').Replace('/', '-')}-{language}-{seeing.Width}");
            visit.ShouldBeClean();
        }
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_page_comes_with_a_strict_policy(string address)
    {
        await using var visit = await pages.EnterAsync("viewer");
        var response = (await visit.Page.GotoAsync(address))!;
        var policy = response.Headers["content-security-policy"];

        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("script-src 'self';");
        policy.ShouldContain("frame-ancestors 'none'");
        (await response.TextAsync()).ShouldNotMatch("<script(?![^>]*src=)");
    }

    [Fact]
    public async Task The_reader_changes_the_language_and_the_theme_and_both_stay()
    {
        await using var visit = await pages.EnterAsync("viewer");
        await visit.LiveAsync();
        await visit.Page.Locator("a[hreflang=en]").ClickAsync();
        await visit.Page.Locator("html[lang=en]").WaitForAsync();
        await visit.LiveAsync();
        await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Change between light and dark" }).ClickAsync();
        await visit.Page.Locator("html[data-theme=dark]").WaitForAsync();

        await visit.Page.ReloadAsync();

        await visit.Page.Locator("html[lang=en][data-theme=dark]").WaitForAsync();
        visit.ShouldBeClean();
    }
}

/// <summary>Pages with something to show: a demonstration runs behind them.</summary>
public sealed class LivelyPages(Chromium chromium) : CaudalPages(chromium)
{
    protected override string[] Options => ["--demo"];
}
