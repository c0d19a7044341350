using Caudal.Engines.Kafka;
using Caudal.Log;

namespace Caudal.Tests;

public sealed class KnownStretchesTests
{
    static readonly LogPartition Partition = new(Guid.Parse("6f1f2f0a-6a6e-4f1e-9f53-0c6b8d9a1e77"), 0);

    readonly KnownStretches _known = new();

    [Fact]
    public void What_was_read_is_counted_without_its_gaps_and_what_was_not_is_named()
    {
        _known.Add(Partition, 10, 20, [(12, 14), (19, 20)]);

        Count(10, 20).ShouldBe((7, ""));
        Count(13, 19).ShouldBe((5, ""));
        Count(14, 15).ShouldBe((1, ""));
        Count(5, 12).ShouldBe((2, "5-10"));
        Count(0, 30).ShouldBe((7, "0-10 20-30"));
    }

    [Fact]
    public void Stretches_that_meet_or_overlap_become_one()
    {
        _known.Add(Partition, 10, 20, [(15, 16)]);
        _known.Add(Partition, 30, 40, []);
        _known.Add(Partition, 18, 32, [(18, 19), (25, 30)]);

        // What was known is not told anew: nothing was missing at 18.
        Count(10, 40).ShouldBe((24, ""));
        _known.WholeBefore(Partition, 40).ShouldBe(30);
        _known.WholeBefore(Partition, 25).ShouldBe(16);
        _known.WholeBefore(Partition, 41).ShouldBeNull();
    }

    [Fact]
    public void Any_readings_in_any_order_count_what_is_there()
    {
        var random = new Random(4);
        for (var round = 0; round < 200; round++)
        {
            var known = new KnownStretches();
            var there = Enumerable.Range(0, 100).Select(_ => random.Next(3) > 0).ToArray();
            var read = new bool[100];
            for (var reading = 0; reading < 8; reading++)
            {
                var (from, to) = Range();
                var gaps = Enumerable.Range(from, to - from).Where(offset => !there[offset]).Select(offset => ((long)offset, offset + 1L));
                known.Add(Partition, from, to, [.. gaps]);
                read.AsSpan(from, to - from).Fill(true);
            }
            var (first, last) = Range();
            var (messages, unknown) = known.Count(Partition, first, last);
            messages.ShouldBe(Enumerable.Range(first, last - first).Count(offset => read[offset] && there[offset]), $"round {round}");
            unknown.Sum(stretch => stretch.To - stretch.From)
                .ShouldBe(Enumerable.Range(first, last - first).Count(offset => !read[offset]), $"round {round}");
        }

        (int From, int To) Range()
        {
            var from = random.Next(100);
            return (from, random.Next(from, 101));
        }
    }

    (long Messages, string Unknown) Count(long from, long to)
    {
        var (messages, unknown) = _known.Count(Partition, from, to);
        return (messages, string.Join(' ', unknown.Select(stretch => $"{stretch.From}-{stretch.To}")));
    }
}
