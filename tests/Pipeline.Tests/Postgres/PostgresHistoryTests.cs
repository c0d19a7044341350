using Caudal.Engines.DuckDb;
using Caudal.Engines.Postgres;
using Caudal.History;
using Caudal.Hot;
using Caudal.Tests.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

public sealed class PostgresRunJournalTests(PostgresServer server) : RunJournalContract(new PostgresHistory(server));

public sealed class PostgresHistoryStoreTests(PostgresServer server) : HistoryStoreContract(new PostgresHistory(server));

public sealed class PostgresHistoryValidationTests(PostgresServer server) : HistoryValidationContract(new PostgresHistory(server));

public sealed class PostgresHistoryReadingTests(PostgresServer server) : HistoryReadingContract(new PostgresHistory(server));

public sealed class PostgresHistoryOpeningTests(PostgresServer server) : HistoryOpeningContract(new PostgresHistory(server));

public sealed class PostgresQueryTests(PostgresServer server) : QueryContract(new PostgresHistory(server)), IDisposable
{
    readonly TemporaryFolder _folder = new();

    protected override IHotStore MakeHot() => new DuckDbHotStore(
        _folder.File("hot.duckdb"), new(), TimeProvider.System, NullLogger<DuckDbHotStore>.Instance);

    public void Dispose() => _folder.Dispose();
}

/// <summary>A schema of one test's own on the server that tests share.</summary>
sealed class PostgresHistory(PostgresServer server) : HistoryEngine
{
    readonly string _schema = $"t_{Guid.NewGuid():N}";
    string? _connection;

    public async ValueTask<string> ConnectionAsync() => _connection ??= await server.MakeSchemaAsync(_schema);

    public override async ValueTask<IHistoryStore> OpenAsync(TimeZoneInfo? zone = null) => await PostgresHistoryStore.OpenAsync(
        new() { Connection = await ConnectionAsync(), MemoryMebibytesMax = 16 }, zone, TimeProvider.System,
        TestContext.Current.CancellationToken);

    public override async ValueTask TamperAsync(string sql) => await PostgresServer.ExecuteAsync(await ConnectionAsync(), sql);

    public override async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await server.DropSchemaAsync(_schema);
    }
}
