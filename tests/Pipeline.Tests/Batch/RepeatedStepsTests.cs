using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;

namespace Caudal.Tests.Batch;

/// <summary>A step that runs twice, by two at once, or too late, ends as one that ran once.</summary>
public sealed class RepeatedStepsTests
{
    static readonly BatchStepName[] Steps = Enum.GetValues<BatchStepName>();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_step_twice_is_every_step_once()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        for (var wave = 0; wave < 2; wave++)
        {
            await pipeline.AppendAsync(Waves.Of(wave));
            var run = await CreateAsync(pipeline.Runner, wave);
            foreach (var step in Steps)
            {
                run = await pipeline.StepAsync(step, run);
                var again = await pipeline.StepAsync(step, run);
                (again.State, again.Loaded, again.Rejected, again.Purged).ShouldBe((run.State, run.Loaded, run.Rejected, run.Purged));
            }
            await pipeline.ShouldBeSettledAsync(wave, run);
        }
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_step_whose_turn_has_not_come_says_which_is_missing()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Waves.Of(0));
        var run = await CreateAsync(pipeline.Runner, 0);

        foreach (var step in Steps.Skip(1))
            (await Should.ThrowAsync<RunConflictException>(async () => await pipeline.StepAsync(step, run)))
                .Message.ShouldBe($"Run 1 is Created: Extract comes before {step}.");
        (await Should.ThrowAsync<RunConflictException>(async () => await pipeline.StepAsync(BatchStepName.Extract, run with { Id = 7 })))
            .Message.ShouldStartWith("There is no run 7");
    }

    [Fact]
    public async Task Four_callers_in_two_processes_at_once_settle_a_run_once()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        var (other, _) = pipeline.AnotherRunner(new());
        using var disposal = other;
        BatchRunner[] runners = [pipeline.Runner, other];
        for (var wave = 0; wave < 8; wave++)
        {
            await pipeline.AppendAsync(Waves.Of(wave));
            await Task.WhenAll(from runner in runners.Concat(runners) select Task.Run(() => RunIfItCanAsync(runner, wave), Cancellation));

            await pipeline.ShouldBeSettledAsync(wave, await pipeline.SettleAsync($"wave {wave}"));
        }
        (await pipeline.History.Journal.ListAsync(100, Cancellation)).Count.ShouldBe(8);
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    /// <summary>The other process reads hot, stops, and stages what it read when the run is this far already.</summary>
    [Theory]
    [InlineData(BatchStepName.Extract)]
    [InlineData(BatchStepName.Validate)]
    [InlineData(BatchStepName.Load)]
    [InlineData(BatchStepName.Reconcile)]
    [InlineData(BatchStepName.Purge)]
    public async Task An_extract_that_comes_too_late_changes_nothing(BatchStepName last)
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Waves.Of(0));
        await pipeline.SettleAsync("wave 0");
        await pipeline.AppendAsync(Waves.Of(1));
        var run = await CreateAsync(pipeline.Runner, 1);
        var (late, history) = pipeline.AnotherRunner(new());
        using var disposal = late;
        history.BeforeStaging = async () => await pipeline.StepUpToAsync(last, run);

        await late.StepAsync(BatchStepName.Extract, run.Id, "late", Cancellation);

        await pipeline.ShouldBeSettledAsync(1, await pipeline.SettleAsync("wave 1"));
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    /// <summary>As an unlogged table does when its server crashes.</summary>
    [Theory]
    [InlineData(BatchStepName.Extract)]
    [InlineData(BatchStepName.Validate)]
    [InlineData(BatchStepName.Load)]
    [InlineData(BatchStepName.Reconcile)]
    public async Task A_staging_that_is_lost_is_extracted_again(BatchStepName last)
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Waves.Of(0));
        var run = await CreateAsync(pipeline.Runner, 0);
        run = await pipeline.StepUpToAsync(last, run);
        await pipeline.History.DropStagingAsync(run, Cancellation);

        await pipeline.ShouldBeSettledAsync(0, await pipeline.SettleAsync("wave 0"));
        var steps = await pipeline.History.Journal.ListStepsAsync(run.Id, Cancellation);
        steps.Count(step => step.Error is not null).ShouldBe(last < BatchStepName.Load ? 1 : 0);
        steps.Count(step => step.Name == BatchStepName.Extract).ShouldBe(last < BatchStepName.Load ? 2 : 1);
    }

    [Theory]
    [InlineData(BatchStepName.Extract)]
    [InlineData(BatchStepName.Validate)]
    public async Task A_staging_that_lost_one_row_is_extracted_again(BatchStepName last)
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Waves.Of(0));
        await pipeline.StepUpToAsync(last, await CreateAsync(pipeline.Runner, 0));
        await pipeline.TamperAsync("history", $"DELETE FROM staging_1 WHERE id = '{Some.Id(4)}'");

        await pipeline.ShouldBeSettledAsync(0, await pipeline.SettleAsync("wave 0"));
    }

    [Fact]
    public async Task A_hot_store_that_was_rebuilt_during_the_run_is_waited_for_before_the_receipt()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Waves.Of(0));
        var run = await pipeline.StepUpToAsync(BatchStepName.Load, await CreateAsync(pipeline.Runner, 0));
        await pipeline.LoseHotAsync(ingest: false);

        var running = pipeline.SettleAsync("wave 0");
        (await Task.WhenAny(running, Task.Delay(TimeSpan.FromMilliseconds(500), Cancellation))).ShouldNotBe(running);
        (await pipeline.History.Journal.FindAsync(run.Id, Cancellation))?.State.ShouldBe(RunState.Loaded);
        pipeline.StartIngest();

        await pipeline.ShouldBeSettledAsync(0, await running.WaitAsync(TimeSpan.FromSeconds(60), Cancellation));
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task Attempts_are_kept_with_their_actor_and_what_went_wrong()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Waves.Of(0));
        var run = await CreateAsync(pipeline.Runner, 0);
        var plan = new FaultPlan();
        var (runner, _) = pipeline.AnotherRunner(plan);
        using var disposal = runner;
        plan.Arm(FaultKind.Refused, nameof(IHotStore.ReadAsync));
        await Should.ThrowAsync<InjectedFaultException>(
            async () => await runner.StepAsync(BatchStepName.Extract, run.Id, "airflow", Cancellation));

        await pipeline.Runner.StepAsync(BatchStepName.Extract, run.Id, "ana", Cancellation);

        var steps = await pipeline.History.Journal.ListStepsAsync(run.Id, Cancellation);
        steps.Select(step => (step.Name, step.Attempt, step.Actor, step.Error)).ShouldBe(
        [
            (BatchStepName.Extract, 1, "airflow", "Refused at ReadAsync."),
            (BatchStepName.Extract, 2, "ana", null),
        ]);
        steps.ShouldAllBe(step => step.FinishedAt != null);
    }

    static ValueTask<BatchRun> CreateAsync(BatchRunner runner, int wave) => runner.CreateAsync($"wave {wave}", null, "test", Cancellation);

    static async Task RunIfItCanAsync(BatchRunner runner, int wave)
    {
        try
        {
            var run = await CreateAsync(runner, wave);
            await runner.RunAsync(run.Id, "test", Cancellation);
        }
        catch (Exception fault) when (fault is not (NullReferenceException or ArgumentException))
        {
            // Two who write the same rows at once: the engine refuses one of them.
        }
    }
}
