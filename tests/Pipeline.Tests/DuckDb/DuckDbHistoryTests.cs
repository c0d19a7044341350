using Caudal.Engines.DuckDb;
using Caudal.History;
using Caudal.Tests.Contracts;
using DuckDB.NET.Data;

namespace Caudal.Tests;

public sealed class DuckDbRunJournalTests() : RunJournalContract(new DuckDbHistory());

public sealed class DuckDbHistoryStoreTests() : HistoryStoreContract(new DuckDbHistory());

public sealed class DuckDbHistoryValidationTests() : HistoryValidationContract(new DuckDbHistory());

public sealed class DuckDbHistoryReadingTests() : HistoryReadingContract(new DuckDbHistory());

public sealed class DuckDbHistoryOpeningTests() : HistoryOpeningContract(new DuckDbHistory());

/// <summary>History is the record: a file that cannot be read is somebody's to decide about, never ours to set aside.</summary>
public sealed class DuckDbHistoryFileTests
{
    [Fact]
    public async Task A_history_of_the_first_schema_is_taken_forward()
    {
        await using var engine = new DuckDbHistory();
        await (await engine.OpenAsync()).DisposeAsync();
        await engine.TamperAsync(
            """
            DROP TABLE access_tokens; ALTER TABLE receipts DROP COLUMN anchor;
            ALTER TABLE historical_transactions DROP COLUMN detalle_plegado; UPDATE schema_version SET version = 1
            """);

        await using var forward = await engine.OpenAsync();
        (await forward.Journal.FindLastReceiptAsync(TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(4096, 8192)]
    public async Task A_broken_file_is_refused_and_left_as_it_is(int from, int to)
    {
        await using var engine = new DuckDbHistory();
        await (await engine.OpenAsync()).DisposeAsync();
        var bytes = await File.ReadAllBytesAsync(engine.Path, TestContext.Current.CancellationToken);
        bytes.AsSpan(from..to).Fill(0xAB);
        await File.WriteAllBytesAsync(engine.Path, bytes, TestContext.Current.CancellationToken);

        var fault = await Should.ThrowAsync<DuckDbFileException>(async () => await engine.OpenAsync());
        fault.Message.ShouldContain(engine.Path);
        fault.Message.ShouldContain("restore the file from a backup");
        (await File.ReadAllBytesAsync(engine.Path, TestContext.Current.CancellationToken)).ShouldBe(bytes);
    }
}

sealed class DuckDbHistory : HistoryEngine
{
    readonly TemporaryFolder _folder = new();

    public string Path => _folder.File("history.duckdb");

    public override ValueTask<IHistoryStore> OpenAsync(TimeZoneInfo? zone = null) =>
        ValueTask.FromResult<IHistoryStore>(DuckDbHistoryStore.Open(
            Path, new DuckDbOptions { MemoryMebibytesMax = 128 }, zone, TimeProvider.System));

    public override async ValueTask TamperAsync(string sql)
    {
        await using var connection = new DuckDBConnection($"Data Source={Path}");
        connection.Open();
        connection.Execute(sql);
    }

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
