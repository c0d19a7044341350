using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Tests.Contracts;

/// <summary>Reading back and searching: what was settled is found again as it was.</summary>
public abstract class HistoryReadingContract(HistoryEngine engine) : HistoryContract(engine)
{
    static readonly LogPartition Other = new(Guid.Parse("ffffffff-0000-4000-8000-00000000000f"), 1);

    [Fact]
    public async Task Rows_and_duplicates_come_in_the_order_of_their_positions()
    {
        var range = new PositionRange(Watermark.Zero, Watermark.Of(Some.Partition, 5_000).With(Other, 3_000));
        var rows = Some.Transactions(0, 5_000).Where(row => row.Position.Offset % 7 != 0)
            .Concat(Enumerable.Range(6_000, 3_000).Select(n => Some.Transaction(n, some => some with { Position = new(Other, n - 6_000) })))
            .ToArray();
        var duplicates = Enumerable.Range(0, 700).Select(n => Duplicate.Of(At(n * 7, Some.Transaction(n * 7 + 1)))).ToArray();
        await SettleAsync(1, range, Shuffled(rows), duplicates);

        var found = await ReadAsync(range);
        found.Rows.Select(row => row.Position).ShouldBe(rows.Select(row => row.Position));
        found.Duplicates.ShouldBe(duplicates);
    }

    [Fact]
    public async Task A_stock_is_what_the_journal_says_and_what_the_store_holds()
    {
        (await Store.TakeStockAsync(Cancellation)).NewestRunId.ShouldBe(0);
        var first = await FinishAsync(await SettleAsync(1, Range(0, 10), Some.Transactions(0, 10)));
        var second = await SettleAsync(2, Range(10, 20), Some.Transactions(10, 5));

        var stock = await Store.TakeStockAsync(Cancellation);

        stock.Receipts.Select(receipt => receipt.RunId).ShouldBe([first.Id]);
        (stock.Unfinished?.Id, stock.NewestRunId).ShouldBe((second.Id, 2));
        stock.Held.ShouldBe(first.Loaded + second.Loaded);
    }

    [Fact]
    public async Task A_range_is_read_from_its_first_position_up_to_its_last()
    {
        var again = Some.Transaction(3);
        await SettleAsync(1, Range(0, 10), Some.Transactions(0, 10), Duplicate.Of(At(4, again)), Duplicate.Of(At(7, again)));
        var (rows, duplicates) = await ReadAsync(Range(2, 7));
        rows.Select(row => row.Position.Offset).ShouldBe([2, 3, 4, 5, 6]);
        duplicates.Select(duplicate => duplicate.Position.Offset).ShouldBe([4]);
    }

    [Fact]
    public async Task Gaps_of_any_size_are_stepped_over()
    {
        long[] offsets = [5, 6, 400_000, 3_000_000_000, long.MaxValue - 1];
        var rows = offsets.Select((offset, n) => At(offset, Some.Transaction(n))).ToArray();
        var duplicate = Duplicate.Of(At(9_000_000_000_000, Some.Transaction(2)));
        await SettleAsync(1, Range(0, long.MaxValue), rows, duplicate);
        var found = await ReadAsync(Range(0, long.MaxValue));
        found.Rows.Select(row => row.Position.Offset).ShouldBe(offsets);
        found.Duplicates.ShouldBe([duplicate]);
    }

    [Fact]
    public async Task Batches_are_of_bounded_size()
    {
        await SettleAsync(1, Range(0, 20_000), Some.Transactions(0, 20_000));
        var batches = await Store.ReadAsync(Range(0, 20_000), Cancellation).ToListAsync(Cancellation);
        batches.Sum(batch => batch.Rows.Count).ShouldBe(20_000);
        batches.ShouldAllBe(batch => batch.Rows.Count <= 10_000);
    }

    [Fact]
    public async Task Another_run_may_be_loaded_while_one_is_read()
    {
        await FinishAsync(await SettleAsync(1, Range(0, 10_000), Some.Transactions(0, 10_000)));
        var read = 0;
        await foreach (var batch in Store.ReadAsync(Range(0, 20_000), Cancellation))
        {
            if (read == 0)
                await SettleAsync(2, Range(10_000, 20_000), Some.Transactions(10_000, 10));
            read += batch.Rows.Count;
        }
        read.ShouldBe(10_000);
        (await ReadAsync(Range(0, 20_000))).Rows.Count.ShouldBe(10_010);
    }

    [Fact]
    public async Task A_search_finds_whole_transactions()
    {
        var row = Some.Transaction(3, some => some with { IdText = "abc", Extra = "{\"a\": 1}", IndexedAt = Some.Start });
        var run = await SettleAsync(1, Range(0, 10), [row]);
        (await Store.Queries.SearchAsync(new(), Cancellation).ToListAsync(Cancellation)).SelectMany(rows => rows)
            .ShouldBe([row with { BatchDate = run.Day }]);
    }

    /// <summary>A fixed disorder.</summary>
    static Transaction[] Shuffled(Transaction[] rows) => [.. rows.OrderBy(row => row.Digest.Low)];

    static Transaction At(long offset, Transaction transaction) => transaction with { Position = Some.Position(offset) };
}
