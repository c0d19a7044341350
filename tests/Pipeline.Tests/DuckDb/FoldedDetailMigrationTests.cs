using Caudal.Engines.DuckDb;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Tests.Contracts;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

/// <summary>Files that were written before details were folded keep their rows and can be asked like new ones.</summary>
public sealed class FoldedDetailMigrationTests() : HistoryContract(new DuckDbHistory()), IDisposable
{
    static readonly Query Spelled = QueryParser.Parse("detalle: \"TRANSACCION 7\"", TimeZoneInfo.Utc);

    readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task History_goes_on_with_every_row()
    {
        var run = await SettleAsync(1, Range(0, 5_000), Some.Transactions(0, 5_000));
        await FinishAsync(run);
        var staged = await CreateAsync(2, Range(5_000, 5_010));
        await StageAsync(staged, Some.Transactions(5_000, 10));
        var before = (await ReadAsync(Range(0, 5_000)), await Store.MeasureAsync(null, Cancellation));

        await ReopenAsync(Old("historical_transactions", 3));

        var after = (await ReadAsync(Range(0, 5_000)), await Store.MeasureAsync(null, Cancellation));
        after.Item1.Rows.ShouldBe(before.Item1.Rows);
        after.Item2.ShouldBe(before.Item2);
        (await Store.Queries.CountAsync(Spelled, Cancellation)).Count.ShouldBe(1);
        var settled = QueryParser.Parse("run: 1 and batch_date: *", TimeZoneInfo.Utc);
        (await Store.Queries.CountAsync(settled, Cancellation)).Count.ShouldBe(5_000);
        (await Store.MeasureStagedAsync(staged, Cancellation)).ShouldBe(default, "what was staged is extracted again");
    }

    [Fact]
    public async Task Hot_goes_on_with_every_row()
    {
        await using (var hot = await OpenHotAsync())
            await IndexAsync(hot, 0, 5_000);
        using (var connection = new DuckDBConnection($"Data Source={_folder.File("hot.duckdb")}"))
        {
            connection.Open();
            connection.Execute(Old("transactions", 2));
        }

        await using var forward = await OpenHotAsync();
        await IndexAsync(forward, 5_000, 10);

        var rows = (await forward.ReadAsync(Range(0, 6_000), Cancellation).ToListAsync(Cancellation)).SelectMany(batch => batch.Rows);
        rows.Select(row => row with { IndexedAt = default }).ShouldBe(Some.Transactions(0, 5_010));
        (await forward.Queries.CountAsync(Spelled, Cancellation)).Count.ShouldBe(1);
        (await forward.GetStateAsync(Cancellation)).RebuiltFrom.ShouldBeNull();
    }

    public void Dispose() => _folder.Dispose();

    async Task<IHotStore> OpenHotAsync()
    {
        var hot = new DuckDbHotStore(_folder.File("hot.duckdb"), new(), TimeProvider.System, NullLogger<DuckDbHotStore>.Instance);
        await hot.OpenAsync(Watermark.Zero, Cancellation);
        return hot;
    }

    static async Task IndexAsync(IHotStore hot, int from, int count) => await hot.IndexAsync(
        new(Some.Transactions(from, count), Watermark.Of(Some.Partition, from + count), count, 0), (_, _) => default, Cancellation);

    static string Old(string table, int version) =>
        $"ALTER TABLE {table} DROP COLUMN detalle_plegado; UPDATE schema_version SET version = {version}";
}
