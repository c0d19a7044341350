using System.Net;
using Caudal.Access;

namespace Caudal.Tests.Api;

/// <summary>Who is let in, and as whom.</summary>
public sealed class TokenTests(ApiHost host) : IClassFixture<ApiHost>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_revoked_token_is_refused_at_once()
    {
        var made = await host.CreateAsync(Role.Viewer, "to-be-revoked");
        using var client = host.Client(made.Text);
        (await client.GetAsync("/api/status", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var revoked = await host.As(Role.Admin).PostAsync("/api/tokens/to-be-revoked/revoke", null, Cancellation);

        revoked.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await revoked.ReadAsync()).GetProperty("revokedBy").GetString().ShouldBe("the-Admin");
        using var refused = await client.GetAsync("/api/status", Cancellation);
        await refused.ShouldBeProblemAsync(401, "no-token");
        refused.Headers.WwwAuthenticate.ToString().ShouldContain("invalid_token");
    }

    [Fact]
    public async Task A_token_is_shown_once_and_only_its_id_is_listed()
    {
        using var response = await host.As(Role.Admin).PostAsync(
            "/api/tokens", Asking.Json("""{"role": "sender", "name": "core"}"""), Cancellation);
        var made = await response.ReadAsync();

        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var listed = await host.As(Role.Admin).GetStringAsync("/api/tokens", Cancellation);
        listed.ShouldContain(made.GetProperty("id").GetString()!);
        listed.ShouldNotContain(made.GetProperty("token").GetString()!.Split('_')[2]);
    }

    [Theory]
    [InlineData("""{"role": "sender", "name": "the-Viewer"}""", "already")]
    [InlineData("""{"role": "sender", "name": "two words"}""", "letters")]
    [InlineData("""{"role": "sender", "name": ""}""", "letters")]
    [InlineData("""{"role": "sender", "expires": "2020-01-01"}""", "expired already")]
    [InlineData("""{"role": "sender", "expires": "soon"}""", "no time")]
    [InlineData("""{"role": "king"}""", "$.role")]
    [InlineData("""{"role": 0}""", "$.role")]
    [InlineData("""{}""", "JSON")]
    [InlineData("", "missing")]
    public async Task A_token_that_cannot_be_is_refused(string wish, string why)
    {
        using var response = await host.As(Role.Admin).PostAsync("/api/tokens", Asking.Json(wish), Cancellation);
        (await response.ShouldBeProblemAsync(400, "bad-request")).GetProperty("detail").GetString()!.ShouldContain(why);
    }

    [Fact]
    public async Task What_is_no_token_at_all_is_refused()
    {
        var made = (await host.CreateAsync(Role.Admin)).Text;
        foreach (var text in new[] { "", "x", made[..^1], made + "0", made.Replace('c', 'C'), made[..^1] + (made[^1] == '0' ? '1' : '0') })
        {
            using var client = host.Client(text.Length > 0 ? text : null);
            using var response = await client.GetAsync("/api/owner", Cancellation);
            await response.ShouldBeProblemAsync(401, "no-token");
        }
    }

    [Fact]
    public async Task No_header_makes_a_token_into_another_actor()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/tokens")
        {
            Content = Asking.Json("""{"role": "viewer", "name": "made-by-whom"}"""), Headers = { { "Caudal-Actor", "somebody else" } },
        };
        (await host.As(Role.Admin).SendAsync(request, Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await host.Pipeline.Tokens.ListAsync(Cancellation)).Single(token => token.Name == "made-by-whom").CreatedBy.ShouldBe("the-Admin");
    }
}
