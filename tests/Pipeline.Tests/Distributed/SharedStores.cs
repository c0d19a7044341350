using System.Text.Json;
using System.Text.Json.Nodes;
using Caudal.Engines.Elasticsearch;

namespace Caudal.Tests.Distributed;

/// <summary>
/// A folder with one settings file for processes that share their stores, on the real servers: a topic, indices and a schema of this test's
/// own.
/// </summary>
sealed class SharedStores : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly string _schema = $"t_{Guid.NewGuid():N}";
    PostgresServer _postgres = null!;
    ElasticsearchOptions? _hot;

    public TemporaryFolder Folder => _folder;

    public JsonObject Settings { get; private set; } = [];

    /// <param name="log">sqlite or kafka.</param>
    /// <param name="hot">duckdb or elasticsearch.</param>
    /// <param name="history">duckdb or postgres.</param>
    public static async Task<SharedStores> MakeAsync(
        KafkaServer kafka, ElasticsearchServer elasticsearch, PostgresServer postgres,
        string log = "kafka", string hot = "elasticsearch", string history = "postgres")
    {
        var stores = new SharedStores { _postgres = postgres };
        var topic = $"many.{Guid.NewGuid():N}";
        stores.Settings = new()
        {
            ["Log"] = new JsonObject { ["Engine"] = log },
            ["Hot"] = new JsonObject { ["Engine"] = hot },
            ["History"] = new JsonObject { ["Engine"] = history },
            ["Ingest"] = new JsonObject { ["Topic"] = topic, ["Group"] = topic },
        };
        if (log is "kafka")
            stores.Settings["Kafka"] = new JsonObject
            {
                ["Servers"] = await kafka.AddressAsync(), ["Partitions"] = 6, ["ReplicationFactor"] = 1, ["InSyncReplicasMin"] = 1,
                // The least that a broker grants: a killed worker's partitions are waited for.
                ["SessionDuration"] = "00:00:06",
            };
        if (hot is "elasticsearch")
        {
            stores._hot = await elasticsearch.OptionsAsync();
            stores.Settings["Elasticsearch"] = new JsonObject
            {
                ["Addresses"] = stores._hot.Addresses, ["Index"] = stores._hot.Index, ["Replicas"] = 0,
            };
        }
        if (history is "postgres")
            stores.Settings["History"]!["Connection"] = await postgres.MakeSchemaAsync(stores._schema);
        stores.Write();
        return stores;
    }

    /// <summary>Writes the settings as they are now.</summary>
    public void Write() => File.WriteAllText(_folder.File("caudal.json"), Settings.ToJsonString());

    /// <summary>A role of its own process, once it is ready.</summary>
    public async Task<CaudalProcess> StartAsync(string role, params (string Name, string Value)[] variables)
    {
        var process = CaudalProcess.StartWith(_folder, variables.ToDictionary(each => each.Name, each => each.Value), role);
        await process.WaitForAsync($"Ready: {role}");
        return process;
    }

    /// <summary>What a verb answers that must not fail.</summary>
    public async Task<JsonElement> AskAsync(params string[] verb) => (await RunAsync(verb)).Json;

    public async Task<Said> RunAsync(params string[] verb)
    {
        var said = await CaudalProcess.RunAsync(_folder, [.. verb, "--json"]);
        said.ExitCode.ShouldBe(0, $"caudal {string.Join(' ', verb)}: {said.Out} {said.Error}");
        return said;
    }

    /// <summary>Returns once the processes that ingest have taken all that the log holds.</summary>
    public async Task IngestedAsync()
    {
        for (var begun = TimeProvider.System.GetTimestamp(); ;)
        {
            var books = await CaudalProcess.RunAsync(_folder, "status", "--json");
            if (books.Json.GetProperty("log").GetProperty("lag").GetInt64() == 0)
                return;
            TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(60), books.Out);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        if (Settings["History"]?["Connection"] is not null)
            await _postgres.DropSchemaAsync(_schema);
        if (_hot is not null)
            await SearchServer.DropAsync(_hot);
    }
}
