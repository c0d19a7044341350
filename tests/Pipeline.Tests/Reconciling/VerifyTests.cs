using Caudal.Batch;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Tests.Batch;
using Caudal.Transactions;

namespace Caudal.Tests.Reconciling;

/// <summary>One cent, one row missing, one row too many, made by hand: verify names the id, status sees that something is wrong.</summary>
public sealed class VerifyTests
{
    /// <summary>A settled transaction, one that is still in hot, and one that nobody ever sent.</summary>
    const int Settled = 12;
    const int Unsettled = 22;
    const int Extra = 999;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, int> Tamperings
    {
        get
        {
            var cases = new TheoryData<string, string, int>();
            foreach (var (store, victim) in new[] { ("hot", Unsettled), ("history", Settled) })
            {
                cases.Add(store, Tampering.AlterOneCent(store, victim), victim);
                cases.Add(store, Tampering.AlterOneCentAndItsDigest(store, victim), victim);
                cases.Add(store, Tampering.Remove(store, victim), victim);
                cases.Add(store, Tampering.Add(store, Extra, besides: victim), Extra);
                cases.Add(store, Tampering.Add(store, Extra, besides: victim, shiftOfOffset: 1_000), Extra);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Tamperings))]
    public async Task What_was_done_to_a_row_is_named(string store, string sql, int named)
    {
        await using var pipeline = await SettledAndHotAsync();
        await pipeline.TamperAsync(store, sql);

        (await pipeline.Reconciler.StatusAsync(Cancellation)).Reconciled.ShouldBeFalse();
        var found = await pipeline.VerifyAsync();

        found.Reconciled.ShouldBeFalse();
        found.Differences.ShouldContain(difference => difference.Where == store && difference.Id == Some.Id(named));
        found.Differences.Where(difference => difference.Id is not null).Select(difference => difference.Id).Distinct()
            .ShouldBe([Some.Id(named)]);
    }

    /// <summary>Once the log has forgotten the messages, receipts still tell.</summary>
    [Theory]
    [InlineData("altered", Settled)]
    [InlineData("added", Extra)]
    [InlineData("removed", null)]
    public async Task Where_the_log_has_forgotten_the_receipt_tells(string what, int? named)
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync(new() { LogRetention = TimeSpan.Zero });
        for (var wave = 0; wave < 2; wave++)
        {
            await pipeline.AppendAsync(Waves.Of(wave));
            pipeline.Clock.Now += TimeSpan.FromMinutes(1);
            await pipeline.SettleAsync();
        }
        await pipeline.AppendAsync(Waves.Of(2));
        (await pipeline.Log.DescribeAsync(Some.Topic, Cancellation)).Start.Partitions.Single().Value.ShouldBe(20);
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();

        await pipeline.TamperAsync("history", what switch
        {
            "altered" => Tampering.AlterOneCent("history", Settled),
            "added" => Tampering.Add("history", Extra, besides: Settled),
            _ => Tampering.Remove("history", Settled),
        });

        var found = (await pipeline.VerifyAsync()).Differences;
        found.ShouldContain(difference => difference.Where == "history" && difference.What.Contains("run 2"));
        if (named is { } n)
            found.ShouldContain(difference => difference.Id == Some.Id(n));
        else
            found.ShouldContain(difference => difference.What.Contains("the difference is 1 transactions, 0.13"));
    }

    [Theory]
    [InlineData("UPDATE receipts SET messages = messages + 1, rejections = rejections + 1 WHERE run_id = 1", "run 1 was altered")]
    [InlineData("UPDATE receipts SET range_to = range_from WHERE run_id = 1", "run 1 was altered")]
    [InlineData("DELETE FROM receipts WHERE run_id = 1", "Between run 0 and run 2")]
    [InlineData("DELETE FROM receipts WHERE run_id = 2", "Run 2 is finished, but its receipt is gone")]
    public async Task An_altered_chain_of_receipts_is_said_to_be_so(string sql, string said)
    {
        await using var pipeline = await SettledAndHotAsync(hot: false);
        await pipeline.TamperAsync("history", sql);

        (await pipeline.Reconciler.StatusAsync(Cancellation)).Differences
            .ShouldContain(difference => difference.Where == "receipts" && difference.What.Contains(said));
        (await pipeline.VerifyAsync()).Differences.ShouldContain(difference => difference.What.Contains(said));
    }

    [Fact]
    public async Task A_sound_pipeline_is_reconciled_at_every_moment_of_a_run()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Waves.Of(0));
        await ShouldBeReconciledAsync(pipeline);
        await pipeline.SettleAsync();
        await pipeline.AppendAsync(Waves.Of(1));
        var run = await pipeline.Runner.CreateAsync(null, null, "test", Cancellation);
        foreach (var step in Enum.GetValues<BatchStepName>())
        {
            await ShouldBeReconciledAsync(pipeline);
            run = await pipeline.StepAsync(step, run);
            await pipeline.AppendAsync(Some.LogMessage(500 + (int)step));
        }
        await ShouldBeReconciledAsync(pipeline);
    }

    [Fact]
    public async Task Asked_all_the_while_that_runs_settle_and_more_arrives_nothing_differs()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Waves.Of(0));
        await pipeline.SettleAsync();
        var settling = Task.Run(
            async () =>
            {
                for (var wave = 1; wave <= 10; wave++)
                {
                    await pipeline.AppendAsync(Waves.Of(wave));
                    await pipeline.SettleAsync();
                }
            }, Cancellation);
        var looks = 0;
        for (; !settling.IsCompleted; looks++)
            await ShouldBeReconciledAsync(pipeline);

        await settling;
        looks.ShouldBeGreaterThan(3);
        await ShouldBeReconciledAsync(pipeline);
    }

    [Fact]
    public async Task Status_says_where_everything_is()
    {
        await using var pipeline = await SettledAndHotAsync();
        var run = await pipeline.Runner.CreateAsync(null, null, "test", Cancellation);
        await pipeline.StepUpToAsync(BatchStepName.Reconcile, run);
        await pipeline.StopIngestAsync();
        await pipeline.AppendUnseenAsync(Some.LogMessage(700), Some.LogMessage(701));

        var status = await pipeline.Reconciler.StatusAsync(Cancellation);

        status.Differences.ShouldBeEmpty();
        status.Log.ShouldBe(new LogAccount(3 * Waves.Messages + 2, 2));
        (status.Hot.Count, status.Hot.AwaitingPurge).ShouldBe((0, 7));
        (status.History.Count, status.History.Sum).ShouldBe(
            (15, Figures.Of(Enumerable.Range(0, 3).SelectMany(wave => Some.Transactions(Waves.First(wave), 5))).Sum));
        status.Duplicates.Count.ShouldBe(6);
        status.Rejections.ShouldBe(new RejectionAccount(3 + 2 + 2 + 2, 3 + 2 + 2 + 2));
        pipeline.StartIngest();
    }

    [Fact]
    public async Task Ranges_are_accounted_for_wherever_their_messages_are_now()
    {
        await using var pipeline = await SettledAndHotAsync();
        var end = (await pipeline.Log.DescribeAsync(Some.Topic, Cancellation)).End;
        var partition = end.Partitions.Single().Key;

        var account = await pipeline.Reconciler.AccountForAsync(
            [new(Watermark.Of(partition, 10), Watermark.Of(partition, 30))], Cancellation);

        (account.Messages, account.Rejected).ShouldBe((20, 2 + 1 + 2));
        account.Rows.Count.ShouldBe(5 + 7);
        account.Duplicates.Count.ShouldBe(2 + 1);
    }

    static async Task ShouldBeReconciledAsync(EmbeddedPipeline pipeline)
    {
        (await pipeline.Reconciler.StatusAsync(Cancellation)).Differences.ShouldBeEmpty();
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    /// <summary>Two waves in history, and a third in hot.</summary>
    static async Task<EmbeddedPipeline> SettledAndHotAsync(bool hot = true)
    {
        var pipeline = await EmbeddedPipeline.StartAsync();
        for (var wave = 0; wave < 2; wave++)
        {
            await pipeline.AppendAsync(Waves.Of(wave));
            await pipeline.SettleAsync();
        }
        if (hot)
            await pipeline.AppendAsync(Waves.Of(2));
        return pipeline;
    }
}
