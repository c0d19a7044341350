using Caudal.Batch;
using Caudal.History;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests.Batch;

/// <summary>
/// Transactions go on arriving while a run settles those before, some of them are refused, and a reply is lost. What was sent is compared
/// with what can be found afterwards: by our batch all of it, by the brief's algorithm under the same conditions not.
/// </summary>
public sealed class WritesDuringTheBatchTests
{
    /// <summary>Transactions 0 to 9 are there when the batch begins, 10 to 14 arrive during it; of both, two are of amount zero.</summary>
    static readonly int[] Zeroes = [3, 7, 11, 13];

    static readonly int[] Sent = [.. Enumerable.Range(0, 15)];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Our_batch_loses_and_doubles_nothing()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync(new() { AmountZeroPerMillionMax = 0 });
        await pipeline.AppendAsync(Messages(0, 10));
        var plan = new FaultPlan();
        var (runner, history) = pipeline.AnotherRunner(plan);
        using var disposal = runner;
        history.BeforeStaging = async () => await pipeline.AppendAsync(Messages(10, 5));
        var run = await runner.CreateAsync("day", null, "test", Cancellation);
        await runner.RunAsync(run.Id, "test", Cancellation);
        await runner.DeclineAsync(run.Id, "amounts of zero are not paid", "ana", Cancellation);
        plan.Arm(FaultKind.ReplyLost, nameof(IHistoryStore.LoadAsync));
        run = await runner.RunAsync(run.Id, "test", Cancellation);
        plan.Failed.ShouldBe(nameof(IHistoryStore.LoadAsync));

        run.State.ShouldBe(RunState.Purged);
        var archived = await IdsInHistoryAsync(pipeline, run);
        var rejected = await pipeline.History.ReadRejectionsAsync(Cancellation).Select(rejection => rejection.Id).ToListAsync(Cancellation);
        archived.ShouldBe(Ids(Enumerable.Range(0, 10).Except(Zeroes)));
        rejected.ShouldBe(Ids([7, 3]));
        var waiting = await IdsInHotAsync(pipeline);
        archived.Concat(rejected).Concat(waiting).ShouldBe(Ids(Sent), ignoreOrder: true);
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_briefs_algorithm_loses_what_arrives_late()
    {
        var (archive, waiting) = await RunBriefAlgorithmAsync(_ => true, loseReply: false);

        Ids(Sent).Except(archive).Except(waiting).ShouldBe(Ids([10, 11, 12, 13, 14]));
    }

    [Fact]
    public async Task The_briefs_algorithm_loses_what_it_refuses()
    {
        var (archive, waiting) = await RunBriefAlgorithmAsync(transaction => transaction.Amount.Cents > 0, loseReply: false);

        Ids(Sent).Except(archive).Except(waiting).ShouldBe(Ids([3, 7, 10, 11, 12, 13, 14]));
    }

    [Fact]
    public async Task The_briefs_algorithm_empties_the_store_when_it_refuses_everything()
    {
        var (archive, waiting) = await RunBriefAlgorithmAsync(_ => false, loseReply: false);

        archive.ShouldBeEmpty();
        waiting.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_briefs_algorithm_doubles_a_batch_whose_reply_is_lost()
    {
        var (archive, _) = await RunBriefAlgorithmAsync(_ => true, loseReply: true);

        archive.Count.ShouldBe(20);
        archive.Distinct().Count().ShouldBe(10);
    }

    [Fact]
    public async Task What_repeats_or_contradicts_a_row_of_the_run_meanwhile_is_told_apart()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync([.. Enumerable.Range(0, 10).Select(Some.LogMessage)]);
        var run = await pipeline.Runner.CreateAsync("day", null, "test", Cancellation);
        foreach (var step in Enum.GetValues<BatchStepName>())
        {
            await pipeline.AppendAsync(Some.LogMessage((int)step), Waves.Altered(5 + (int)step), Some.LogMessage(100 + (int)step));
            run = await pipeline.StepAsync(step, run);
        }
        await pipeline.AppendAsync(Some.LogMessage(9), Waves.Altered(0), Some.LogMessage(110));

        var second = await pipeline.SettleAsync("next day");

        (run.Loaded.Rows.Count, run.Loaded.Duplicates.Count, run.Rejected.Count).ShouldBe((10, 0, 0));
        (second.Messages, second.Loaded.Rows.Count).ShouldBe((18, 6));
        (second.Loaded.Duplicates.Count, second.RejectedBefore + second.Rejected.Count).ShouldBe((6, 6));
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    static async Task<(List<TransactionId> Archive, List<TransactionId> Waiting)> RunBriefAlgorithmAsync(
        Predicate<Transaction> isValid, bool loseReply)
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Messages(0, 10));
        var algorithm = new BriefAlgorithm(pipeline);
        await algorithm.RunAsync(isValid, async () => await pipeline.AppendAsync(Messages(10, 5)), loseReply);
        return (algorithm.Archive.ConvertAll(transaction => transaction.Id), await IdsInHotAsync(pipeline));
    }

    static async Task<List<TransactionId>> IdsInHistoryAsync(EmbeddedPipeline pipeline, BatchRun run) =>
    [
        .. (await pipeline.History.ReadAsync(run.Range, Cancellation).ToListAsync(Cancellation))
            .SelectMany(batch => batch.Rows).Select(row => row.Id),
    ];

    static async Task<List<TransactionId>> IdsInHotAsync(EmbeddedPipeline pipeline) =>
    [
        .. (await pipeline.Hot.Queries.SearchAsync(new() { Limit = int.MaxValue }, Cancellation).ToListAsync(Cancellation))
            .SelectMany(batch => batch).Select(row => row.Id),
    ];

    static IEnumerable<TransactionId> Ids(IEnumerable<int> numbers) => numbers.Select(Some.Id);

    static LogMessage[] Messages(int first, int count) =>
    [
        .. from n in Enumerable.Range(first, count)
           let amount = Zeroes.Contains(n) ? default : Some.Transaction(n).Amount
           select new LogMessage(Some.Message(Some.Transaction(n, some => some with { Amount = amount }))),
    ];
}
