using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>
/// What a log promises that can be restored from a backup: it is held until it goes on under a new epoch. Not for an engine that names its
/// epochs itself.
/// </summary>
public abstract partial class RestorableLogContract : TransactionLogContract
{
    [Fact]
    public async Task A_new_epoch_begins_at_0_and_is_read_after_what_the_old_one_still_holds()
    {
        var old = (await AppendAsync("a", "b")).Partition;

        var begun = await Log.NewEpochAsync(Topic, Watermark.Of(old, 5), Cancellation);
        var receipt = await AppendAsync("c", "d");

        begun.ShouldNotBe(old);
        receipt.Partition.ShouldBe(begun);
        receipt.FirstOffset.ShouldBe(0);
        var read = await ReadAllAsync();
        read.Select(record => (record.Position, Text(record))).ShouldBe(
            [(new(old, 0), "a"), (new(old, 1), "b"), (new(begun, 0), "c"), (new(begun, 1), "d")]);
        (await ReadAllAsync(from: Watermark.Of(old, 5).With(begun, 1))).Select(Text).ShouldBe(["d"]);
    }

    [Fact]
    public async Task What_an_epochs_end_lost_is_described_counted_and_passed_over()
    {
        var old = (await AppendAsync("a", "b")).Partition;
        var begun = await Log.NewEpochAsync(Topic, Watermark.Of(old, 5), Cancellation);
        await AppendAsync("c");
        await ReopenAsync();

        var state = await Log.DescribeAsync(Topic, Cancellation);
        state.End.ShouldBe(Watermark.Of(old, 5).With(begun, 1));
        state.Lost.Stretches.ShouldBe([(old, 2, 5)]);
        (await Log.CountAsync(Topic, new(Watermark.Zero, state.End), Cancellation)).ShouldBe(6);
        (await Log.CountAsync(Topic, new(Watermark.Of(old, 1), Watermark.Of(old, 4)), Cancellation)).ShouldBe(3);

        var batches = await Log.ReadAsync(Topic, Watermark.Of(old, 1), follow: false, Cancellation).ToListAsync(Cancellation);
        batches.Select(batch => (batch.Partition, batch.Records.Count, batch.NextOffset)).ShouldBe([(old, 1, 5), (begun, 1, 1)]);
        var inTheGap = await Log.ReadAsync(Topic, Watermark.Of(old, 3), follow: false, Cancellation).ToListAsync(Cancellation);
        inTheGap.Select(batch => (batch.Partition, batch.Records.Count, batch.NextOffset)).ShouldBe([(old, 0, 5), (begun, 1, 1)]);
    }

    [Fact]
    public async Task A_log_that_was_made_anew_takes_the_old_epoch_for_lost()
    {
        var unknown = new LogPartition(Guid.NewGuid(), 0);
        var known = (await AppendAsync("a")).Partition;

        var begun = await Log.NewEpochAsync(Topic, Watermark.Of(unknown, 4), Cancellation);

        var state = await Log.DescribeAsync(Topic, Cancellation);
        state.End.ShouldBe(Watermark.Of(unknown, 4).With(known, 1));
        state.Lost.Stretches.ShouldBe([(unknown, 0, 4)]);
        (await AppendAsync("b")).Partition.ShouldBe(begun);
        (await ReadAllAsync()).Select(Text).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_moment_is_found_in_every_epoch()
    {
        var old = (await AppendAsync("a")).Partition;
        var begun = await Log.NewEpochAsync(Topic, Watermark.Of(old, 3), Cancellation);
        await AppendAsync("b");
        var records = await ReadAllAsync();

        (await Log.FindAsync(Topic, records[0].AppendedAt, Cancellation)).ShouldBe(Watermark.Zero);
        var after = new Instant(records[1].AppendedAt.Microseconds + 60_000_000);
        (await Log.FindAsync(Topic, after, Cancellation)).ShouldBe(Watermark.Of(old, 3).With(begun, 1));
    }

    [Fact]
    public async Task A_consumer_goes_on_into_a_new_epoch_and_keeps_its_lease()
    {
        var old = (await AppendAsync("a")).Partition;
        var asked = 0;
        await using var consumer = Consume(_ =>
        {
            asked++;
            return Watermark.Zero;
        });
        (await NextTextsAsync(consumer)).ShouldBe(["a"]);

        var begun = await Log.NewEpochAsync(Topic, Watermark.Of(old, 1), Cancellation);
        await AppendAsync("b");

        (await NextTextsAsync(consumer)).ShouldBe(["b"]);
        asked.ShouldBe(1);
        await Log.CommitAsync(Topic, Group, Watermark.Of(old, 1).With(begun, 1), Cancellation);
        (await Log.DescribeAsync(Topic, Cancellation)).Groups[Group].ShouldBe(Watermark.Of(old, 1).With(begun, 1));
    }

    [Fact]
    public async Task Trimming_forgets_in_each_epoch_but_nothing_of_a_new_one_that_a_group_has_yet_to_read()
    {
        var old = (await AppendAsync("a")).Partition;
        await CommitAsync(old, 1);
        var begun = await Log.NewEpochAsync(Topic, Watermark.Of(old, 3), Cancellation);
        await AppendAsync("b");
        await Log.TrimAsync(Topic, Watermark.Of(old, 3).With(begun, 1), Cancellation);

        (await ReadAllAsync(from: Watermark.Of(old, 3))).Select(Text).ShouldBe(["b"]);
        (await Log.DescribeAsync(Topic, Cancellation)).End.ShouldBe(Watermark.Of(old, 3).With(begun, 1));
        await Should.ThrowAsync<LogTruncatedException>(() => ReadAllAsync(from: Watermark.Of(old, 4)));
    }

    [Fact]
    public async Task What_is_lost_a_second_time_makes_the_same_epochs_loss_longer()
    {
        var first = (await AppendAsync("a")).Partition;
        var second = await Log.NewEpochAsync(Topic, Watermark.Of(first, 3), Cancellation);
        await AppendAsync("b");

        await Log.NewEpochAsync(Topic, Watermark.Of(first, 4).With(second, 2), Cancellation);

        var state = await Log.DescribeAsync(Topic, Cancellation);
        state.Lost.Stretches.ShouldBe([(first, 1, 4), (second, 1, 2)], ignoreOrder: true);
        (await ReadAllAsync()).Select(Text).ShouldBe(["a", "b"]);
    }
}
