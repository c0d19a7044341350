using System.Text;
using Caudal.Engines.Elasticsearch;
using Caudal.Log;
using Caudal.Querying;
using Microsoft.AspNetCore.Http;

namespace Caudal.Tests;

/// <summary>What is wrong is told at start, in one sentence that names the setting to look at.</summary>
public sealed class ElasticsearchStartTests(ElasticsearchServer server) : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    ElasticsearchOptions _options = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _options = await server.OptionsAsync();

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        if (_options is not null)
            await SearchServer.DropAsync(_options);
    }

    [Fact]
    public async Task Over_TLS_with_a_login_the_store_works_and_without_it_does_not()
    {
        using var certificate = ClusterFront.Certificate();
        await using var front = await ClusterFront.StartAsync(_options.Addresses, certificate);
        var basic = $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("caudal:secreto"))}";
        front.Before = (context, _) =>
        {
            var known = context.Request.Headers.Authorization == basic || context.Request.Headers.Authorization == "ApiKey a2V5";
            context.Response.StatusCode = known ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized;
            return !known;
        };
        await File.WriteAllTextAsync(_folder.File("ca.pem"), certificate.ExportCertificatePem(), Cancellation);
        var secure = _options with { Addresses = front.Address, AuthorityFile = _folder.File("ca.pem") };

        foreach (var login in new[] { secure with { User = "caudal", Password = "secreto" }, secure with { ApiKey = "a2V5" } })
        {
            await using var hot = SearchServer.Make(login);
            await hot.OpenAsync(Watermark.Zero, Cancellation);
            (await hot.Queries.CountAsync(Query.Everything, Cancellation)).Count.ShouldBe(0);
        }

        (await RefusedAsync(secure with { User = "caudal", Password = "guess" })).ShouldContain("Elasticsearch:Password");
        (await RefusedAsync(secure)).ShouldContain("refused the login");
        (await RefusedAsync(secure with { AuthorityFile = null })).ShouldContain("Elasticsearch:AuthorityFile");
        (await RefusedAsync(secure with { AuthorityFile = OtherAuthority() })).ShouldContain("Elasticsearch:AuthorityFile");
        (await RefusedAsync(secure with { AuthorityFile = _folder.File("none.pem") })).ShouldContain("none.pem");
        (await RefusedAsync(_options with { Addresses = _options.Addresses.Replace("http:", "https:", StringComparison.Ordinal) }))
            .ShouldContain("https://");
    }

    [Fact]
    public async Task A_login_that_may_not_make_indices_is_told_what_it_needs()
    {
        await using var front = await ClusterFront.StartAsync(_options.Addresses);
        front.Before = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Request.Method == "PUT";
        };

        (await RefusedAsync(_options with { Addresses = front.Address })).ShouldContain("the right to make and write indices");
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://nowhere.invalid:9200")]
    public async Task A_wrong_address_is_named(string address)
    {
        var refusal = await RefusedAsync(new() { Addresses = address });

        refusal.ShouldContain("Elasticsearch:Addresses");
        refusal.ShouldContain(address);
    }

    [Theory]
    [InlineData("""{"version": {"number": "7.10.2"}, "tagline": "You Know, for Search"}""", "7.17")]
    [InlineData("""{"version": {"number": "6.8.0"}}""", "7.17")]
    [InlineData("""{"version": {"number": "1.3.0", "distribution": "opensearch"}}""", "2.4")]
    [InlineData("""{"name": "something else"}""", "no Elasticsearch")]
    [InlineData("<html></html>", "Elasticsearch:Addresses")]
    public async Task What_is_no_cluster_that_can_do_it_is_refused(string root, string because)
    {
        await using var front = await ClusterFront.StartAsync(_options.Addresses);
        front.After = (context, answer) => context.Request.Path == "/" ? root : answer;

        (await RefusedAsync(_options with { Addresses = front.Address })).ShouldContain(because);
    }

    [Fact]
    public async Task An_index_of_the_aliass_own_name_is_left_alone()
    {
        await SearchServer.SendAsync(HttpMethod.Put, _options, _options.Index);

        (await RefusedAsync(_options)).ShouldContain($"an index named {_options.Index} already");

        await SearchServer.SendAsync(HttpMethod.Delete, _options, _options.Index);
    }

    [Theory]
    [InlineData("{}", "not made by Caudal")]
    [InlineData("""{"_meta": {"caudal": {"version": 99}}}""", "newer version")]
    [InlineData("""{"_meta": {"caudal": {"version": 1}}, "properties": {"id": {"type": "text"}}}""", "Field id")]
    public async Task An_index_behind_the_alias_that_is_not_ours_is_left_alone(string mappings, string because)
    {
        var index = $"{_options.Index}-2025-09";
        await SearchServer.SendAsync(
            HttpMethod.Put, _options, index, $$"""{"mappings": {{mappings}}, "aliases": {"{{_options.Index}}": {} } }""");

        (await RefusedAsync(_options)).ShouldContain(because);
    }

    string OtherAuthority()
    {
        using var other = ClusterFront.Certificate();
        File.WriteAllText(_folder.File("other.pem"), other.ExportCertificatePem());
        return _folder.File("other.pem");
    }

    static async Task<string> RefusedAsync(ElasticsearchOptions options)
    {
        await using var hot = SearchServer.Make(options);
        return (await Should.ThrowAsync<ElasticsearchException>(async () => await hot.OpenAsync(Watermark.Zero, Cancellation))).Message;
    }
}
