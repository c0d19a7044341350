using Caudal.Batch;

namespace Caudal.Tests.Batch;

/// <summary>
/// The n-th call of a run to anything outside it fails, for every n there is: killed before or after the call did its work, refused, or
/// with the reply lost. Then the run is taken up again, and must end as if nothing had happened.
/// </summary>
public sealed class KilledAnywhereTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FaultKind.KilledBefore)]
    [InlineData(FaultKind.KilledAfter)]
    [InlineData(FaultKind.Refused)]
    [InlineData(FaultKind.ReplyLost)]
    internal async Task A_run_that_fails_at_any_call_ends_as_if_it_had_not(FaultKind kind)
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        var plan = new FaultPlan();
        var (runner, _) = pipeline.AnotherRunner(plan);
        using var _ = runner;
        var failed = new List<string>();
        var more = true;
        for (var call = 0; more; call++)
        {
            await pipeline.AppendAsync(Waves.Of(call));
            plan.Arm(kind, call);
            await TryRunAsync(runner, $"wave {call}");
            if (plan.Failed is { } name)
                failed.Add(name);
            var calls = plan.Calls;
            plan.Disarm();

            var run = await pipeline.SettleAsync($"wave {call}");
            run.Id.ShouldBe(call + 1);
            await pipeline.ShouldBeSettledAsync(call, run);
            more = call < calls;
        }

        failed.ShouldContain("StageAsync");
        failed.ShouldContain("LoadAsync");
        failed.ShouldContain("RemoveAsync");
        failed.ShouldContain("TrimAsync");
        failed.Count.ShouldBeGreaterThan(25);
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    static async Task TryRunAsync(BatchRunner runner, string key)
    {
        try
        {
            var run = await runner.CreateAsync(key, cutoff: null, "test", Cancellation);
            await runner.RunAsync(run.Id, "test", Cancellation);
        }
        catch (InjectedFaultException)
        {
        }
    }
}
