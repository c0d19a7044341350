using System.Data.Common;
using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Tests.Contracts;

/// <summary>Staging, loading and reading back: each step may be done twice, or be cut off, and the end is that of doing it once.</summary>
public abstract class HistoryStoreContract(HistoryEngine engine) : HistoryContract(engine)
{
    static readonly PositionRange Ten = Range(0, 10);
    static readonly IReadOnlyList<Transaction> TenRows = Some.Transactions(0, 10);
    static readonly Duplicate Again = Duplicate.Of(Some.Transaction(3, some => some with { Position = Some.Position(8) }));

    [Fact]
    public async Task What_is_staged_is_what_the_snapshot_held()
    {
        var run = await CreateAsync(1, Ten);
        (await Store.StageAsync(run, Snapshot(TenRows, Again), Cancellation)).ShouldBe(Amount(TenRows, Again));
        await ReopenAsync();
        (await Store.MeasureStagedAsync(run, Cancellation)).ShouldBe(Amount(TenRows, Again));
    }

    [Fact]
    public async Task Staging_again_replaces_what_was_staged()
    {
        var run = await CreateAsync(1, Ten);
        await Store.StageAsync(run, Snapshot(Some.Transactions(50, 40), Again), Cancellation);
        (await Store.StageAsync(run, Snapshot(TenRows), Cancellation)).ShouldBe(Amount(TenRows));
        (await Store.MeasureStagedAsync(run, Cancellation)).ShouldBe(Amount(TenRows));
    }

    [Fact]
    public async Task A_run_without_staging_measures_nothing() =>
        (await Store.MeasureStagedAsync(NewRun(1, Ten), Cancellation)).ShouldBe(default);

    [Fact]
    public async Task A_staging_that_was_cut_off_is_not_taken_for_a_whole_one()
    {
        var run = await CreateAsync(1, Ten);
        await Should.ThrowAsync<IOException>(async () => await Store.StageAsync(run, CutOff(), Cancellation));
        (await Store.MeasureStagedAsync(run, Cancellation)).ShouldNotBe(Amount(TenRows));
        (await Store.StageAsync(run, Snapshot(TenRows), Cancellation)).ShouldBe(Amount(TenRows));

        static async IAsyncEnumerable<IndexedBatch> CutOff()
        {
            yield return new(TenRows, []);
            await Task.CompletedTask;
            throw new IOException("The hot store went away.");
        }
    }

    [Fact]
    public async Task Dropping_leaves_nothing_and_may_be_repeated()
    {
        var run = await StageAsync(await CreateAsync(1, Ten), TenRows);
        await Store.DropStagingAsync(run, Cancellation);
        await Store.DropStagingAsync(run, Cancellation);
        (await Store.MeasureStagedAsync(run, Cancellation)).ShouldBe(default);
    }

    [Fact]
    public async Task What_was_loaded_is_read_back_row_by_row()
    {
        var rows = Some.Transactions(0, 5).Append(Some.Transaction(5, some => some with
        {
            IdText = "pago-ñ-5",
            Detail = new string('ñ', 500),
            Extra = """{"canal": "caja 3", "n": 1e2}""",
            Amount = Money.Max,
            Timestamp = new(9_183_110_399_999_999),
            IndexedAt = Some.Start,
        })).ToArray();
        var run = await SettleAsync(1, Ten, rows, Again);
        await ReopenAsync();

        var (found, duplicates) = await ReadAsync(Ten);
        found.ShouldBe(rows.Select(row => row with { BatchDate = run.Day }));
        found.ShouldAllBe(row => CanonicalForm.DigestOf(row) == row.Digest);
        duplicates.ShouldBe([Again]);
        run.Loaded.ShouldBe(Amount(rows, Again));
    }

    [Fact]
    public async Task Loading_twice_is_loading_once()
    {
        var run = await ValidateAsync(await StageAsync(await CreateAsync(1, Ten), TenRows, Again));
        await LoadAsync(run);
        var loaded = await Journal.FindAsync(1, Cancellation);
        await Store.LoadAsync(run, [], _ => throw new InvalidOperationException("It was loaded before."), Cancellation);
        (await Store.MeasureAsync(null, Cancellation)).ShouldBe(Amount(TenRows, Again));
        (await Journal.FindAsync(1, Cancellation)).ShouldNotBeNull().Loaded.ShouldBe(loaded!.Loaded);
    }

    /// <summary>The reply was lost, so the caller knows only the run as it was before, and its staging is gone.</summary>
    [Fact]
    public async Task Loading_again_after_the_reply_was_lost_is_loading_once()
    {
        var run = await ValidateAsync(await StageAsync(await CreateAsync(1, Ten), TenRows));
        await LoadAsync(run);
        await Store.DropStagingAsync(run, Cancellation);
        await ReopenAsync();
        await Store.LoadAsync(run, [], figures => Loaded(run, figures), Cancellation);
        (await Store.MeasureAsync(null, Cancellation)).ShouldBe(Amount(TenRows));
    }

    [Fact]
    public async Task Loading_at_once_is_loading_once()
    {
        var run = await ValidateAsync(await StageAsync(await CreateAsync(1, Ten), TenRows, Again));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () => await Store.LoadAsync(run, [], figures => Loaded(run, figures), Cancellation), Cancellation)));
        (await Store.MeasureAsync(null, Cancellation)).ShouldBe(Amount(TenRows, Again));
    }

    [Fact]
    public async Task What_the_caller_refuses_is_not_loaded()
    {
        var run = await ValidateAsync(await StageAsync(await CreateAsync(1, Ten), TenRows));
        await Should.ThrowAsync<ReconciliationException>(async () => await Store.LoadAsync(
            run, [], _ => throw new ReconciliationException("It does not add up."), Cancellation));
        (await Store.MeasureAsync(null, Cancellation)).ShouldBe(default);
        (await Journal.FindAsync(1, Cancellation)).ShouldNotBeNull().State.ShouldBe(RunState.Validated);
        (await LoadAsync(run)).Loaded.ShouldBe(Amount(TenRows));
    }

    [Fact]
    public async Task A_run_that_went_back_is_not_loaded()
    {
        var run = await ValidateAsync(await StageAsync(await CreateAsync(1, Ten), TenRows));
        await MoveAsync(run, run with { State = RunState.Created });
        await Should.ThrowAsync<RunConflictException>(async () => await LoadAsync(run));
        (await Store.MeasureAsync(null, Cancellation)).ShouldBe(default);
    }

    [Fact]
    public async Task What_was_staged_again_is_not_loaded_before_it_is_validated()
    {
        var run = await ValidateAsync(await StageAsync(await CreateAsync(1, Ten), TenRows));
        await Store.StageAsync(run, Snapshot(TenRows), Cancellation);
        await Should.ThrowAsync<ReconciliationException>(
            async () => await Store.LoadAsync(run, [], figures => Loaded(run, figures), Cancellation));
    }

    [Fact]
    public async Task A_staging_that_is_not_what_was_extracted_is_not_loaded()
    {
        var run = await ValidateAsync(await StageAsync(await CreateAsync(1, Ten), TenRows));
        await Should.ThrowAsync<ReconciliationException>(async () => await Store.LoadAsync(
            run with { Extracted = Amount(Some.Transactions(0, 9)) }, [], figures => Loaded(run, figures), Cancellation));
        (await Store.MeasureAsync(null, Cancellation)).ShouldBe(default);
    }

    [Fact]
    public async Task An_empty_run_goes_all_the_way()
    {
        var run = await FinishAsync(await SettleAsync(1, Range(0, 0), []));
        run.Loaded.ShouldBe(default);
        (await ReadAsync(Range(0, 0))).Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task Runs_add_up()
    {
        await FinishAsync(await SettleAsync(1, Ten, TenRows, Again));
        var later = Some.Transactions(10, 7);
        await FinishAsync(await SettleAsync(2, Range(10, 20), later));

        (await Store.MeasureAsync(null, Cancellation)).ShouldBe(Amount([.. TenRows, .. later], Again));
        (await Store.MeasureAsync(Ten, Cancellation)).ShouldBe(Amount(TenRows, Again));
        (await Store.MeasureAsync(Range(10, 20), Cancellation)).ShouldBe(Amount(later));
        (await Store.MeasureAsync(Range(8, 12), Cancellation)).ShouldBe(Amount(Some.Transactions(8, 4), Again));
        (await Store.MeasureAsync(Range(30, 40), Cancellation)).ShouldBe(default);
    }

    /// <summary>More than a double or 64 bits could hold: 2,000 times the greatest amount.</summary>
    [Fact]
    public async Task Sums_are_exact_at_the_limits()
    {
        var rows = Enumerable.Range(0, 2_000)
            .Select(n => Some.Transaction(n, some => some with { Amount = n == 7 ? new(1) : Money.Max })).ToArray();
        var run = await SettleAsync(1, Range(0, 2_000), rows);
        run.Loaded.Rows.Sum.ToString().ShouldBe("19989999999999999980.02");
        run.Loaded.ShouldBe(Amount(rows));
        (await Store.MeasureAsync(null, Cancellation)).ShouldBe(Amount(rows));
    }

    [Theory]
    [InlineData("UPDATE historical_transactions SET valor = valor + 0.01 WHERE \"offset\" = 4")]
    [InlineData("UPDATE historical_transactions SET detalle = 'otro' WHERE \"offset\" = 4")]
    [InlineData("UPDATE historical_transactions SET extra = '{}' WHERE \"offset\" = 4")]
    [InlineData("DELETE FROM historical_transactions WHERE \"offset\" = 4")]
    [InlineData("DELETE FROM historical_duplicates")]
    public async Task What_was_altered_by_hand_shows_when_it_is_read_back_and_hashed(string alteration)
    {
        var run = await SettleAsync(1, Ten, TenRows, Again);
        (await RehashAsync(Ten)).ShouldBe(run.Loaded);
        await ReopenAsync(alteration);
        (await RehashAsync(Ten)).ShouldNotBe(run.Loaded);
    }

    /// <summary>An engine may have a key that keeps it out.</summary>
    [Fact]
    public async Task A_row_that_was_doubled_by_hand_is_kept_out_or_shows()
    {
        var run = await SettleAsync(1, Ten, TenRows, Again);
        var keptOut = false;
        try
        {
            await ReopenAsync("INSERT INTO historical_transactions SELECT * FROM historical_transactions WHERE \"offset\" = 4");
        }
        catch (DbException refusal) when (refusal.Message.Contains("duplicate key", StringComparison.Ordinal))
        {
            keptOut = true;
            await ReopenAsync();
        }
        (await RehashAsync(Ten) == run.Loaded).ShouldBe(keptOut);
    }

    async Task<RangeFigures> RehashAsync(PositionRange range)
    {
        var (rows, duplicates) = await ReadAsync(range);
        return Amount([.. rows.Select(Some.Digested)], [.. duplicates]);
    }
}
