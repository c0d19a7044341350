namespace Caudal.Engines.Elasticsearch;

/// <summary>
/// Where the cluster is, how to get in, and how its indices are made. Used where <c>Hot:Engine</c> is elasticsearch, for OpenSearch too.
/// </summary>
public sealed record ElasticsearchOptions
{
    /// <summary>
    /// Nodes as <c>https://one:9200,https://two:9200</c>. They take turns; one that does not answer is passed over for a while.
    /// </summary>
    public string Addresses { get; init; } = "http://localhost:9200";

    /// <summary>
    /// The alias of the indices, one a month: NAME-2025-09. Where an index of this name exists already, as beside Logstash, give another.
    /// </summary>
    public string Index { get; init; } = "financial_transactions";

    /// <summary>The authority that signed the nodes' certificates, in PEM; null for those that the system trusts.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Who logs in; null where the cluster asks for no password, or an API key is given.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string? Password { get; init; }

    /// <summary>An API key as Elasticsearch gives it encoded, in place of user and password.</summary>
    public string? ApiKey { get; init; }

    /// <summary>How many primary shards a new month's index is made with.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>How many copies each shard has beside the primary; 0 loses what is not yet settled with its one node.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>About how many bytes of documents one bulk request carries before compression.</summary>
    public int BulkBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>How many bulk requests of one batch are under way at once.</summary>
    public int BulksAtOnceMax { get; init; } = 2;

    /// <summary>True where bulk requests are sent compressed: less network for more CPU. Answers are always taken compressed.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>How long one request may take before its node is passed over.</summary>
    public TimeSpan RequestTimeMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a cluster that is overloaded or away is asked again before the work is given up; ingest then begins it anew, for ever.
    /// </summary>
    public TimeSpan RetryTimeMax { get; init; } = TimeSpan.FromSeconds(30);
}
