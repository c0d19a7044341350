using System.Text.Json;
using System.Text.Json.Nodes;
using Caudal.Engines.Elasticsearch;
using Caudal.Hot;
using Caudal.Tests.Contracts;

namespace Caudal.Tests;

public sealed class ElasticsearchHotStoreTests(ElasticsearchServer server) : SearchHotStoreContract(server);

public sealed class OpenSearchHotStoreTests(OpenSearchServer server) : SearchHotStoreContract(server);

public sealed class ElasticsearchQueryTests(ElasticsearchServer server) : SearchQueryContract(server);

public sealed class OpenSearchQueryTests(OpenSearchServer server) : SearchQueryContract(server);

public abstract class SearchHotStoreContract(SearchServer server) : HotStoreReadingContract
{
    ElasticsearchOptions _options = null!;

    string Duplicates => $"caudal-{_options.Index}-duplicates";

    public override async ValueTask InitializeAsync()
    {
        _options = await server.OptionsAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_options is null)
            return;
        await base.DisposeAsync();
        await SearchServer.DropAsync(_options);
    }

    protected override IHotStore Make() => SearchServer.Make(_options);

    protected override async Task TamperAsync(Tampering tampering)
    {
        var duplicate = tampering is Tampering.AlterTheDuplicateAtOffset5 or Tampering.LoseTheDuplicateAtOffset5;
        var (index, id, document) = await FindAsync(duplicate ? Duplicates : _options.Index, duplicate ? 5 : 1);
        switch (tampering)
        {
            case Tampering.AlterOneCentAtOffset1:
                await UpdateAsync(index, id, "valor", "0.03");
                break;
            case Tampering.AlterTheDetailAtOffset1:
                await UpdateAsync(index, id, "detalle", document["detalle"] + ".");
                break;
            case Tampering.AlterTheDuplicateAtOffset5:
                await UpdateAsync(index, id, "valor", "0.04");
                break;
            case Tampering.AddARowBesideOffset1:
                await SendAsync(HttpMethod.Put, $"{index}/_doc/beside?refresh=true", document.ToJsonString());
                break;
            default:
                await SendAsync(HttpMethod.Delete, $"{index}/_doc/{Uri.EscapeDataString(id)}?refresh=true");
                break;
        }
    }

    protected override Task RestartEmptyAsync() => SearchServer.DropAsync(_options);

    async Task<(string Index, string Id, JsonObject Document)> FindAsync(string index, long offset)
    {
        var found = await SendAsync(HttpMethod.Get, $"{index}/_search?q=offset:{offset}");
        var hit = found.GetProperty("hits").GetProperty("hits").EnumerateArray().Single();
        return (
            hit.GetProperty("_index").GetString()!, hit.GetProperty("_id").GetString()!,
            JsonObject.Create(hit.GetProperty("_source"))!);
    }

    Task<JsonElement> UpdateAsync(string index, string id, string field, string value) => SendAsync(
        HttpMethod.Post, $"{index}/_update/{Uri.EscapeDataString(id)}?refresh=true",
        new JsonObject { ["doc"] = new JsonObject { [field] = value } }.ToJsonString());

    Task<JsonElement> SendAsync(HttpMethod method, string path, string? json = null) =>
        SearchServer.SendAsync(method, _options, path, json);
}

public abstract class SearchQueryContract(SearchServer server) : QueryContract(new DuckDbHistory())
{
    ElasticsearchOptions _options = null!;

    public override async ValueTask InitializeAsync()
    {
        _options = await server.OptionsAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        if (_options is not null)
            await SearchServer.DropAsync(_options);
    }

    protected override IHotStore MakeHot() => SearchServer.Make(_options);
}
