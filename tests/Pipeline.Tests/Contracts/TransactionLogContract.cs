using System.Text;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>What <see cref="ITransactionLog"/> promises, word by word. An engine joins with one line.</summary>
public abstract partial class TransactionLogContract : IAsyncLifetime
{
    protected string Topic => Name("financial_transactions");

    protected string Group => Name("caudal-ingest");

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected ITransactionLog Log { get; private set; } = null!;

    /// <summary>Opens the same log anew each time. Order over a whole topic is promised where it has one partition.</summary>
    protected abstract Task<ITransactionLog> OpenAsync();

    /// <summary>What a topic or group is called; an engine that tests share gives each test names of its own.</summary>
    protected virtual string Name(string name) => name;

    public async ValueTask InitializeAsync() => Log = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Log.DisposeAsync();
    }

    [Fact]
    public async Task What_was_appended_is_read_in_order()
    {
        var receipt = await AppendAsync("a", "b", "c");
        await AppendAsync("d");

        var records = await ReadAllAsync();

        records.Select(Text).ShouldBe(["a", "b", "c", "d"]);
        records.Select(record => record.Position.LogPartition).Distinct().ShouldBe([receipt.Partition]);
        records.Select(record => record.Position.Offset).ShouldBeInOrder();
        receipt.Count.ShouldBe(3);
        if (receipt.FirstOffset is { } first)
            records.Select(record => record.Position.Offset).ShouldBe([first, first + 1, first + 2, first + 3]);
    }

    [Fact]
    public async Task Values_keys_and_headers_are_kept_exactly()
    {
        var everyByte = Enumerable.Range(0, 256).Select(n => (byte)n).ToArray();
        LogMessage[] messages =
        [
            new(everyByte, everyByte.Reverse().ToArray()),
            new(Array.Empty<byte>()),
            new("{\"valor\": 1e2 }"u8.ToArray())
            {
                Headers = [new("caudal-id", everyByte), new("empty", default), new("caudal-id", "again"u8.ToArray())],
            },
            new(new byte[200_000], "1582464633"u8.ToArray()) { Headers = [new("clé ñ", "x"u8.ToArray())] },
        ];
        await Log.AppendAsync(Topic, messages, Cancellation);

        var read = (await ReadAllAsync()).Select(record => record.Message).ToList();

        read.Count.ShouldBe(messages.Length);
        foreach (var (message, expected) in read.Zip(messages))
        {
            message.Value.ToArray().ShouldBe(expected.Value.ToArray());
            message.Key.ToArray().ShouldBe(expected.Key.ToArray());
            message.Headers.Select(header => (header.Key, Convert.ToHexString(header.Value.Span)))
                .ShouldBe(expected.Headers.Select(header => (header.Key, Convert.ToHexString(header.Value.Span))));
        }
    }

    [Fact]
    public async Task An_empty_append_makes_the_topic_and_nothing_else()
    {
        var receipt = await Log.AppendAsync(Topic, [], Cancellation);

        receipt.Count.ShouldBe(0);
        (await ReadAllAsync()).ShouldBeEmpty();
        (await Log.DescribeAsync(Topic, Cancellation)).End[receipt.Partition].ShouldBe(0);
    }

    [Fact]
    public async Task A_topic_that_was_never_made_is_empty()
    {
        var state = await Log.DescribeAsync(Name("unheard_of"), Cancellation);

        state.Start.ShouldBe(Watermark.Zero);
        state.End.ShouldBe(Watermark.Zero);
        state.Groups.ShouldBeEmpty();
        state.WriteFault.ShouldBeNull();
        (await Log.FindAsync(Name("unheard_of"), new(0), Cancellation)).ShouldBe(Watermark.Zero);
        (await Log.ReadAsync(Name("unheard_of"), Watermark.Zero, follow: false, Cancellation).ToListAsync(Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_topic_names_all_its_partitions_those_without_messages_too()
    {
        (await Log.DescribeAsync(Topic, Cancellation)).Partitions.ShouldBeEmpty();
        var receipt = await Log.AppendAsync(Topic, [], Cancellation);
        (await Log.DescribeAsync(Topic, Cancellation)).Partitions.ShouldContain(receipt.Partition);
    }

    [Fact]
    public async Task Topics_do_not_mix()
    {
        await Log.AppendAsync(Name("one"), [Message("1")], Cancellation);
        await Log.AppendAsync(Name("two"), [Message("2")], Cancellation);

        (await ReadAllAsync(Name("one"))).Select(Text).ShouldBe(["1"]);
        (await ReadAllAsync(Name("two"))).Select(Text).ShouldBe(["2"]);
    }

    [Fact]
    public async Task Parallel_appends_each_stay_together_and_in_order()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(
            async () =>
            {
                for (var batch = 0; batch < 25; batch++)
                    await AppendAsync([.. Enumerable.Range(0, 7).Select(n => $"{writer}/{batch}/{n}")]);
            },
            Cancellation)));

        var read = (await ReadAllAsync()).Select(Text).ToList();

        read.Count.ShouldBe(8 * 25 * 7);
        read.Distinct().Count().ShouldBe(read.Count);
        read.Chunk(7).ShouldAllBe(unit => unit.Select((text, n) => text.EndsWith($"/{n}", StringComparison.Ordinal)).All(fits => fits));
        foreach (var own in read.Where((_, index) => index % 7 == 0).Select(text => text.Split('/')).GroupBy(parts => parts[0]))
            own.Select(parts => int.Parse(parts[1], null)).ShouldBe(Enumerable.Range(0, 25));
    }

    [Fact]
    public async Task Reading_begins_in_the_middle_where_asked_and_ends_at_the_end_that_was()
    {
        await AppendAsync("a", "b", "c", "d");
        var third = (await ReadAllAsync())[2].Position;

        var batches = Log.ReadAsync(Topic, Watermark.Of(third.LogPartition, third.Offset), follow: false, Cancellation);
        var read = await batches.ToListAsync(Cancellation);

        read.SelectMany(batch => batch.Records).Select(Text).ShouldBe(["c", "d"]);
        read[^1].NextOffset.ShouldBe((await Log.DescribeAsync(Topic, Cancellation)).End[third.LogPartition]);
    }

    [Fact]
    public async Task Following_goes_on_with_what_is_appended_later()
    {
        await AppendAsync("before");
        await using var following = Log.ReadAsync(Topic, Watermark.Zero, follow: true, Cancellation).GetAsyncEnumerator(Cancellation);
        (await NextTextsAsync(following)).ShouldBe(["before"]);

        var next = NextTextsAsync(following);
        await AppendAsync("after");

        (await next).ShouldBe(["after"]);
    }

    [Fact]
    public async Task Following_begins_before_there_is_a_topic()
    {
        var batches = Log.ReadAsync(Name("later"), Watermark.Zero, follow: true, Cancellation);
        await using var following = batches.GetAsyncEnumerator(Cancellation);
        var next = NextTextsAsync(following);

        await Log.AppendAsync(Name("later"), [Message("first")], Cancellation);

        (await next).ShouldBe(["first"]);
    }

    [Fact]
    public async Task Everything_is_there_after_reopening_and_goes_on_where_it_was()
    {
        var before = await AppendAsync("a");
        await CommitAsync(before.Partition, 1);
        await ReopenAsync();
        var after = await AppendAsync("b");

        after.Partition.ShouldBe(before.Partition);
        (await ReadAllAsync()).Select(Text).ShouldBe(["a", "b"]);
        (await Log.DescribeAsync(Topic, Cancellation)).Groups[Group][before.Partition].ShouldBe(1);
    }

    [Fact]
    public async Task A_watermark_of_another_incarnation_says_nothing_about_this_one()
    {
        await AppendAsync("a");

        (await ReadAllAsync(from: Watermark.Of(new(Guid.NewGuid(), 0), 17))).Select(Text).ShouldBe(["a"]);
    }

    [Theory]
    [InlineData(0, 5, 5)]
    [InlineData(1, 4, 3)]
    [InlineData(2, 2, 0)]
    [InlineData(4, 9, 1)]
    [InlineData(3, 1, 0)]
    public async Task Messages_in_a_range_are_counted(long from, long to, long count)
    {
        var partition = (await AppendAsync("a", "b")).Partition;
        await AppendAsync("c", "d", "e");

        var range = new PositionRange(Watermark.Of(partition, from), Watermark.Of(partition, to));
        (await Log.CountAsync(Topic, range, Cancellation)).ShouldBe(count);
    }

    [Fact]
    public async Task A_moment_is_found_by_the_time_of_appending()
    {
        var partition = (await AppendAsync("a")).Partition;
        for (var n = 0; n < 20; n++)
            await AppendAsync($"{n}", "and another");
        var records = await ReadAllAsync();

        var moments = records.Select(record => record.AppendedAt);
        foreach (var moment in moments.Append(new(0)).Append(records[^1].AppendedAt + TimeSpan.FromSeconds(1)))
            (await Log.FindAsync(Topic, moment, Cancellation))[partition]
                .ShouldBe(records.Count(record => record.AppendedAt < moment), $"{moment}");
    }

    [Fact]
    public async Task A_cancelled_append_abandons_the_wait()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await Log.AppendAsync(Topic, [Message("a")], cancelled.Token));
    }

    protected async Task ReopenAsync()
    {
        await Log.DisposeAsync();
        Log = await OpenAsync();
    }

    protected async Task<AppendReceipt> AppendAsync(params string[] texts) =>
        await Log.AppendAsync(Topic, [.. texts.Select(Message)], Cancellation);

    protected async Task CommitAsync(LogPartition partition, long next) =>
        await Log.CommitAsync(Topic, Group, Watermark.Of(partition, next), Cancellation);

    protected async Task<List<LogRecord>> ReadAllAsync(string? topic = null, Watermark? from = null) =>
        await Log.ReadAsync(topic ?? Topic, from ?? Watermark.Zero, follow: false, Cancellation)
            .SelectMany(batch => batch.Records)
            .ToListAsync(Cancellation);

    protected IAsyncEnumerator<LogBatch> Consume(Func<IReadOnlyList<LogPartition>, Watermark> resumeFrom, string? group = null) =>
        Log.ConsumeAsync(Topic, group ?? Group, (partitions, _) => ValueTask.FromResult(resumeFrom(partitions)), Cancellation)
            .GetAsyncEnumerator(Cancellation);

    protected static async Task<IReadOnlyList<string>> NextTextsAsync(IAsyncEnumerator<LogBatch> batches)
    {
        (await batches.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancellation)).ShouldBeTrue();
        return [.. batches.Current.Records.Select(Text)];
    }

    protected static LogMessage Message(string text) => new(Encoding.UTF8.GetBytes(text));

    protected static string Text(LogRecord record) => Encoding.UTF8.GetString(record.Message.Value.Span);
}
