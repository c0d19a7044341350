using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;
using CsCheck;

namespace Caudal.Tests;

public sealed class RejectionFoldTests
{
    [Fact]
    public void A_repeated_rejection_counts_once_and_keeps_its_first_time()
    {
        var fold = Folded(Rejected(5), Rejected(5, minutes: 9), Rejected(3));

        fold.Count.ShouldBe(2);
        fold.Find(Some.Position(5))!.Value.At.ShouldBe(Some.Start);
    }

    [Fact]
    public void What_was_resent_cannot_be_discarded_whichever_came_first()
    {
        Folded(Rejected(1), Resent(1), Discarded(1)).Decisions[Some.Position(1)].State.ShouldBe(RejectionState.Resent);
        Folded(Rejected(1), Discarded(1), Resent(1)).Decisions[Some.Position(1)].State.ShouldBe(RejectionState.Resent);
    }

    [Fact]
    public void The_first_reason_for_a_discard_stays() =>
        Folded(Rejected(1), Discarded(1, "first"), Discarded(1, "second")).Decisions[Some.Position(1)].Why.ShouldBe("first");

    [Fact]
    public void Newest_come_first()
    {
        var fold = Folded(Rejected(5, minutes: 1), Rejected(3, minutes: 2), Rejected(4, minutes: 2));

        fold.List(state: null, code: null).Select(rejection => rejection.Origin.Offset).ShouldBe([4, 3, 5]);
    }

    [Fact]
    public void A_list_can_be_narrowed_by_state_and_code()
    {
        var fold = Folded(Rejected(1), Rejected(2, code: FaultCode.NotJson), Rejected(3, code: FaultCode.NotJson), Resent(3));

        fold.List(RejectionState.Open, FaultCode.NotJson).Select(rejection => rejection.Origin.Offset).ShouldBe([2]);
        fold.List(RejectionState.Resent, code: null).Select(rejection => rejection.Origin.Offset).ShouldBe([3]);
    }

    [Fact]
    public void Any_order_and_repetition_of_rejections_folds_to_the_same_counts() =>
        Gen.Int[0, 40].Array[0, 60]
            .SelectMany(offsets => Gen.Shuffle(offsets.Concat(offsets).ToArray()).Select(shuffled => (offsets, shuffled)))
            .Sample((offsets, shuffled) =>
            {
                var fold = Folded([.. shuffled.Select(offset => Rejected(offset))]);
                var distinct = offsets.Distinct().ToArray();
                for (var from = 0; from <= 41; from += 5)
                    for (var to = from; to <= 41; to += 3)
                        fold.CountIn(new(Watermark.Of(Some.Partition, from), Watermark.Of(Some.Partition, to)))
                            .ShouldBe(distinct.Count(offset => offset >= from && offset < to));
                fold.PositionsFrom(Watermark.Of(Some.Partition, 20)).Select(position => (int)position.Offset).Order()
                    .ShouldBe(distinct.Where(offset => offset >= 20).Order());
            });

    static RejectionFold Folded(params RejectionEvent[] events)
    {
        var fold = new RejectionFold();
        var records = events.Select((taken, n) => new LogRecord(Some.Position(n), Some.Start, taken.ToMessage(Some.Topic)));
        fold.Take(new(Some.Partition, [.. records], events.Length));
        return fold;
    }

    static RejectionEvent Rejected(int offset, int minutes = 0, string code = FaultCode.Blank) =>
        RejectionEvent.Rejected(Some.Topic, Some.Record(offset), new(code, null, "No."), Some.Start + TimeSpan.FromMinutes(minutes));

    static RejectionEvent Resent(int offset) => new(RejectionEventKind.Resent, Some.Position(offset), Some.Start);

    static RejectionEvent Discarded(int offset, string why = "no") =>
        new(RejectionEventKind.Discarded, Some.Position(offset), Some.Start) { Why = why };
}
