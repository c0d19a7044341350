using System.Net;
using Caudal.Access;

namespace Caudal.Tests.Api;

/// <summary>Whatever cannot be answered is a problem that says what to do.</summary>
public sealed class ProblemTests(ApiHost host) : IClassFixture<ApiHost>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/api/nothing", "", "", 404, "not-found")]
    [InlineData("GET", "/nothing.json", "", "", 404, "not-found")]
    [InlineData("DELETE", "/api/status", "", "", 405, "wrong-method")]
    [InlineData("POST", "/api/batch/runs", "text/plain", "{}", 415, "unsupported-media-type")]
    [InlineData("POST", "/api/batch/runs", "application/json", "{", 400, "bad-request")]
    [InlineData("POST", "/api/batch/runs", "application/json", "{\"x\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 400, "bad-request")]
    [InlineData("POST", "/api/batch/runs", "application/json", "{\"key\": \" \"}", 400, "bad-request")]
    [InlineData("POST", "/api/batch/runs", "application/json", "{\"cutoff\": \"x\"}", 400, "bad-request")]
    [InlineData("POST", "/api/batch/runs", "application/json", "{\"day\": \"yesterday\"}", 400, "bad-request")]
    [InlineData("POST", "/api/batch/runs", "application/json", "{\"day\": \"2025-09-13\", \"cutoff\": \"2025-09-14\"}", 400, "bad-request")]
    [InlineData("POST", "/api/batch/runs", "application/json", "{\"day\": \"2261-01-01\"}", 409, "day-not-over")]
    [InlineData("GET", "/api/batch/runs/77", "", "", 404, "not-found")]
    [InlineData("POST", "/api/batch/runs/77/run", "", "", 404, "not-found")]
    [InlineData("POST", "/api/batch/runs/77/steps/extract", "", "", 404, "not-found")]
    [InlineData("POST", "/api/batch/runs/77/steps/jump", "", "", 404, "not-found")]
    [InlineData("POST", "/api/batch/runs/77/approve", "", "", 404, "not-found")]
    [InlineData("POST", "/api/batch/runs/77/decline", "application/json", "{\"why\": \"x\"}", 404, "not-found")]
    [InlineData("GET", "/api/rejections?limit=0", "", "", 400, "bad-request")]
    [InlineData("GET", "/api/rejections?limit=many", "", "", 400, "bad-request")]
    [InlineData("GET", "/api/rejections?state=lost", "", "", 400, "bad-request")]
    [InlineData("GET", "/api/ingest/wait?watermark=7", "", "", 400, "bad-request")]
    [InlineData("POST", "/api/log/new-epoch", "", "", 409, "conflict")]
    [InlineData("POST", "/api/tokens/nobody/revoke", "", "", 404, "not-found")]
    public async Task It_is_told(string method, string path, string type, string body, int status, string code)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (type.Length > 0)
            request.Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue(type));
        using var response = await host.As(Role.Admin).SendAsync(request, Cancellation);
        await response.ShouldBeProblemAsync(status, code);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_too_large()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/tokens") { Content = Asking.Json(new string(' ', 2_000_000)) };
        request.Headers.ExpectContinue = true;
        using var response = await host.As(Role.Admin).SendAsync(request, Cancellation);
        await response.ShouldBeProblemAsync(413, "too-large");
    }

    [Fact]
    public async Task The_port_answers_to_no_other_name()
    {
        using var misdirected = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = "bank.example" } };
        using var response = await host.Anonymous.SendAsync(misdirected, Cancellation);
        await response.ShouldBeProblemAsync(421, "misdirected");
    }

    [Fact]
    public async Task Live_says_live_and_ready_says_ready()
    {
        (await host.Anonymous.GetStringAsync("/health/live", Cancellation)).ShouldBe("""{"live":true}""");
        (await host.Anonymous.GetStringAsync("/health/ready", Cancellation)).ShouldBe("""{"ready":true,"reasons":[]}""");
    }
}

/// <summary>Limits are per token, and say when to come back.</summary>
public sealed class LimitTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_sends_too_much_is_told_when_to_come_back_and_the_others_go_on()
    {
        await using var host = new ApiHost { Http = new() { RequestsPerSecondMax = 1 } };
        await host.InitializeAsync();
        HttpResponseMessage? refused = null;
        for (var request = 0; refused is null && request < 100; request++)
        {
            var response = await host.As(Role.Viewer).GetAsync("/api/owner", Cancellation);
            refused = response.StatusCode == HttpStatusCode.OK ? null : response;
        }

        await refused.ShouldNotBeNull().ShouldBeProblemAsync(429, "too-many-requests");
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
        (await host.As(Role.Operator).GetAsync("/api/owner", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.Anonymous.GetAsync("/health/ready", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
