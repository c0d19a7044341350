namespace Caudal.Engines.Kafka;

/// <summary>How a password is shown to the brokers.</summary>
public enum KafkaMechanism
{
    Plain,
    ScramSha256,
    ScramSha512,
}

/// <summary>Where the brokers are, how to get in, and what topics must be like. Used where <c>Log:Engine</c> is kafka.</summary>
public sealed record KafkaLogOptions
{
    /// <summary>Brokers to ask first, as <c>host:port,host:port</c>; the rest of the cluster is learnt from them.</summary>
    public string Servers { get; init; } = "localhost:9092";

    /// <summary>True where the brokers speak TLS at these addresses. Their certificates and names are always checked.</summary>
    public bool Tls { get; init; }

    /// <summary>The authority that signed the brokers' certificates, in PEM; null for those that the system trusts.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Who logs in (SASL); null where the brokers ask for no password.</summary>
    public string? User { get; init; }

    /// <summary>The user's password.</summary>
    public string? Password { get; init; }

    /// <summary>How the password is shown.</summary>
    public KafkaMechanism Mechanism { get; init; } = KafkaMechanism.ScramSha512;

    /// <summary>How many partitions topics are made with. A topic that has fewer is refused.</summary>
    public int Partitions { get; init; } = 6;

    /// <summary>On how many brokers each partition is kept. A topic that has fewer replicas is refused.</summary>
    public int ReplicationFactor { get; init; } = 3;

    /// <summary>How many of them must have a message before it is acknowledged. A topic that is content with fewer is refused.</summary>
    public int InSyncReplicasMin { get; init; } = 2;

    /// <summary>
    /// How long topics that are made here keep messages; null for ever, until runs have settled them. Of an existing topic with a finite
    /// retention you are warned: what no run has settled by then is lost.
    /// </summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>
    /// True where what receipts cover is deleted from the topic once it is older than <c>Batch:LogRetention</c>, but never what a consumer
    /// group has yet to read. False leaves that to the topic's own retention: for a topic that others read without a group.
    /// </summary>
    public bool DeletesSettled { get; init; } = true;

    /// <summary>How long an append may wait for the brokers before its outcome is called unknown.</summary>
    public TimeSpan AppendTimeMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long brokers may take to answer at start before they are called out of reach.</summary>
    public TimeSpan ConnectTimeMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A consumer of which the brokers have heard nothing for so long loses its partitions to the others of its group.</summary>
    public TimeSpan SessionDuration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long partitions that move to another consumer wait for what was read of them to be committed.</summary>
    public TimeSpan DrainTimeMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The most bytes that wait for acknowledgement; full means that an append waits.</summary>
    public int QueueBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>The most bytes that are fetched ahead of whoever reads.</summary>
    public int ReadAheadBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>About how many bytes of messages one batch hands out at most.</summary>
    public int ReadBytesMax { get; init; } = 1024 * 1024;
}
