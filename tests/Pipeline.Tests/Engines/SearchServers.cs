using System.Globalization;
using System.Text;
using System.Text.Json;
using Caudal.Engines.Elasticsearch;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(Caudal.Tests.ElasticsearchServer))]
[assembly: AssemblyFixture(typeof(Caudal.Tests.OpenSearchServer))]

namespace Caudal.Tests;

public sealed class ElasticsearchServer() : SearchServer("elasticsearch", "CAUDAL_TEST_ELASTICSEARCH");

public sealed class OpenSearchServer() : SearchServer("opensearch", "CAUDAL_TEST_OPENSEARCH");

/// <summary>One node. Tests share it, each with indices of its own.</summary>
public abstract class SearchServer(string engine, string variable) : RealEngine
{
    /// <summary>How full the machine's disk is otherwise does not matter to tests.</summary>
    internal const string AnyDisk = """{"persistent": {"cluster.routing.allocation.disk.threshold_enabled": false}}""";

    static readonly HttpClient Http = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected override string Variable => variable;

    protected override string? Missing =>
        Directory.Exists(Path.Combine(Servers, engine)) ? null : $"There is no {engine} here to start.";

    /// <summary>Why no more of it can be started here; null where they can.</summary>
    public string? CannotStart => Missing;

    /// <summary>For indices of one test, on one node.</summary>
    public async Task<ElasticsearchOptions> OptionsAsync(string? index = null) =>
        new() { Addresses = await AddressAsync(), Index = index ?? $"t{Guid.NewGuid():N}", Replicas = 0 };

    public static ElasticsearchHotStore Make(ElasticsearchOptions options) =>
        new(options, TimeProvider.System, NullLogger<ElasticsearchHotStore>.Instance);

    /// <summary>Takes away what a test made.</summary>
    public static async Task DropAsync(ElasticsearchOptions options)
    {
        foreach (var pattern in new[] { $"{options.Index}-*", $"caudal-{options.Index}-*" })
            foreach (var index in await NamesAsync(options, pattern))
                await SendAsync(HttpMethod.Delete, options, index);
        // Where no store was opened there is none.
        using var template = await Http.DeleteAsync(
            new Uri($"{options.Addresses}/_index_template/caudal-{options.Index}"), CancellationToken.None);
    }

    /// <summary>What somebody sends to the cluster who is not the hot store.</summary>
    public static async Task<JsonElement> SendAsync(HttpMethod method, ElasticsearchOptions options, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, $"{options.Addresses.Split(',')[0]}/{path}");
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await Http.SendAsync(request, Cancellation);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        response.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {body}");
        return JsonElement.Parse(body);
    }

    protected override async Task<string> StartAsync(string home)
    {
        var port = FreePorts(2, apart: 100);
        EndWithThisProcess(home, Path.Combine(Servers, engine, "stop"), "--home", home);
        await StartAsync(home, port);
        return $"http://127.0.0.1:{port}";
    }

    protected override Task StopAsync(string home) => RunAsync(Path.Combine(Servers, engine, "stop"), "--home", home);

    /// <summary>Starts a server over a folder; returns once it is ready.</summary>
    async Task StartAsync(string home, int port)
    {
        await RunAsync(
            Path.Combine(Servers, engine, "start"),
            "--home", home, "--port", port.ToString(CultureInfo.InvariantCulture), "--heap", "512m");
        await SendAsync(
            HttpMethod.Put, new() { Addresses = $"http://127.0.0.1:{port}" }, "_cluster/settings", AnyDisk);
    }

    static async Task<IReadOnlyList<string>> NamesAsync(ElasticsearchOptions options, string pattern) =>
        [.. (await SendAsync(HttpMethod.Get, options, $"{pattern}/_alias")).EnumerateObject().Select(index => index.Name)];
}
