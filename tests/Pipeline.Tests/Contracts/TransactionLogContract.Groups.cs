using Caudal.Log;

namespace Caudal.Tests;

// Consumer groups, and what may be forgotten.
public abstract partial class TransactionLogContract
{
    [Fact]
    public async Task A_consumer_is_asked_where_to_begin_and_streams_from_there()
    {
        var partition = (await AppendAsync("a", "b", "c")).Partition;
        IReadOnlyList<LogPartition>? assigned = null;

        await using var consumer = Consume(partitions =>
        {
            assigned = partitions;
            return Watermark.Of(partition, 1);
        });

        (await NextTextsAsync(consumer)).ShouldBe(["b", "c"]);
        assigned.ShouldBe([partition]);
    }

    [Fact]
    public async Task A_group_has_one_consumer_and_hands_over_when_it_ends()
    {
        await AppendAsync("a");
        var first = Consume(_ => Watermark.Zero);
        (await NextTextsAsync(first)).ShouldBe(["a"]);
        await using var other = Consume(_ => Watermark.Zero, group: Name("another"));
        (await NextTextsAsync(other)).ShouldBe(["a"]);

        await using var second = Consume(_ => Watermark.Zero);
        var waiting = NextTextsAsync(second);
        await AppendAsync("b");
        (await NextTextsAsync(first)).ShouldBe(["b"]);
        waiting.IsCompleted.ShouldBeFalse();

        await first.DisposeAsync();

        (await waiting).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_groups_place_never_moves_back()
    {
        var partition = (await AppendAsync("a", "b", "c")).Partition;

        await CommitAsync(partition, 2);
        await CommitAsync(partition, 1);

        (await Log.DescribeAsync(Topic, Cancellation)).Groups[Group][partition].ShouldBe(2);
    }

    [Fact]
    public async Task Trimming_forgets_what_lies_before_but_never_what_a_group_has_yet_to_read()
    {
        var partition = (await AppendAsync("a")).Partition;
        await AppendAsync("b");
        await AppendAsync("c");
        await CommitAsync(partition, 1);

        await Log.TrimAsync(Topic, Watermark.Of(partition, 2), Cancellation);
        var state = await Log.DescribeAsync(Topic, Cancellation);
        state.Start[partition].ShouldBeLessThanOrEqualTo(1);
        (await ReadAllAsync(from: Watermark.Of(partition, 1))).Select(Text).ShouldBe(["b", "c"]);

        await CommitAsync(partition, 3);
        await Log.TrimAsync(Topic, Watermark.Of(partition, 2), Cancellation);
        (await ReadAllAsync(from: Watermark.Of(partition, 2))).Select(Text).ShouldBe(["c"]);
        (await Log.DescribeAsync(Topic, Cancellation)).End[partition].ShouldBe(3);
    }

    [Fact]
    public async Task Reading_what_was_trimmed_away_or_never_was_is_refused()
    {
        var partition = (await AppendAsync("a")).Partition;
        await AppendAsync("b");
        await Log.TrimAsync(Topic, Watermark.Of(partition, 1), Cancellation);

        if ((await Log.DescribeAsync(Topic, Cancellation)).Start[partition] == 1)
            await Should.ThrowAsync<LogTruncatedException>(() => ReadAllAsync());
        await Should.ThrowAsync<LogTruncatedException>(() => ReadAllAsync(from: Watermark.Of(partition, 3)));
        await using var consumer = Consume(_ => Watermark.Of(partition, 3));
        await Should.ThrowAsync<LogTruncatedException>(() => NextTextsAsync(consumer));
    }
}
