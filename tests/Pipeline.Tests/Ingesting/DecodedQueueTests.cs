using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests;

public sealed class DecodedQueueTests
{
    static readonly TransactionDecoder Decoder = new(TimeZoneInfo.Utc);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_waiting_is_taken_at_once_up_to_the_most_messages()
    {
        using var queue = new DecodedQueue(long.MaxValue);
        for (var first = 0; first < 60; first += 20)
            await queue.PutAsync(Batch(first, 20), Token);

        var taken = (await queue.TakeAsync(recordsMax: 50, Token))!;

        taken.Messages.ShouldBe(40);
        taken.Next.ShouldBe(Watermark.Of(Some.Partition, 40));
        (await queue.TakeAsync(recordsMax: 50, Token))!.Messages.ShouldBe(20);
    }

    [Fact]
    public async Task Putting_waits_while_it_is_full_and_goes_on_once_something_was_released()
    {
        var size = Batch(10, 10).Bytes;
        using var queue = new DecodedQueue(2 * size);
        await queue.PutAsync(Batch(10, 10), Token);
        await queue.PutAsync(Batch(20, 10), Token);

        var third = queue.PutAsync(Batch(30, 10), Token).AsTask();
        var taken = (await queue.TakeAsync(int.MaxValue, Token))!;
        third.IsCompleted.ShouldBeFalse("what is being committed is still held");
        queue.BytesHeld.ShouldBe(size + Batch(20, 10).Bytes);

        queue.Release(taken);
        await third.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    [Fact]
    public async Task Half_of_the_room_stays_free_for_the_next_while_one_batch_is_committed()
    {
        using var queue = new DecodedQueue(4 * Batch(10, 10).Bytes);
        for (var first = 10; first < 50; first += 10)
            await queue.PutAsync(Batch(first, 10), Token);

        (await queue.TakeAsync(int.MaxValue, Token))!.Messages.ShouldBe(20);
    }

    [Fact]
    public async Task A_batch_larger_than_all_the_room_goes_in_alone()
    {
        using var queue = new DecodedQueue(bytesMax: 1);

        await queue.PutAsync(Batch(0, 10), Token);
        var second = queue.PutAsync(Batch(10, 10), Token).AsTask();
        second.IsCompleted.ShouldBeFalse();

        queue.Release((await queue.TakeAsync(int.MaxValue, Token))!);
        await second.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    [Fact]
    public async Task A_fault_of_decoding_reaches_the_taker_after_what_was_decoded_before_it()
    {
        using var queue = new DecodedQueue(long.MaxValue);
        await queue.PutAsync(Batch(0, 10), Token);
        queue.Complete(new IOException("gone"));

        (await queue.TakeAsync(int.MaxValue, Token))!.Messages.ShouldBe(10);
        (await Should.ThrowAsync<IOException>(async () => await queue.TakeAsync(int.MaxValue, Token))).Message.ShouldBe("gone");
    }

    static DecodedBatch Batch(int first, int count) => DecodedBatch.Decode(
        Decoder, Some.Topic, [.. Enumerable.Range(first, count).Select(Some.Record)], Watermark.Of(Some.Partition, first + count),
        new HashSet<Position>());
}
