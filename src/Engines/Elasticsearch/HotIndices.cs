using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caudal.Transactions;

namespace Caudal.Engines.Elasticsearch;

/// <summary>
/// The indices of one hot store: rows by the month in which they happened, behind the alias; beside them duplicates, and the account.
/// These two have names that a pattern such as <c>financial_transactions*</c> does not catch, so that no chart counts them.
/// </summary>
sealed class HotIndices(SearchCluster cluster, ElasticsearchOptions options)
{
    /// <summary>Of mapping and account. An older one is migrated where it can be; a newer one is refused.</summary>
    public const int Version = 1;

    readonly HashSet<string> _made = [];

    public string Rows => options.Index;

    public string Duplicates => $"caudal-{options.Index}-duplicates";

    public string Account => $"caudal-{options.Index}-state";

    /// <summary>All that a range is read from.</summary>
    public string RowsAndDuplicates => $"{Rows},{Duplicates}";

    /// <summary>A function of the month alone, in UTC, so that a transaction that comes again meets itself.</summary>
    public string RowsOf(Instant moment) => string.Create(CultureInfo.InvariantCulture, $"{Rows}-{moment.ToDateTimeOffset():yyyy-MM}");

    /// <summary>Makes what is not there, and refuses what is but is not ours.</summary>
    /// <exception cref="ElasticsearchException">An index of the alias's name exists, or one behind the alias is not ours.</exception>
    public async Task EnsureAsync(CancellationToken cancellation)
    {
        await EnsureOursAsync(Rows, cancellation);
        using (await cluster.AskAsync(HttpMethod.Put, $"_index_template/caudal-{Rows}", Template(), cancellation))
        {
        }
        await MakeAsync(Duplicates, HotMapping.Documents, alias: null, cancellation);
        await MakeAsync(Account, HotMapping.Account, alias: null, cancellation);
    }

    /// <summary>Before rows are written to them. An index that something else made meanwhile is refused.</summary>
    public async Task EnsureAsync(IEnumerable<string> months, CancellationToken cancellation)
    {
        foreach (var month in months)
            if (!_made.Contains(month))
            {
                await MakeAsync(month, HotMapping.Documents, Rows, cancellation);
                _made.Add(month);
            }
    }

    async Task MakeAsync(string index, JsonObject mapping, string? alias, CancellationToken cancellation)
    {
        var body = new JsonObject { ["settings"] = Settings(), ["mappings"] = mapping };
        if (alias is not null)
            body["aliases"] = new JsonObject { [alias] = new JsonObject() };
        var made = await cluster.TryAsync(HttpMethod.Put, index, body, cancellation);
        if (made.Succeeded)
            return;
        if (ErrorText.KindOf(made) != ErrorText.AlreadyExists)
            throw new ElasticsearchException(
                $"{cluster} did not make index {index} ({ErrorText.Of(made)}): give the login of Elasticsearch:User the right to make "
                + $"indices named {Rows}* and caudal-{Rows}*.");
        await EnsureOursAsync(index, cancellation);
    }

    /// <summary>Whether indices that take rows are still as they were made, as far as matters.</summary>
    /// <exception cref="ElasticsearchException">One is not.</exception>
    public async Task EnsureOursAsync(IEnumerable<string> months, CancellationToken cancellation)
    {
        foreach (var month in months)
            await EnsureOursAsync(month, cancellation);
    }

    async Task EnsureOursAsync(string name, CancellationToken cancellation)
    {
        var answer = await cluster.TryAsync(HttpMethod.Get, name, null, cancellation);
        if (answer.Status == 404)
            return;
        using var body = cluster.Read(answer);
        foreach (var index in body.RootElement.EnumerateObject())
        {
            if (name == Rows && index.Name == Rows)
                throw new ElasticsearchException(
                    $"There is an index named {Rows} already, made by another (by Logstash, perhaps), where the hot store needs an alias "
                    + "of that name: set Elasticsearch:Index to another name.");
            var mappings = index.Value.TryGetProperty("mappings", out var found) ? found : default;
            switch (VersionOf(mappings))
            {
                case null:
                    throw new ElasticsearchException(
                        $"Index {index.Name} was not made by Caudal, and its mapping is another: set Elasticsearch:Index to another "
                        + "name, or take the index away.");
                case > Version:
                    throw new ElasticsearchException(
                        $"Index {index.Name} was made by a newer version of Caudal: use that version, or set Elasticsearch:Index to "
                        + "another name.");
            }
            if (HotMapping.FindDifference(mappings) is { } field && index.Name != Account)
                throw new ElasticsearchException(
                    $"Field {field} of index {index.Name} is not of the type that Caudal gave it: compare its mapping with template "
                    + $"caudal-{Rows}, and put it right by re-indexing, or take the index away.");
        }
    }

    static int? VersionOf(JsonElement mappings) =>
        mappings.ValueKind == JsonValueKind.Object && mappings.TryGetProperty("_meta", out var meta)
        && meta.TryGetProperty(HotMapping.Mark, out var ours) && ours.TryGetProperty("version", out var version)
            ? version.GetInt32()
            : null;

    JsonObject Template() => new()
    {
        ["index_patterns"] = new JsonArray($"{Rows}-*-*"),
        ["priority"] = 300,
        ["_meta"] = HotMapping.Meta,
        ["template"] = new JsonObject
        {
            ["settings"] = Settings(),
            ["mappings"] = HotMapping.Documents,
            ["aliases"] = new JsonObject { [Rows] = new JsonObject() },
        },
    };

    /// <summary>
    /// Nothing shows by itself: each commit shows what it wrote. What is acknowledged has been synced to disk by all copies.
    /// </summary>
    JsonObject Settings() => new()
    {
        ["number_of_shards"] = options.Shards,
        ["number_of_replicas"] = options.Replicas,
        ["refresh_interval"] = "-1",
        ["translog.durability"] = "request",
    };
}
