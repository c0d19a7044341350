using Caudal.Batch;
using Caudal.Log;
using Caudal.Reconciling;

namespace Caudal.Tests.Reconciling;

public sealed class ReceiptChainTests
{
    [Fact]
    public void A_chain_as_runs_write_it_has_no_faults() => ReceiptChain.Check(Chain(5)).ShouldBeEmpty();

    [Fact]
    public void A_receipt_with_an_altered_figure_is_named()
    {
        var chain = Chain(3);
        chain[1] = chain[1] with { Messages = 11, Rejections = 11 };
        What(chain).ShouldBe(["The receipt of run 2 was altered: its hash does not fit."]);
    }

    [Fact]
    public void A_receipt_altered_together_with_its_hash_breaks_the_chain_at_the_next()
    {
        var chain = Chain(3);
        chain[1] = Of(2, chain[0], messages: 9, rejections: 9);
        What(chain).ShouldBe(["The receipt of run 3 is not chained to the one before it: one was altered, replaced or removed."]);
    }

    [Fact]
    public void A_removed_receipt_leaves_a_gap()
    {
        var chain = Chain(3);
        chain.RemoveAt(1);
        What(chain).ShouldBe(
        [
            "The receipt of run 3 is not chained to the one before it: one was altered, replaced or removed.",
            "Between run 1 and run 3 receipts are missing.",
            "The receipt of run 3 does not begin where the one before it ends.",
        ]);
    }

    [Fact]
    public void A_receipt_whose_messages_are_not_all_placed_does_not_add_up() =>
        What([Of(1, null, messages: 10, rejections: 9)])
            .ShouldBe(["The receipt of run 1 does not add up: its messages are not its rows, duplicates and rejections."]);

    [Fact]
    public void A_receipt_whose_groups_are_not_its_rows_does_not_add_up()
    {
        var run = Run(1, Watermark.Zero, messages: 1, rejections: 0) with { Loaded = new(Figures.Of(Some.Transactions(0, 1)), default) };
        What([Receipt.Of(run, new Dictionary<FigureGroup, Figures>(), null, LogAnchor.None)])
            .ShouldBe(["The receipt of run 1 does not add up: its groups are not its rows."]);
    }

    static IEnumerable<string> What(IReadOnlyList<Receipt> chain) => ReceiptChain.Check(chain).Select(difference => difference.What);

    static List<Receipt> Chain(int length)
    {
        var chain = new List<Receipt>();
        for (var id = 1; id <= length; id++)
            chain.Add(Of(id, chain.LastOrDefault(), messages: 10, rejections: 10));
        return chain;
    }

    static Receipt Of(long id, Receipt? previous, long messages, long rejections) =>
        Receipt.Of(
            Run(id, previous?.Range.To ?? Watermark.Zero, messages, rejections), new Dictionary<FigureGroup, Figures>(), previous,
            LogAnchor.None);

    static BatchRun Run(long id, Watermark from, long messages, long rejections) => new()
    {
        Id = id,
        Key = $"run-{id}",
        Range = new(from, Watermark.Of(Some.Partition, id * 10)),
        Day = new(2025, 9, 13),
        State = RunState.Loaded,
        Actor = "ana",
        CreatedAt = Some.Start,
        Messages = messages,
        RejectedBefore = rejections,
    };
}
