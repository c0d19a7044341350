using Caudal.Engines.DuckDb;
using Caudal.Log;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;

namespace Caudal.Tests;

/// <summary>What a hot store does about the file that it finds.</summary>
public sealed class HotFileTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly Warnings _warnings = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string FilePath => _folder.File("hot.duckdb");

    [Fact]
    public async Task A_file_that_does_not_open_is_set_aside_with_its_log_and_said_so()
    {
        File.WriteAllText(FilePath, new string('?', 50_000));
        File.WriteAllText(FilePath + ".wal", "its log");
        await using var hot = Make();

        var state = await hot.OpenAsync(Watermark.Of(Some.Partition, 7), Cancellation);

        state.RebuiltFrom.ShouldNotBeNull().ShouldStartWith("hot.duckdb.broken-");
        (state.Start[Some.Partition], state.Next[Some.Partition]).ShouldBe((7, 7));
        File.ReadAllText(_folder.File(state.RebuiltFrom)).ShouldBe(new string('?', 50_000));
        File.ReadAllText(_folder.File(state.RebuiltFrom + ".wal")).ShouldBe("its log");
        _warnings.ShouldHaveSingleItem().ShouldContain(state.RebuiltFrom);
    }

    [Fact]
    public async Task A_file_that_starts_died_on_is_set_aside()
    {
        await FillAsync();
        File.WriteAllText(FilePath + ".opening", "3");
        await using var hot = Make();

        var state = await hot.OpenAsync(Watermark.Zero, Cancellation);

        state.RebuiltFrom.ShouldNotBeNull();
        state.Next.ShouldBe(Watermark.Zero);
        _warnings.ShouldHaveSingleItem().ShouldContain("died");
        File.Exists(FilePath + ".opening").ShouldBeFalse();
    }

    [Fact]
    public async Task A_file_that_one_start_died_on_is_used()
    {
        await FillAsync();
        File.WriteAllText(FilePath + ".opening", "1");
        await using var hot = Make();

        (await hot.OpenAsync(Watermark.Zero, Cancellation)).Taken.Rows.Count.ShouldBe(10);
        File.Exists(FilePath + ".opening").ShouldBeFalse();
    }

    [Fact]
    public async Task A_file_older_than_the_last_receipt_is_set_aside_since_history_holds_what_it_lacks()
    {
        await FillAsync();
        await using var hot = Make();

        var state = await hot.OpenAsync(Watermark.Of(Some.Partition, 11), Cancellation);

        File.Exists(_folder.File(state.RebuiltFrom.ShouldNotBeNull())).ShouldBeTrue();
        (state.Start[Some.Partition], state.Taken).ShouldBe((11, default));
        _warnings.ShouldHaveSingleItem().ShouldContain("older than the last receipt");
    }

    [Fact]
    public async Task A_file_that_another_process_has_open_is_left_alone_and_named()
    {
        await using var process = ChildProcess.StartChild("hot", FilePath, "1");
        await process.ReadUntilAsync("done", Cancellation);
        await using var hot = Make();

        var refusal = await Should.ThrowAsync<DuckDbFileException>(async () => await hot.OpenAsync(Watermark.Zero, Cancellation));

        refusal.IsBroken.ShouldBeFalse();
        refusal.Message.ShouldContain("open in another process");
        Directory.GetFiles(_folder.Path, "*.broken-*").ShouldBeEmpty();
        await process.KillAsync();
        (await hot.OpenAsync(Watermark.Zero, Cancellation)).Taken.Rows.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_file_of_the_first_schema_is_taken_forward()
    {
        await FillAsync();
        using (var connection = new DuckDBConnection($"Data Source={FilePath}"))
        {
            connection.Open();
            connection.Execute("ALTER TABLE state DROP COLUMN anchor; UPDATE schema_version SET version = 1");
        }
        await using var hot = Make();

        var state = await hot.OpenAsync(Watermark.Zero, Cancellation);
        (state.Taken.Rows.Count, state.Anchor).ShouldBe((10, LogAnchor.None));
        var anchor = LogAnchor.At([new(Some.Position(10), Some.Start, Some.LogMessage(10))]);
        await hot.IndexAsync(
            new(Some.Transactions(10, 1), Watermark.Of(Some.Partition, 11), 1, 0) { Anchor = anchor }, (_, _) => default, Cancellation);
        (await hot.GetStateAsync(Cancellation)).Anchor.ShouldBe(anchor);
        Directory.GetFiles(_folder.Path, "*.broken-*").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_of_a_newer_schema_is_left_alone()
    {
        await FillAsync();
        using (var connection = new DuckDBConnection($"Data Source={FilePath}"))
        {
            connection.Open();
            connection.Execute("UPDATE schema_version SET version = 99");
        }
        await using var hot = Make();

        (await Should.ThrowAsync<DuckDbFileException>(async () => await hot.OpenAsync(Watermark.Zero, Cancellation)))
            .Message.ShouldContain("newer Caudal");
        Directory.GetFiles(_folder.Path, "*.broken-*").ShouldBeEmpty();
    }

    /// <summary>Room that a purge frees is used again: many days pass through the same file.</summary>
    [Fact]
    public async Task The_file_does_not_grow_with_what_passes_through_it()
    {
        const int Day = 50_000;
        await using var hot = Make();
        await hot.OpenAsync(Watermark.Zero, Cancellation);
        var sizes = new List<long>();
        for (var from = 0; from < 6 * Day; from += Day)
        {
            var range = new PositionRange(Watermark.Of(Some.Partition, from), Watermark.Of(Some.Partition, from + Day));
            await hot.IndexAsync(new(Some.Transactions(from, Day), range.To, Day, 0), (_, _) => default, Cancellation);
            await hot.RemoveAsync(range, await hot.MeasureAsync(range, Cancellation), Cancellation);
            sizes.Add(new DirectoryInfo(_folder.Path).GetFiles().Sum(file => file.Length));
        }

        sizes[^1].ShouldBeLessThan(2 * sizes[0]);
    }

    async Task FillAsync()
    {
        await using var hot = Make();
        await hot.OpenAsync(Watermark.Zero, Cancellation);
        await hot.IndexAsync(new(Some.Transactions(0, 10), Watermark.Of(Some.Partition, 10), 10, 0), (_, _) => default, Cancellation);
    }

    DuckDbHotStore Make() => new(FilePath, new(), TimeProvider.System, _warnings);

    public void Dispose() => _folder.Dispose();

    sealed class Warnings : List<string>, ILogger<DuckDbHotStore>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add(formatter(state, exception));
    }
}
