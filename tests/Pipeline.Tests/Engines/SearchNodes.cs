using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Caudal.Engines.Elasticsearch;

namespace Caudal.Tests;

/// <summary>Three nodes of Elasticsearch of a class's own, to be killed one at a time. Skips its tests where none can be started.</summary>
public sealed class SearchNodes(ElasticsearchServer server) : IAsyncLifetime
{
    const int Count = 3;

    readonly string _home = Directory.CreateTempSubdirectory("nodes").FullName;
    int _port;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>With all their addresses.</summary>
    public ElasticsearchOptions Options(int replicas) => new()
    {
        Addresses = string.Join(',', Enumerable.Range(0, Count).Select(Address)), Index = $"t{Guid.NewGuid():N}", Replicas = replicas,
    };

    public async ValueTask InitializeAsync()
    {
        if (server.CannotStart is { } why)
            RealEngine.GoWithout(why);
        _port = RealEngine.FreePorts(2, apart: 100);
        RealEngine.EndWithThisProcess(_home, Script("stop"), "--home", _home);
        await ReviveAsync();
        await SearchServer.SendAsync(
            HttpMethod.Put, new() { Addresses = Address(0) }, "_cluster/settings", SearchServer.AnyDisk);
    }

    public async ValueTask DisposeAsync()
    {
        if (_port > 0)
            await RealEngine.RunAsync(Script("stop"), "--home", _home);
        Directory.Delete(_home, recursive: true);
    }

    /// <summary>The node that takes the writes of an index.</summary>
    public async Task<int> WriterAsync(string index) => NumberOf(
        (await AskAsync($"_cat/shards/{index}?format=json")).EnumerateArray()
        .Single(shard => shard.GetProperty("prirep").GetString() == "p").GetProperty("node").GetString()!);

    /// <summary>SIGKILL, by its process id.</summary>
    public void Kill(int node)
    {
        var line = File.ReadAllLines(Path.Combine(_home, "pids"))
            .Single(each => each.EndsWith($" node-{node + 1}", StringComparison.Ordinal));
        using var process = Process.GetProcessById(int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture));
        process.Kill();
    }

    /// <summary>Starts those that do not run over what they have, and returns once they are a cluster.</summary>
    public Task ReviveAsync() => RealEngine.RunAsync(
        Script("start"),
        "--home", _home, "--port", _port.ToString(CultureInfo.InvariantCulture), "--nodes", $"{Count}", "--heap", "256m");

    string Address(int node) => $"http://127.0.0.1:{_port + node}";

    Task<JsonElement> AskAsync(string path) => SearchServer.SendAsync(HttpMethod.Get, Options(0), path);

    static int NumberOf(string name) => int.Parse(name["node-".Length..], CultureInfo.InvariantCulture) - 1;

    static string Script(string name) => Path.Combine(RealEngine.Servers, "elasticsearch", name);
}
