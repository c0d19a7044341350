using System.Globalization;
using System.Text.RegularExpressions;
using Caudal.Tests.Browser;
using Microsoft.Playwright;

namespace Caudal.Tests.Overview;

/// <summary>Whatever the pages add up, in charts, lists and tables, is what the stores hold: to the cent.</summary>
public sealed partial class ExactFiguresTests(BusyPages pages) : IClassFixture<BusyPages>
{
    [Fact]
    public async Task Charts_lists_table_and_history_come_to_the_same_cents_as_a_count_of_the_stores()
    {
        (await pages.RunAsync("batch", "run")).ExitCode.ShouldBe(0);
        (await pages.RunAsync("generate", "--count", "500", "--seed", "8")).ExitCode.ShouldBe(0);
        var all = await CountAsync();
        var archived = await CountAsync("--store", "history");
        all.Count.ShouldBeGreaterThan(archived.Count);

        await using var visit = await pages.OpenAsync("viewer", "/?range=all", new() { Locale = "en-US" });
        await visit.Page.Locator(".charts ul.unseen li").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        SumOf(await visit.Page.Locator(".charts .wide ul.unseen li").AllTextContentsAsync()).ShouldBe(all);
        foreach (var list in await visit.Page.Locator(".value-bars").AllAsync())
        {
            var bars = new List<(string Name, string Exact)>();
            foreach (var bar in await list.Locator("a").AllAsync())
                bars.Add((await bar.Locator(".name").InnerTextAsync(), (await bar.GetAttributeAsync("title"))!));
            SumOf(bars.Select(bar => bar.Exact)).ShouldBe(all);
            foreach (var (name, exact) in bars)
                SumOf([exact]).ShouldBe(await CountAsync($"app: \"{name}\" or producto: \"{name}\""), name);
        }

        await visit.Page.GotoAsync("/discover?range=all");
        await visit.LiveAsync();
        SumOf([await visit.Page.Locator(".found strong").InnerTextAsync()]).ShouldBe(all);
        SumOf(await visit.Page.Locator("ul.unseen li").AllTextContentsAsync()).ShouldBe(all);
        await visit.Page.GotoAsync("/discover?range=all&store=history");
        await visit.LiveAsync();
        SumOf([await visit.Page.Locator(".found strong").InnerTextAsync()]).ShouldBe(archived);

        var books = (await pages.RunAsync("status", "--json")).Json.GetProperty("history");
        (books.GetProperty("count").GetInt64(), decimal.Parse(books.GetProperty("sum").GetString()!, CultureInfo.InvariantCulture))
            .ShouldBe(archived);
        visit.ShouldBeClean();
    }

    async Task<(long Count, decimal Sum)> CountAsync(params string[] asked)
    {
        var said = (await pages.RunAsync(["search", .. asked, "--count", "--json"])).Json;
        return (said.GetProperty("count").GetInt64(), decimal.Parse(said.GetProperty("sum").GetString()!, CultureInfo.InvariantCulture));
    }

    /// <summary>Of texts such as "13 Sep 2025: 1,200, $367.60" or "1,200 transactions, $367.60 in all".</summary>
    static (long Count, decimal Sum) SumOf(IEnumerable<string> texts) => texts.Select(text => Exact().Match(text))
        .Aggregate((Count: 0L, Sum: 0m), (sum, match) => (
            sum.Count + long.Parse(match.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture),
            sum.Sum + decimal.Parse(match.Groups[2].Value, NumberStyles.Number, CultureInfo.InvariantCulture)));

    [GeneratedRegex(@"([\d,]+)(?: transactions)?, \$([\d,]+\.\d\d)")]
    private static partial Regex Exact();
}
