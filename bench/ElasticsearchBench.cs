using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caudal.Engines.Elasticsearch;
using Caudal.Engines.Kafka;
using Caudal.Ingesting;
using Caudal.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Bench;

/// <summary>
/// From a Kafka topic into Elasticsearch, beside what the same cluster takes by <c>_bulk</c> alone of the same documents, which lie
/// ready in memory as compressed bodies; and the same rows into the embedded hot store and into Elasticsearch, with a dashboard's eight
/// aggregates over each. The servers are those that CAUDAL_BENCH_KAFKA and CAUDAL_BENCH_ELASTICSEARCH name.
/// </summary>
sealed class ElasticsearchBench(string address, string servers) : IDisposable
{
    const int BodyBytes = 4 * 1024 * 1024;
    const int BodiesAtOnce = 2;

    readonly HttpClient _http = new() { BaseAddress = new($"{address}/"), Timeout = TimeSpan.FromMinutes(5) };

    public static async Task RunAsync(BenchOptions options)
    {
        using var bench = new ElasticsearchBench(Given("CAUDAL_BENCH_ELASTICSEARCH"), Given("CAUDAL_BENCH_KAFKA"));
        await bench.CarryAsync(options.Rows ?? 300_000, options.Rounds);
        await bench.CompareAsync(options.Rows ?? 300_000, options.Rounds);
    }

    public void Dispose() => _http.Dispose();

    static string Given(string variable) =>
        Environment.GetEnvironmentVariable(variable) ?? throw new InvalidOperationException($"{variable} names no running server.");

    async Task CarryAsync(int rows, int rounds)
    {
        var (ours, floor) = (new List<Measured>(), new List<Measured>());
        for (var round = 0; round < rounds; round++)
        {
            var name = $"bench-{Guid.NewGuid():N}";
            await using var log = await OpenLogAsync(name);
            await foreach (var batch in Stores.Generate(rows, seed: 7))
                await log.AppendAsync(name, batch, CancellationToken.None);
            await using (var hot = OpenHot(name))
                ours.Add(await IngestAsync(log, hot, name, rows));
            var bodies = await ReadBodiesAsync(name);
            await CopyIndexAsync(name);
            GC.Collect();
            floor.Add(await Measured.OfAsync(rows, () => SendAsync(bodies, name)));
            await DropAsync(name);
        }
        Table.Rate("Kafka to Elasticsearch, one worker", ours);
        Table.Rate("… floor: _bulk of bodies ready in memory, two at once, then one refresh", floor);
        Table.Ratio("Kafka to Elasticsearch as a share of that floor", ours, floor);
    }

    async Task CompareAsync(int rows, int rounds)
    {
        var name = $"bench-{Guid.NewGuid():N}";
        var (embedded, elasticsearch) = (new List<Measured>(), new List<Measured>());
        await using var stores = await Stores.OpenAsync();
        await using var hot = OpenHot(name);
        await hot.OpenAsync(Watermark.Zero, default);
        await stores.Hot.OpenAsync(Watermark.Zero, default);
        embedded.Add(await Measured.OfAsync(rows, () => AggregateBench.FillAsync(stores.Hot, rows)));
        elasticsearch.Add(await Measured.OfAsync(rows, () => AggregateBench.FillAsync(hot, rows)));
        Table.Rate("decode and index in batches of 50,000: embedded", embedded);
        Table.Rate("… Elasticsearch", elasticsearch);
        Table.Ratio("embedded as a share of Elasticsearch", embedded, elasticsearch);
        await AggregateBench.CompareAsync(stores.Hot.Queries, hot.Queries, rounds);
        await DropAsync(name);
    }

    async ValueTask<KafkaLog> OpenLogAsync(string topic) => await KafkaLog.OpenAsync(
        new() { Servers = servers, Partitions = 1, ReplicationFactor = 1, InSyncReplicasMin = 1 }, [topic], [topic],
        NullLogger<KafkaLog>.Instance, CancellationToken.None);

    ElasticsearchHotStore OpenHot(string index) => new(
        new() { Addresses = address, Index = index, Replicas = 0 }, TimeProvider.System, NullLogger<ElasticsearchHotStore>.Instance);

    static async Task<Measured> IngestAsync(KafkaLog log, ElasticsearchHotStore hot, string topic, int rows)
    {
        await using var stores = await Stores.OpenAsync();
        var end = (await log.DescribeAsync(topic, CancellationToken.None)).End;
        var loop = new IngestLoop(
            log, hot, stores.History, new(log, stores.History, topic, TimeProvider.System), new() { Topic = topic, Group = topic },
            TimeProvider.System, NullLogger<IngestLoop>.Instance);
        using var stop = new CancellationTokenSource();
        Task? running = null;
        var measured = await Measured.OfAsync(rows, async () =>
        {
            running = loop.RunAsync(stop.Token);
            await loop.WaitForAsync(end, CancellationToken.None);
        });
        await stop.CancelAsync();
        await running!;
        return measured;
    }

    /// <summary>Every document of the store, as requests that would make it again.</summary>
    async Task<List<byte[]>> ReadBodiesAsync(string name)
    {
        var (bodies, body) = (new List<byte[]>(), new StringBuilder());
        for (string? after = null; ;)
        {
            var hits = (await AskAsync(HttpMethod.Post, $"{name}/_search", Page(after).ToJsonString()))
                .GetProperty("hits").GetProperty("hits");
            foreach (var hit in hits.EnumerateArray())
            {
                after = hit.GetProperty("sort").GetRawText();
                var (index, id) = (hit.GetProperty("_index"), hit.GetProperty("_id"));
                body.Append($$$"""{"create":{"_index":"{{{index}}}","_id":"{{{id}}}"}}""").Append('\n')
                    .Append(hit.GetProperty("_source").GetRawText()).Append('\n');
                if (body.Length > BodyBytes)
                    Finish();
            }
            if (hits.GetArrayLength() > 0)
                continue;
            Finish();
            return bodies;
        }

        static JsonObject Page(string? after)
        {
            var page = new JsonObject { ["size"] = 10_000, ["sort"] = new JsonArray("offset"), ["track_total_hits"] = false };
            if (after is not null)
                page["search_after"] = JsonNode.Parse(after);
            return page;
        }

        void Finish()
        {
            if (body.Length == 0)
                return;
            var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                gzip.Write(Encoding.UTF8.GetBytes(body.ToString()));
            bodies.Add(packed.ToArray());
            body.Clear();
        }
    }

    /// <summary>Makes the store's indices anew, empty and with the same mappings and settings.</summary>
    async Task CopyIndexAsync(string name)
    {
        foreach (var index in (await AskAsync(HttpMethod.Get, name)).EnumerateObject().ToList())
        {
            await AskAsync(HttpMethod.Delete, index.Name);
            await AskAsync(HttpMethod.Put, index.Name, new JsonObject
            {
                ["mappings"] = JsonObject.Create(index.Value.GetProperty("mappings")),
                ["settings"] = new JsonObject { ["number_of_replicas"] = 0, ["refresh_interval"] = "-1" },
            }.ToJsonString());
        }
    }

    async Task SendAsync(List<byte[]> bodies, string name)
    {
        await Parallel.ForEachAsync(bodies, new ParallelOptions { MaxDegreeOfParallelism = BodiesAtOnce }, async (body, cancellation) =>
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            content.Headers.ContentEncoding.Add("gzip");
            using var answer = await _http.PostAsync("_bulk?filter_path=errors", content, cancellation);
            if (!(await answer.Content.ReadAsStringAsync(cancellation)).Contains("false", StringComparison.Ordinal))
                throw new InvalidOperationException("A document of the floor was refused.");
        });
        await AskAsync(HttpMethod.Post, $"{name}-*/_refresh");
    }

    async Task DropAsync(string name)
    {
        foreach (var pattern in new[] { $"{name}-*", $"caudal-{name}-*" })
            foreach (var index in (await AskAsync(HttpMethod.Get, $"{pattern}/_alias")).EnumerateObject().ToList())
                await AskAsync(HttpMethod.Delete, index.Name);
        await AskAsync(HttpMethod.Delete, $"_index_template/caudal-{name}");
    }

    async Task<JsonElement> AskAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonElement.Parse(body) : throw new InvalidOperationException($"{method} {path}: {body}");
    }
}
