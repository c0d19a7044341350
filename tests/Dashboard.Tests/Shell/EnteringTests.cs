using System.Net;
using Caudal.Tests.Browser;

namespace Caudal.Tests.Shell;

/// <summary>Who comes in, how, and what each may see.</summary>
public sealed class EnteringTests(CaudalPages pages) : IClassFixture<CaudalPages>
{
    [Fact]
    public async Task The_printed_link_opens_the_pages_once()
    {
        await using var first = await pages.ComeAsync();
        await first.Page.GotoAsync(pages.Link);
        await first.Page.WaitForURLAsync(pages.Address.ToString());
        await first.LiveAsync();
        (await first.Page.Locator("h1").InnerTextAsync()).ShouldBe("Todavía no hay transacciones");
        first.ShouldBeClean();

        await using var second = await pages.ComeAsync();
        await second.Page.GotoAsync(pages.Link);
        (await second.Page.Locator("[role=alert]").InnerTextAsync()).ShouldContain("una sola vez");
        (await second.Page.GotoAsync("/"))!.Status.ShouldBe(401);
    }

    [Fact]
    public async Task The_session_is_a_cookie_that_no_script_reads_and_the_address_keeps_no_secret()
    {
        await using var visit = await pages.EnterAsync("viewer");
        var cookie = (await visit.Page.Context.CookiesAsync()).Single(each => each.Name.StartsWith("caudal-", StringComparison.Ordinal)
            && each.Value.StartsWith("caudal_", StringComparison.Ordinal));

        cookie.HttpOnly.ShouldBeTrue();
        cookie.SameSite.ShouldBe(Microsoft.Playwright.SameSiteAttribute.Strict);
        visit.Page.Url.ShouldBe(pages.Address.ToString());
        (await visit.Page.EvaluateAsync<string>("document.cookie")).ShouldNotContain("caudal_");
    }

    [Fact]
    public async Task Whoever_leaves_is_out()
    {
        await using var visit = await pages.EnterAsync("operator");
        await visit.LiveAsync();
        await visit.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Salir" }).ClickAsync();
        await visit.Page.WaitForURLAsync("**/enter");

        (await visit.Page.GotoAsync("/"))!.Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_sender_sees_no_page()
    {
        await using var visit = await pages.ComeAsync();
        await visit.Page.GotoAsync($"/enter#{await pages.TokenAsync("sender")}");
        await visit.Page.WaitForURLAsync(pages.Address.ToString());

        (await visit.Page.GotoAsync("/"))!.Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_page_of_another_origin_gets_no_connection_with_the_readers_session()
    {
        var token = await pages.TokenAsync("viewer");
        using var http = new HttpClient { BaseAddress = pages.Address };
        async Task<HttpStatusCode> AskAsync(string? origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
            request.Headers.Add("Cookie", $"caudal-{pages.Address.Port}={token}");
            if (origin is not null)
                request.Headers.Add("Origin", origin);
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }

        (await AskAsync($"http://{pages.Address.Authority}")).ShouldBe(HttpStatusCode.OK);
        (await AskAsync("http://127.0.0.1:1")).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync("null")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_session_opens_pages_and_not_the_api()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(pages.Address, "/api/status"));
        request.Headers.Add("Cookie", $"caudal-{pages.Address.Port}={await pages.TokenAsync("admin")}");
        using var http = new HttpClient();
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
