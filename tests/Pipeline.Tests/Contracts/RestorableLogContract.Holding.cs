using Caudal.Log;

namespace Caudal.Tests;

// A topic whose log is not the one that was read takes nothing, until somebody says how to go on.
public abstract partial class RestorableLogContract
{
    const string Why = "The log ends before what was ingested from it.";

    [Fact]
    public async Task A_held_topic_takes_nothing_from_anybody_and_says_why_until_it_is_let_go()
    {
        await AppendAsync("a");
        await Log.HoldAsync(Topic, Why, Cancellation);
        await ReopenAsync();

        (await ShouldBeRefusedAsync(Log)).ShouldContain(Why);
        await using (var other = await OpenAsync())
            (await ShouldBeRefusedAsync(other)).ShouldContain(Why);
        var held = await Log.DescribeAsync(Topic, Cancellation);
        held.WriteFault.ShouldBe(Why);
        held.End.Partitions.Single().Value.ShouldBe(1);
        (await ReadAllAsync()).Select(Text).ShouldBe(["a"]);

        await Log.HoldAsync(Topic, null, Cancellation);
        (await AppendAsync("b")).FirstOffset.ShouldBe(1);
        (await Log.DescribeAsync(Topic, Cancellation)).WriteFault.ShouldBeNull();
    }

    [Fact]
    public async Task Other_topics_and_what_is_appended_beside_a_refused_append_are_taken()
    {
        await Log.HoldAsync(Topic, Why, Cancellation);

        var refused = Enumerable.Range(0, 50).Select(_ => ShouldBeRefusedAsync(Log)).ToList();
        var taken = Enumerable.Range(0, 50)
            .Select(_ => Log.AppendAsync(Name("other"), [Some.LogMessage(1)], Cancellation).AsTask()).ToList();
        await Task.WhenAll(refused);
        await Task.WhenAll(taken);

        (await Log.DescribeAsync(Topic, Cancellation)).End.ShouldBe(Watermark.Zero);
        (await Log.DescribeAsync(Name("other"), Cancellation)).End.Partitions.Single().Value.ShouldBe(50);
    }

    [Fact]
    public async Task A_new_epoch_lets_a_held_topic_go()
    {
        var old = (await AppendAsync("a")).Partition;
        await Log.HoldAsync(Topic, Why, Cancellation);

        var begun = await Log.NewEpochAsync(Topic, Watermark.Of(old, 4), Cancellation);

        (await AppendAsync("b")).Partition.ShouldBe(begun);
        (await Log.DescribeAsync(Topic, Cancellation)).WriteFault.ShouldBeNull();
    }

    async Task<string> ShouldBeRefusedAsync(ITransactionLog log)
    {
        var refusal = await Should.ThrowAsync<LogUnavailableException>(
            async () => await log.AppendAsync(Topic, [Some.LogMessage(1)], Cancellation));
        refusal.OutcomeUnknown.ShouldBeFalse();
        return refusal.Message;
    }
}
