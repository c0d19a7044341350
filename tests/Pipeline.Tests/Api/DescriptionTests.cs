using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Caudal.Access;
using Caudal.Tests.Documentation;

namespace Caudal.Tests.Api;

/// <summary>What the API says of itself, and the page on which people try it.</summary>
public sealed partial class DescriptionTests(ApiHost host) : IClassFixture<ApiHost>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_description_is_as_approved()
    {
        var document = JsonDocument.Parse(await host.As(Role.Sender).GetStringAsync("/openapi/v1.json", Cancellation));
        JsonSerializer.Serialize(document, Indented).ShouldBeApprovedAs("docs/reference/openapi.json");
    }

    [Fact]
    public async Task Every_operation_says_what_it_does_and_who_may()
    {
        var document = JsonDocument.Parse(await host.As(Role.Sender).GetStringAsync("/openapi/v1.json", Cancellation)).RootElement;
        var silent = new List<string>();
        foreach (var path in document.GetProperty("paths").EnumerateObject())
            foreach (var operation in path.Value.EnumerateObject())
            {
                if (!operation.Value.TryGetProperty("summary", out _))
                    silent.Add($"{operation.Name} {path.Name}: no summary");
                if (!path.Name.StartsWith("/health", StringComparison.Ordinal)
                    && !(operation.Value.TryGetProperty("security", out _)
                        && operation.Value.GetProperty("responses").TryGetProperty("403", out _)))
                    silent.Add($"{operation.Name} {path.Name}: no token");
            }
        silent.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_page_opens_in_a_browser_with_the_token_as_password_and_asks_nothing_of_others()
    {
        var token = (await host.CreateAsync(Role.Viewer)).Text;
        using var asked = await host.Anonymous.GetAsync("/docs/", Cancellation);
        asked.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        asked.Headers.WwwAuthenticate.ToString().ShouldStartWith("Basic ");
        using var browser = host.Client(null);
        browser.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"ana:{token}")));

        using var response = await browser.GetAsync("/docs/", Cancellation);
        var page = await response.Content.ReadAsStringAsync(Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("connect-src 'self'");
        AddressesIn().Matches(page).Select(match => match.Groups[1].Value)
            .ShouldAllBe(address => !address.Contains("//", StringComparison.Ordinal));
        (await browser.GetAsync("/openapi/v1.json", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await browser.GetAsync("/api/status", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [GeneratedRegex("(?:src|href)=[\"']([^\"']+)[\"']")]
    private static partial Regex AddressesIn();
}
