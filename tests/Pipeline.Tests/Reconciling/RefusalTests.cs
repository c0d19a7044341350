using Caudal.Batch;
using Caudal.Reconciling;
using Caudal.Tests.Batch;

namespace Caudal.Tests.Reconciling;

/// <summary>A run does not go on over a row that was altered, removed or added by hand, and says which or by how much.</summary>
public sealed class RefusalTests
{
    const int Victim = 12;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<BatchStepName, string, string> Refusals
    {
        get
        {
            var cases = new TheoryData<BatchStepName, string, string>();
            foreach (var (step, store) in new[]
            {
                (BatchStepName.Extract, "hot"), (BatchStepName.Reconcile, "history"),
                (BatchStepName.Purge, "history"), (BatchStepName.Purge, "hot"),
            })
            {
                cases.Add(step, store, Tampering.AlterOneCent(store, Victim));
                cases.Add(step, store, Tampering.Remove(store, Victim));
                cases.Add(step, store, Tampering.Add(store, 999, besides: Victim));
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_step_refuses_and_moves_nothing(BatchStepName step, string store, string sql)
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Waves.Of(0));
        await pipeline.SettleAsync();
        await pipeline.AppendAsync(Waves.Of(1));
        var run = await pipeline.Runner.CreateAsync(null, null, "test", Cancellation);
        if (step > BatchStepName.Extract)
            run = await pipeline.StepUpToAsync(step - 1, run);
        await pipeline.TamperAsync(store, sql);
        var before = await pipeline.Hot.MeasureAsync(run.Range, Cancellation);

        for (var attempt = 1; attempt <= 2; attempt++)
            await Should.ThrowAsync<ReconciliationException>(async () => await pipeline.StepAsync(step, run));

        (await pipeline.History.Journal.FindAsync(run.Id, Cancellation)).ShouldNotBeNull().State.ShouldBe(run.State);
        (await pipeline.Hot.MeasureAsync(run.Range, Cancellation)).ShouldBe(before);
        (await pipeline.VerifyAsync()).Reconciled.ShouldBeFalse();
        (await pipeline.History.Journal.ListStepsAsync(run.Id, Cancellation))[^1].Error.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("hot", BatchStepName.Extract)]
    [InlineData("history", BatchStepName.Reconcile)]
    public async Task An_altered_row_is_named(string store, BatchStepName step)
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync([.. Enumerable.Range(0, 20).Select(Some.LogMessage)]);
        var run = await pipeline.Runner.CreateAsync(null, null, "test", Cancellation);
        if (step > BatchStepName.Extract)
            run = await pipeline.StepUpToAsync(step - 1, run);
        await pipeline.TamperAsync(store, Tampering.AlterOneCent(store, Victim));

        (await Should.ThrowAsync<ReconciliationException>(async () => await pipeline.StepAsync(step, run)))
            .Message.ShouldContain(Some.Id(Victim).ToString());
    }
}
