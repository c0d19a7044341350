using Caudal.Engines.DuckDb;
using Caudal.History;
using Caudal.Tests.Contracts;
using DuckDB.NET.Data;

namespace Caudal.Tests;

public sealed class DuckDbRunJournalTests() : RunJournalContract(new DuckDbHistory());

public sealed class DuckDbHistoryStoreTests() : HistoryStoreContract(new DuckDbHistory());

sealed class DuckDbHistory : HistoryEngine
{
    readonly TemporaryFolder _folder = new();

    public string File => _folder.File("history.duckdb");

    public override ValueTask<IHistoryStore> OpenAsync(TimeZoneInfo? zone = null) =>
        ValueTask.FromResult<IHistoryStore>(DuckDbHistoryStore.Open(
            File, new DuckDbOptions { MemoryMebibytesMax = 128 }, zone, TimeProvider.System));

    public override async ValueTask TamperAsync(string sql)
    {
        await using var connection = new DuckDBConnection($"Data Source={File}");
        connection.Open();
        connection.Execute(sql);
    }

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
