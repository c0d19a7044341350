using System.Net;
using Caudal.Auditing;
using Caudal.Batch;
using Caudal.Dashboard.Shell;
using Caudal.Engines.Elasticsearch;
using Caudal.Engines.Kafka;
using Caudal.Ingesting;
using Caudal.Scheduling;

namespace Caudal.Host.Options;

/// <summary>Every setting, with its default. A setting's key is its path: <c>Log:Engine</c>.</summary>
public sealed record CaudalSettings
{
    /// <summary>The folder of the embedded stores.</summary>
    public string Data { get; init; } = "data";

    public LogSettings Log { get; init; } = new();

    public KafkaLogOptions Kafka { get; init; } = new();

    public HotSettings Hot { get; init; } = new();

    public ElasticsearchOptions Elasticsearch { get; init; } = new();

    public HistorySettings History { get; init; } = new();

    public IngestOptions Ingest { get; init; } = new();

    public BatchOptions Batch { get; init; } = new();

    public ScheduleOptions Schedule { get; init; } = new();

    public HttpSettings Http { get; init; } = new();

    public ProbeSettings Probe { get; init; } = new();

    public PagesOptions Pages { get; init; } = new();

    public AuditOptions Audit { get; init; } = new();

    public TelemetrySettings Telemetry { get; init; } = new();

    public DemoSettings Demo { get; init; } = new();
}

/// <summary>Where transactions become durable.</summary>
public sealed record LogSettings
{
    /// <summary>What stands behind the log: sqlite or kafka.</summary>
    public string Engine { get; init; } = "sqlite";
}

/// <summary>Where transactions are searchable until a run settles them.</summary>
public sealed record HotSettings
{
    /// <summary>What stands behind the hot store: duckdb or elasticsearch.</summary>
    public string Engine { get; init; } = "duckdb";

    /// <summary>The most memory its buffers take, in MiB; what does not fit is spilled to disk.</summary>
    public int MemoryMebibytesMax { get; init; } = 64;
}

/// <summary>Where transactions are kept for good.</summary>
public sealed record HistorySettings
{
    /// <summary>What stands behind history: duckdb or postgres.</summary>
    public string Engine { get; init; } = "duckdb";

    /// <summary>
    /// Where PostgreSQL is, as Npgsql reads it: Host=…;Database=…;Username=…;Password=…. Another machine's certificate is verified
    /// unless SSL Mode says otherwise. Best given by the environment, CAUDAL_History__Connection.
    /// </summary>
    public string? Connection { get; init; }

    /// <summary>
    /// The most memory its buffers take, in MiB; what does not fit is spilled to disk. On PostgreSQL what one sort of a run takes there.
    /// </summary>
    public int MemoryMebibytesMax { get; init; } = 64;

    /// <summary>
    /// The zone in which a time without an offset is read and days are counted, by its IANA name. Fixed when history is made; null for
    /// the zone that it was made with, which is UTC for a new one.
    /// </summary>
    public string? BusinessZone { get; init; }

    public TimeZoneInfo? FindBusinessZone() => BusinessZone is null ? null : TimeZoneInfo.FindSystemTimeZoneById(BusinessZone);
}

/// <summary>
/// The port of the API while <c>up</c> or <c>serve</c> runs. Whoever calls brings a token: <c>caudal token create</c> makes one.
/// </summary>
public sealed record HttpSettings
{
    /// <summary>Where it listens. Another than a loopback address takes a certificate, or a proxy in front.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>0 takes a free one, which <c>up</c> names.</summary>
    public int Port { get; init; } = 5600;

    /// <summary>A certificate in PEM, with those between it and its root: the port then speaks TLS.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The certificate's private key in PEM, not encrypted; null where the certificate's file holds it too.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>
    /// True is your word that a proxy in front of an address that is not loopback speaks TLS with the callers, and that nothing but the
    /// proxy reaches the port. Tokens are asked for all the same: the proxy passes them on, or adds one for those it knows.
    /// </summary>
    public bool ProxyInFront { get; init; }

    /// <summary>The most bytes of one request's body, after decompression.</summary>
    public int BodyBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>The most transactions of one request.</summary>
    public int RowsMax { get; init; } = 100_000;

    /// <summary>How long an Idempotency-Key is known at least: other rows under it are refused, the same ones absorbed.</summary>
    public TimeSpan IdempotencyWindow { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How many Idempotency-Keys are known at most, about 100 bytes each; where more come, the oldest are forgotten.</summary>
    public int IdempotencyKeysMax { get; init; } = 500_000;

    /// <summary>How many requests a second each token may send on average; ten times as many may come at once.</summary>
    public int RequestsPerSecondMax { get; init; } = 1_000;

    /// <summary>How many requests may be at work at once, of all tokens together.</summary>
    public int ConcurrentRequestsMax { get; init; } = 256;

    /// <summary>How long one request may take; streams go on for as long as they are read.</summary>
    public TimeSpan RequestTimeMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The most rows of one list or search; an export has no such limit.</summary>
    public int ResultRowsMax { get; init; } = 100_000;

    /// <summary>
    /// How long, once it was told to stop, it still takes requests while <c>/health/ready</c> says no: until whoever spreads the requests
    /// over several processes has looked away. 5 seconds do on Kubernetes.
    /// </summary>
    public TimeSpan StopDelay { get; init; }

    internal bool IsLoopback => IPAddress.IsLoopback(IPAddress.Parse(Address));
}

/// <summary>
/// A port of its own for whoever keeps the process running, such as Kubernetes. It answers <c>/health/live</c> and <c>/health/ready</c>
/// from before the stores are open until the last is closed, asks for no token, and has nothing else.
/// </summary>
public sealed record ProbeSettings
{
    /// <summary>Where it listens; 0.0.0.0 for every address of the machine.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Null for no such port.</summary>
    public int? Port { get; init; }
}

/// <summary>What is told to tools that watch. Metrics are read at <c>/metrics</c>; the rest is off until it is asked for.</summary>
public sealed record TelemetrySettings
{
    /// <summary>
    /// Where an OpenTelemetry collector takes traces and metrics (OTLP over gRPC), such as http://localhost:4317; null for nowhere.
    /// </summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>
    /// The share of requests, from 0 to 1, of which one transaction is followed from the door to the hot store. Batch runs are always
    /// traced, and so is what a caller traces.
    /// </summary>
    public decimal SampleRatio { get; init; }
}

/// <summary>What <c>up --demo</c> feeds itself with.</summary>
public sealed record DemoSettings
{
    /// <summary>Transactions a second, on average.</summary>
    public int RatePerSecond { get; init; } = 200;

    /// <summary>When the demonstration settles all that is ingested, in place of the schedule: cron, as it has it.</summary>
    public string Cron { get; init; } = "* * * * *";

    public ScheduleOptions Schedule => new() { Cron = Cron, Reach = ScheduleReach.Now };
}
