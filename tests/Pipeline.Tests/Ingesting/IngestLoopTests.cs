using System.Text;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;
using CsCheck;

namespace Caudal.Tests;

public sealed class IngestLoopTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_logged_can_be_read_from_hot_as_it_was_sent()
    {
        await using var ingestion = await Ingestion.OpenAsync();
        await ingestion.AppendAsync(Enumerable.Range(0, 10).Select(Some.Message));

        await ingestion.CatchUpAsync();

        (await ingestion.RowsAsync()).Select(row => (row.Id, row.Amount, row.Position.Offset))
            .ShouldBe(Enumerable.Range(0, 10).Select(n => (Some.Id(n), new Money(n + 1), (long)n)));
        await ingestion.ShouldAccountForAsync(10);
    }

    [Fact]
    public async Task A_poison_message_neither_stalls_nor_drops_its_neighbours()
    {
        await using var ingestion = await Ingestion.OpenAsync();
        var poison = "{\"app\": \xFF"u8.ToArray();
        await ingestion.AppendAsync(
            [.. Enumerable.Range(0, 500).Select(Some.Message), poison, .. Enumerable.Range(500, 500).Select(Some.Message)]);

        await ingestion.CatchUpAsync();

        (await ingestion.RowsAsync()).Count.ShouldBe(1_000);
        var rejection = (await ingestion.RejectionsAsync()).ShouldHaveSingleItem();
        rejection.Position.Offset.ShouldBe(500);
        rejection.Bytes.ToArray().ShouldBe(poison);
        await ingestion.ShouldAccountForAsync(1_001);
    }

    [Fact]
    public async Task Of_a_feed_with_a_third_of_poison_every_message_ends_in_one_place_with_its_exact_bytes()
    {
        var poison = Gen.OneOf(
            Gen.Byte.Array[0, 200],
            Gen.String[0, 80].Select(Encoding.UTF8.GetBytes),
            Gen.Int[9, 2_000].Select(depth => Encoding.UTF8.GetBytes($"{{\"a\":{new string('[', depth)}{new string(']', depth)}}}")),
            Gen.Int[0, 200].Select(n => Encoding.UTF8.GetBytes($"{{\"app\":\"a\",\"app\":\"b\",\"n\":{n}}}")),
            Gen.Int[1, 5].Select(n => Encoding.UTF8.GetBytes(new string('x', Wire.MessageBytesMax - 1 + n))),
            Gen.OneOf("NaN", "1e400", "\"1,5\"", "-1").Select(amount => Encoding.UTF8.GetBytes(
                Encoding.UTF8.GetString(Some.Message(1)).Replace("0.02", amount, StringComparison.Ordinal))));
        var feed = Gen.Frequency<byte[]>((7, (IGen<byte[]>)Gen.Int[0, 300].Select(Some.Message)), (3, (IGen<byte[]>)poison)).Array[600];

        await feed.SampleAsync(
            async messages =>
            {
                await using var ingestion = await Ingestion.OpenAsync(new() { CommitRecordsMax = 100 });
                foreach (var append in messages.Chunk(97))
                    await ingestion.AppendAsync(append);

                await ingestion.CatchUpAsync();

                await ingestion.ShouldAccountForAsync(messages.Length);
                foreach (var rejection in await ingestion.RejectionsAsync())
                {
                    var sent = messages[rejection.Position.Offset];
                    rejection.Bytes.ToArray().ShouldBe(sent[..Math.Min(sent.Length, Wire.MessageBytesMax)]);
                    (rejection.Length, rejection.Sha256).ShouldBe((sent.Length, RejectionEvent.Sha256Of(sent)));
                }
            },
            iter: 4, threads: 1);
    }

    [Fact]
    public async Task The_same_transaction_at_another_position_is_a_duplicate()
    {
        await using var ingestion = await Ingestion.OpenAsync();
        await ingestion.AppendAsync(Some.Message(1), Some.Message(2), Some.Message(1));

        await ingestion.CatchUpAsync();

        (await ingestion.DuplicatesAsync()).ShouldHaveSingleItem().Position.Offset.ShouldBe(2);
        await ingestion.ShouldAccountForAsync(3);
    }

    [Fact]
    public async Task The_same_id_with_other_contents_is_a_rejection_with_its_exact_bytes()
    {
        await using var ingestion = await Ingestion.OpenAsync();
        await ingestion.AppendAsync(Some.Message(1), Conflicting(1));

        await ingestion.CatchUpAsync();

        (await ingestion.RowsAsync()).ShouldHaveSingleItem().Amount.ShouldBe(Some.Transaction(1).Amount);
        var rejection = (await ingestion.RejectionsAsync()).ShouldHaveSingleItem();
        (rejection.Position.Offset, rejection.Code, rejection.Field).ShouldBe((1, FaultCode.IdConflict, Wire.Id));
        rejection.Bytes.ToArray().ShouldBe(Conflicting(1));
        await ingestion.ShouldAccountForAsync(2);
    }

    [Fact]
    public async Task A_rebuilt_hot_store_never_turns_a_rejection_into_a_row()
    {
        await using var ingestion = await Ingestion.OpenAsync();
        await ingestion.AppendAsync(Some.Message(1), Conflicting(1));
        await ingestion.CatchUpAsync();

        // The store begins after the row, as if a receipt covered it: there the conflict's id is free.
        await ingestion.ReopenAsync(withoutHot: true);
        var partition = (await ingestion.Log.DescribeAsync(Some.Topic, Token)).End.Partitions.Single().Key;
        await ingestion.Hot.OpenAsync(Watermark.Of(partition, 1), Token);

        await ingestion.CatchUpAsync();

        (await ingestion.RowsAsync()).ShouldBeEmpty();
        (await ingestion.RejectionsAsync()).ShouldHaveSingleItem();
        var state = await ingestion.StateAsync();
        (state.Messages, state.Rejected).ShouldBe((1, 1));
    }

    [Fact]
    public async Task A_single_transaction_is_searchable_within_milliseconds()
    {
        await using var ingestion = await Ingestion.OpenAsync();
        ingestion.Start();
        var latencies = new List<TimeSpan>();
        for (var n = 0; n < 30; n++)
        {
            await ingestion.AppendAsync(Some.Message(n));
            var acknowledged = TimeProvider.System.GetTimestamp();
            await ingestion.WaitForEndAsync();
            latencies.Add(TimeProvider.System.GetElapsedTime(acknowledged));
        }
        await ingestion.StopAsync();

        var median = latencies.Order().ElementAt(latencies.Count / 2);
        TestContext.Current.SendDiagnosticMessage($"acknowledged to searchable: median {median.TotalMilliseconds:0.0} ms");
        // A quiet machine needs a few milliseconds; the bound leaves room for a busy one, and none for a timer.
        median.ShouldBeLessThan(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task Stopping_in_the_middle_loses_and_doubles_nothing()
    {
        await using var ingestion = await Ingestion.OpenAsync(new() { CommitRecordsMax = 500 });
        await ingestion.AppendAsync(Enumerable.Range(0, 5_000).Select(n => n % 10 == 0 ? "{}"u8.ToArray() : Some.Message(n)));
        var commits = 0;
        ingestion.Hot.AfterIndex = _ => commits++;
        ingestion.Start();
        while (commits < 2)
            await Task.Delay(1, Token);
        await ingestion.StopAsync();
        await ingestion.ReopenAsync();

        await ingestion.CatchUpAsync();

        await ingestion.ShouldAccountForAsync(5_000);
    }

    [Fact]
    public async Task While_hot_is_blocked_reading_waits_and_memory_is_bounded()
    {
        var options = new IngestOptions { BufferBytesMax = 2 * 1024 * 1024 };
        await using var ingestion = await Ingestion.OpenAsync(options);
        foreach (var append in Enumerable.Range(0, 20_000).Chunk(1_000))
            await ingestion.AppendAsync(append.Select(Some.Message));
        var handedOut = 0L;
        ingestion.Log.HandedOut = batch => Interlocked.Add(ref handedOut, batch.Records.Sum(record => record.Message.Value.Length));
        var release = new TaskCompletionSource();
        ingestion.Hot.BeforeIndex = _ => release.Task;
        ingestion.Start();

        await Task.Delay(TimeSpan.FromMilliseconds(500), Token);
        var whileBlocked = Interlocked.Read(ref handedOut);
        (await ingestion.StateAsync()).Messages.ShouldBe(0);
        release.SetResult();
        await ingestion.WaitForEndAsync();
        await ingestion.StopAsync();

        // One batch of the log, a mebibyte, may be on its way beside what the buffer holds.
        whileBlocked.ShouldBeInRange(1, options.BufferBytesMax + 1024 * 1024);
        handedOut.ShouldBeGreaterThan(whileBlocked);
        await ingestion.ShouldAccountForAsync(20_000);
    }

    static byte[] Conflicting(int n) => Some.Message(Some.Transaction(n, some => some with { Amount = new(999) }));
}
