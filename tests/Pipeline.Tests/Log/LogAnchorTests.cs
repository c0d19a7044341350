using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests;

public sealed class LogAnchorTests
{
    static readonly LogPartition Other = new(new("0f5c1f3e-5a0e-4a3b-9a4d-1c2b3a495867"), 3);

    [Fact]
    public void It_fits_the_message_that_it_was_made_of_and_no_other_at_its_place()
    {
        var anchor = LogAnchor.At([Record(6), Record(7)]);

        anchor.Positions.ShouldBe([new(Some.Partition, 7)]);
        anchor.Fits(Record(7)).ShouldBeTrue();
        anchor.Fits(Record(7, message: 8)).ShouldBeFalse("other bytes");
        anchor.Fits(Record(7) with { AppendedAt = new(Some.Start.Microseconds + 1) }).ShouldBeFalse("appended at another time");
        anchor.Fits(Record(6, message: 8)).ShouldBeTrue("it says nothing of other places");
    }

    [Fact]
    public void Of_two_the_later_message_of_each_partition_counts()
    {
        var elsewhere = Record(2) with { Position = new(Other, 2) };
        var anchor = LogAnchor.At([Record(7), elsewhere]).Furthest(LogAnchor.At([Record(9)]));

        anchor.ShouldBe(LogAnchor.At([Record(9), elsewhere]));
        anchor.Furthest(LogAnchor.At([Record(7)])).ShouldBe(anchor);
        anchor.ShouldNotBe(LogAnchor.At([Record(9)]));
    }

    /// <summary>Frozen: stores keep it.</summary>
    [Fact]
    public void Its_text_never_changes_and_is_read_back()
    {
        var anchor = LogAnchor.At([new(new(Other, 41), new(1_757_740_335_093_369), new("{}"u8.ToArray()))]);

        anchor.ToString().ShouldBe("""{"0f5c1f3e-5a0e-4a3b-9a4d-1c2b3a495867/3":"41:0eea48680d3af8db6bfbf1b8d214d85c"}""");
        LogAnchor.Parse(anchor.ToString()).ShouldBe(anchor);
        LogAnchor.Parse("{}").ShouldBe(LogAnchor.None);
    }

    static LogRecord Record(long offset, int? message = null) =>
        new(new(Some.Partition, offset), Some.Start, Some.LogMessage(message ?? (int)offset));
}
