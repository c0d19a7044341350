using Caudal.Dashboard;
using Caudal.Engines.DuckDb;
using Caudal.Engines.Elasticsearch;
using Caudal.Engines.Kafka;
using Caudal.Engines.Postgres;
using Caudal.Engines.Sqlite;
using Caudal.History;
using Caudal.Host.Options;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using DuckDB.NET.Data;
using Microsoft.Data.Sqlite;

namespace Caudal.Host.Composition;

/// <summary>The one place that knows which engine stands behind a port: one <c>switch</c> each.</summary>
sealed class EngineChoice(CaudalSettings settings, DataFolder folder, TimeProvider time, ILoggerFactory loggers)
{
    string Topic => settings.Ingest.Topic;

    /// <summary>The settings by which a store is a file that one process owns at a time, as they stand.</summary>
    public IReadOnlyList<string> OwnedBy =>
    [
        .. settings.Hot.Engine is "duckdb" ? ["Hot:Engine=duckdb"] : Array.Empty<string>(),
        .. settings.History.Engine is "duckdb" ? ["History:Engine=duckdb"] : Array.Empty<string>(),
    ];

    /// <summary>True where any number of processes may open the stores at once, each for itself.</summary>
    public bool AreShared => OwnedBy.Count == 0;

    /// <summary>True where the log itself sees to it that a topic made anew or restored gives no position a second time.</summary>
    public bool LogGivesPositionsOnce => settings.Log.Engine is "kafka";

    /// <summary>False where nothing is kept in the data folder.</summary>
    public bool KeepFiles => !AreShared || settings.Log.Engine is "sqlite";

    /// <summary>What stands behind each port, for people.</summary>
    public IReadOnlyList<EngineNote> Describe() =>
        [NoteOf("log", settings.Log.Engine), NoteOf("hot", settings.Hot.Engine), NoteOf("history", settings.History.Engine)];

    static EngineNote NoteOf(string port, string engine) => engine switch
    {
        "sqlite" => new(port, "SQLite", new SqliteConnection().ServerVersion),
        "duckdb" => new(port, "DuckDB", DuckDbVersion()),
        "kafka" => new(port, "Kafka", $"librdkafka {Confluent.Kafka.Library.VersionString}"),
        "postgres" => new(port, "PostgreSQL", null),
        "elasticsearch" => new(port, "Elasticsearch", null),
        var other => new(port, other, null),
    };

    static string DuckDbVersion()
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        return connection.ServerVersion;
    }

    public async ValueTask<ITransactionLog> OpenLogAsync(CancellationToken cancellation) => settings.Log.Engine switch
    {
        "sqlite" => await SqliteLog.OpenAsync(new() { Path = folder.Log }, time, loggers.CreateLogger<SqliteLog>(), cancellation),
        "kafka" => await KafkaLog.OpenAsync(
            settings.Kafka, [Topic, RejectionBook.TopicOf(Topic), RequestKeys.TopicOf(Topic)], [settings.Ingest.Group],
            loggers.CreateLogger<KafkaLog>(), cancellation),
        var other => throw Unknown("Log:Engine", other),
    };

    public IHotStore OpenHot() => settings.Hot.Engine switch
    {
        "duckdb" => new DuckDbHotStore(
            folder.Hot, new() { MemoryMebibytesMax = settings.Hot.MemoryMebibytesMax }, time, loggers.CreateLogger<DuckDbHotStore>()),
        "elasticsearch" => new ElasticsearchHotStore(settings.Elasticsearch, time, loggers.CreateLogger<ElasticsearchHotStore>()),
        var other => throw Unknown("Hot:Engine", other),
    };

    public async ValueTask<IHistoryStore> OpenHistoryAsync(CancellationToken cancellation) => settings.History.Engine switch
    {
        "duckdb" => DuckDbHistoryStore.Open(
            folder.History, new() { MemoryMebibytesMax = settings.History.MemoryMebibytesMax }, settings.History.FindBusinessZone(), time),
        "postgres" => await PostgresHistoryStore.OpenAsync(Postgres, settings.History.FindBusinessZone(), time, cancellation),
        var other => throw Unknown("History:Engine", other),
    };

    /// <summary>Takes an older table's rows into history, which must not be open.</summary>
    public ValueTask<Takeover> TakeOverAsync(IProgress<long> progress, CancellationToken cancellation) => settings.History.Engine switch
    {
        "postgres" => OriginalTable.TakeOverAsync(Postgres, settings.History.FindBusinessZone(), Topic, progress, cancellation),
        var other => throw new UsageException(
            $"The original pipeline's table is in PostgreSQL: set History:Engine to postgres, not {other}, and History:Connection to it."),
    };

    PostgresOptions Postgres =>
        new() { Connection = settings.History.Connection!, MemoryMebibytesMax = settings.History.MemoryMebibytesMax };

    static UsageException Unknown(string key, string engine) => new($"{key} may not be '{engine}'.");
}
