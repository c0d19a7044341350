using System.Text.Json;
using Caudal.Engines.Elasticsearch;

namespace Caudal.Tests;

public sealed class ElasticsearchJourneyTests(ElasticsearchServer server) : SearchJourney(server);

public sealed class OpenSearchJourneyTests(OpenSearchServer server) : SearchJourney(server);

/// <summary>The main job with the hot store on a cluster: the same verbs, the same books.</summary>
public abstract class SearchJourney(SearchServer server) : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    ElasticsearchOptions _options = null!;

    public async ValueTask InitializeAsync()
    {
        _options = await server.OptionsAsync();
        await File.WriteAllTextAsync(_folder.File("caudal.json"), $$"""
            {
              "Hot": { "Engine": "elasticsearch" },
              "Elasticsearch": { "Addresses": "{{_options.Addresses}}", "Index": "{{_options.Index}}", "Replicas": 0 }
            }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _folder.Dispose();
        if (_options is not null)
            await SearchServer.DropAsync(_options);
    }

    [Fact]
    public async Task Generated_transactions_with_faults_end_in_history_and_every_one_is_accounted_for()
    {
        var generated = await AskAsync(
            "generate", "--count", "20000", "--seed", "7", "--faults", "duplicate=0.01,conflict=0.001,late=0.02,malformed=0.002");
        var faults = generated.GetProperty("faults");
        var taken = 20_000 - Number(faults, "duplicate") - Number(faults, "conflict") - Number(faults, "malformed");
        var before = (await AskAsync("status")).GetProperty("hot");

        var run = await AskAsync("batch", "run");

        Number(run, "purged").ShouldBe(taken);
        var books = await AskAsync("verify");
        books.GetProperty("reconciled").GetBoolean().ShouldBeTrue(books.ToString());
        Number(books.GetProperty("log"), "messages").ShouldBe(20_000);
        Number(books.GetProperty("hot"), "count").ShouldBe(0);
        Number(books.GetProperty("history"), "count").ShouldBe(taken);
        Number(books.GetProperty("duplicates"), "count").ShouldBe(Number(faults, "duplicate"));
        Number(books.GetProperty("rejections"), "count").ShouldBe(Number(faults, "conflict") + Number(faults, "malformed"));
        Number(before, "count").ShouldBeGreaterThanOrEqualTo(taken);
    }

    async Task<JsonElement> AskAsync(params string[] verb)
    {
        var said = await CaudalProcess.RunAsync(_folder, [.. verb, "--json"]);
        said.ExitCode.ShouldBe(0, $"caudal {string.Join(' ', verb)}: {said.Out} {said.Error}");
        return said.Json;
    }

    static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();
}
