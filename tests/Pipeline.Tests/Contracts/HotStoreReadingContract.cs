using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>What <see cref="IHotStore"/> promises about reading and removing, word by word.</summary>
public abstract class HotStoreReadingContract : HotStoreContract
{
    [Fact]
    public async Task A_stock_is_what_the_store_says_of_itself_and_what_it_holds()
    {
        await IndexAsync(Some.Transactions(0, 10));
        await IndexAsync([Again(3, at: 10)], messages: 2, rejected: 1, next: 12);
        await Hot.RemoveAsync(Between(0, 4), await Hot.MeasureAsync(Between(0, 4), Cancellation), Cancellation);

        var stock = await Hot.TakeStockAsync([Between(0, 4), Between(3, 6)], Cancellation);

        stock.State.ShouldBe(await Hot.GetStateAsync(Cancellation));
        stock.Held.ShouldBe(stock.State.Expected);
        stock.Ranges.ShouldBe([default, await Hot.MeasureAsync(Between(3, 6), Cancellation)]);
        stock.Rows.ShouldBe(6);
    }

    [Fact]
    public async Task A_range_is_read_in_order_and_measured()
    {
        await IndexAsync([.. Some.Transactions(0, 5), Again(2, at: 5), .. Some.Transactions(6, 4)]);

        (await ReadRowsAsync(Between(3, 8))).ShouldBe([Some.Transaction(3), Some.Transaction(4), Some.Transaction(6), Some.Transaction(7)]);
        (await ReadDuplicatesAsync(Between(3, 8))).ShouldBe([Duplicate.Of(Again(2, at: 5))]);
        (await Hot.MeasureAsync(Between(3, 8), Cancellation)).ShouldBe(new(
            Figures.Of(await ReadRowsAsync(Between(3, 8))), Figures.Of([Again(2, at: 5)])));
        (await Hot.MeasureAsync(Between(8, 8), Cancellation)).ShouldBe(default);
        (await ReadAsync(Between(100, 200))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Offsets_with_gaps_of_any_size_are_read_in_order()
    {
        long[] offsets = [0, 1, 5_000_000, 5_000_001, 9_000_000_000, 9_000_300_000];
        await IndexAsync([.. offsets.Select((offset, n) => Some.Transaction(n, some => some with { Position = Some.Position(offset) }))]);

        var rows = await ReadRowsAsync(new(Watermark.Zero, At(long.MaxValue)));

        rows.Select(row => row.Position.Offset).ShouldBe(offsets);
    }

    /// <summary>A third of a million crosses every batch and window that a store may have.</summary>
    [Fact]
    public async Task A_large_range_comes_in_batches_of_bounded_size()
    {
        for (var from = 0; from < 300_000; from += 50_000)
            await IndexAsync(Some.Transactions(from, 50_000));

        var expected = 0L;
        await foreach (var batch in Hot.ReadAsync(Between(0, 300_000), Cancellation))
        {
            batch.Rows.Count.ShouldBeLessThanOrEqualTo(100_000);
            foreach (var row in batch.Rows)
                if (row.Position.Offset != expected++)
                    row.Position.Offset.ShouldBe(expected - 1);
        }
        expected.ShouldBe(300_000);
    }

    [Fact]
    public async Task What_is_indexed_or_removed_while_a_snapshot_is_read_does_not_show()
    {
        await IndexAsync([.. Some.Transactions(0, 10_000), Again(2, at: 10_000)]);
        var range = Between(0, 20_000);
        await using var snapshot = Hot.ReadAsync(range, Cancellation).GetAsyncEnumerator(Cancellation);
        (await snapshot.MoveNextAsync()).ShouldBeTrue();
        var read = new List<IndexedBatch> { snapshot.Current };

        await IndexAsync([.. Some.Transactions(10_001, 5_000), Again(3, at: 15_001)]);
        await Hot.RemoveAsync(Between(0, 10_001), await Hot.MeasureAsync(Between(0, 10_001), Cancellation), Cancellation);
        while (await snapshot.MoveNextAsync())
            read.Add(snapshot.Current);

        read.SelectMany(batch => batch.Rows).Select(row => row.Position.Offset).ShouldBe(Enumerable.Range(0, 10_000).Select(n => (long)n));
        read.SelectMany(batch => batch.Duplicates).ShouldBe([Duplicate.Of(Again(2, at: 10_000))]);
        (await ReadRowsAsync(range)).Count.ShouldBe(5_000);
    }

    [Fact]
    public async Task What_was_proven_is_removed_and_the_rest_stays()
    {
        await IndexAsync([.. Some.Transactions(0, 5), Again(2, at: 5), .. Some.Transactions(6, 4)]);
        var proven = await Hot.MeasureAsync(Between(0, 7), Cancellation);

        await Hot.RemoveAsync(Between(0, 7), proven, Cancellation);

        (await ReadRowsAsync()).ShouldBe(Some.Transactions(7, 3));
        (await ReadDuplicatesAsync()).ShouldBeEmpty();
        var state = await Hot.GetStateAsync(Cancellation);
        state.Removed.ShouldBe(proven);
        state.Expected.ShouldBe(await Hot.MeasureAsync(Between(0, 10), Cancellation));
        (await ReopenAsync(Watermark.Zero)).ShouldBe(state);
    }

    [Fact]
    public async Task Removing_twice_is_removing_once_also_after_reopening()
    {
        await IndexAsync(Some.Transactions(0, 10));
        var proven = await Hot.MeasureAsync(Between(0, 5), Cancellation);
        await Hot.RemoveAsync(Between(0, 5), proven, Cancellation);
        var after = await Hot.GetStateAsync(Cancellation);

        await Hot.RemoveAsync(Between(0, 5), proven, Cancellation);
        await ReopenAsync(Watermark.Zero);
        await Hot.RemoveAsync(Between(0, 5), proven, Cancellation);

        (await Hot.GetStateAsync(Cancellation)).ShouldBe(after);
        (await ReadRowsAsync()).ShouldBe(Some.Transactions(5, 5));
    }

    [Fact]
    public async Task A_range_without_rows_is_removed_without_a_trace()
    {
        await IndexAsync([], messages: 5, rejected: 5, next: 5);

        await Hot.RemoveAsync(Between(0, 5), default, Cancellation);

        (await Hot.GetStateAsync(Cancellation)).Removed.ShouldBe(default);
    }

    [Theory]
    [InlineData(Tampering.AlterOneCentAtOffset1)]
    [InlineData(Tampering.AlterTheDetailAtOffset1)]
    [InlineData(Tampering.LoseTheRowAtOffset1)]
    [InlineData(Tampering.AddARowBesideOffset1)]
    [InlineData(Tampering.AlterTheDuplicateAtOffset5)]
    [InlineData(Tampering.LoseTheDuplicateAtOffset5)]
    public async Task A_range_that_is_not_what_was_proven_is_not_touched(Tampering tampering)
    {
        await IndexAsync([.. Some.Transactions(0, 5), Again(2, at: 5), .. Some.Transactions(6, 4)]);
        var proven = await Hot.MeasureAsync(Between(0, 8), Cancellation);
        await TamperAsync(tampering);
        var (rows, duplicates) = (await ReadRowsAsync(), await ReadDuplicatesAsync());
        var state = await Hot.GetStateAsync(Cancellation);

        var refusal = await Should.ThrowAsync<ReconciliationException>(async () =>
            await Hot.RemoveAsync(Between(0, 8), proven, Cancellation));

        refusal.Message.ShouldContain(proven.Rows.ToString());
        (await ReadRowsAsync()).ShouldBe(rows);
        (await ReadDuplicatesAsync()).ShouldBe(duplicates);
        (await Hot.GetStateAsync(Cancellation)).ShouldBe(state);
    }

    [Fact]
    public async Task Rows_that_are_gone_without_a_run_having_removed_them_are_not_taken_for_removed()
    {
        await IndexAsync(Some.Transactions(1, 1));
        var proven = await Hot.MeasureAsync(Between(1, 2), Cancellation);
        await TamperAsync(Tampering.LoseTheRowAtOffset1);

        await Should.ThrowAsync<ReconciliationException>(async () => await Hot.RemoveAsync(Between(1, 2), proven, Cancellation));
    }

    [Fact]
    public async Task What_was_settled_before_the_store_began_counts_as_removed()
    {
        await Hot.DisposeAsync();
        await RestartEmptyAsync();
        await ReopenAsync(At(10));
        var state = await Hot.GetStateAsync(Cancellation);
        (state.Start, state.Next).ShouldBe((At(10), At(10)));

        await Hot.RemoveAsync(Between(0, 10), new(Figures.Of(Some.Transactions(0, 10)), default), Cancellation);

        (await Hot.GetStateAsync(Cancellation)).ShouldBe(state);
    }

    [Fact]
    public async Task Indexing_goes_on_while_a_range_is_removed()
    {
        await IndexAsync(Some.Transactions(0, 100_000));
        var proven = await Hot.MeasureAsync(Between(0, 100_000), Cancellation);

        var removing = Hot.RemoveAsync(Between(0, 100_000), proven, Cancellation).AsTask();
        var next = 100_000;
        do
        {
            (await IndexAsync([Some.Transaction(next), Again(next, at: next + 1)])).ShouldBe(new IndexOutcome(1, 1, 0, 0));
            next += 2;
        }
        while (!removing.IsCompleted);
        await removing;

        var state = await Hot.GetStateAsync(Cancellation);
        state.Removed.ShouldBe(proven);
        var left = await Hot.MeasureAsync(Between(0, next), Cancellation);
        left.Rows.Count.ShouldBe((next - 100_000) / 2);
        left.ShouldBe(state.Expected);
        (await ReopenAsync(Watermark.Zero)).ShouldBe(state);
    }

    /// <summary>Takes the store's data away while it is closed.</summary>
    protected abstract Task RestartEmptyAsync();
}
