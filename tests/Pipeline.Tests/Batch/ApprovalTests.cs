using Caudal.Auditing;
using Caudal.Batch;
using Caudal.History;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests.Batch;

public sealed class ApprovalTests : IAsyncLifetime
{
    static readonly BatchOptions NoZeroes = new() { AmountZeroPerMillionMax = 100_000 };

    EmbeddedPipeline _pipeline = null!;
    BatchRun _run = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Two of eight rows are of amount zero.</summary>
    public async ValueTask InitializeAsync()
    {
        _pipeline = await EmbeddedPipeline.StartAsync(NoZeroes);
        await _pipeline.AppendAsync([.. Enumerable.Range(0, 6).Select(Some.LogMessage), Zero(6), Zero(7)]);
        _run = await _pipeline.SettleAsync("day");
    }

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    [Fact]
    public async Task A_check_over_its_threshold_makes_the_run_wait()
    {
        _run.State.ShouldBe(RunState.WaitingForApproval);
        _run.Checks.ShouldContain(new CheckResult(QualityRule.AmountZero, 2, 8, 100_000));
        (await _pipeline.SettleAsync("day")).State.ShouldBe(RunState.WaitingForApproval);
        (await _pipeline.StepAsync(BatchStepName.Validate, _run)).State.ShouldBe(RunState.WaitingForApproval);
        (await Should.ThrowAsync<RunConflictException>(async () => await _pipeline.StepAsync(BatchStepName.Load, _run)))
            .Message.ShouldContain("waits for approval");
    }

    [Fact]
    public async Task Approved_it_loads_all_its_rows()
    {
        await _pipeline.Runner.ApproveAsync(1, "ana", Cancellation);
        await _pipeline.Runner.ApproveAsync(1, "ana", Cancellation);
        var run = await _pipeline.SettleAsync("day");

        (run.State, run.Loaded.Rows.Count, run.Rejected.Count, run.Decision).ShouldBe((RunState.Purged, 8, 0, "approved by ana"));
        (await _pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    [Fact]
    public async Task Declined_its_failing_rows_become_rejections_with_the_logs_bytes()
    {
        await _pipeline.Runner.DeclineAsync(1, "no payment is of nothing", "ana", Cancellation);
        var run = await _pipeline.SettleAsync("day");

        (run.State, run.Loaded.Rows.Count, run.Rejected.Count).ShouldBe((RunState.Purged, 6, 2));
        run.Decision.ShouldBe("declined by ana: no payment is of nothing");
        var rejections = await _pipeline.History.ReadRejectionsAsync(Cancellation).ToListAsync(Cancellation);
        rejections.Select(rejection => (rejection.Code, rejection.Id)).ShouldBe(
            [(FaultCode.Declined, Some.Id(7)), (FaultCode.Declined, Some.Id(6))]);
        rejections.Select(rejection => rejection.Bytes.ToArray()).ShouldBe([Zero(7).Value.ToArray(), Zero(6).Value.ToArray()]);
        (await _pipeline.Rejections.ListAsync(null, FaultCode.Declined, Cancellation).CountAsync(Cancellation)).ShouldBe(2);
        (await _pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public async Task Who_declines_gives_a_reason(string why) =>
        await Should.ThrowAsync<MissingReasonException>(async () => await _pipeline.Runner.DeclineAsync(1, why, "ana", Cancellation));

    [Fact]
    public async Task The_rows_that_keep_it_waiting_are_named_until_somebody_decides()
    {
        var failing = await _pipeline.Runner.ReadFailingAsync(1, Cancellation).ToListAsync(Cancellation);
        failing.Select(row => (row.Id, row.Code)).ShouldBe([(Some.Id(6), FaultCode.Declined), (Some.Id(7), FaultCode.Declined)]);

        await _pipeline.Runner.ApproveAsync(1, "ana", Cancellation);

        (await Should.ThrowAsync<RunConflictException>(async () =>
            await _pipeline.Runner.ReadFailingAsync(1, Cancellation).ToListAsync(Cancellation))).Message.ShouldContain("does not wait");
    }

    [Fact]
    public async Task What_is_done_to_a_run_is_on_record_with_its_actor()
    {
        await _pipeline.Runner.ApproveAsync(1, "ana", Cancellation);
        await Should.ThrowAsync<RunConflictException>(async () => await _pipeline.Runner.DeclineAsync(1, "no", "luis", Cancellation));

        var entries = await new AuditTrail(_pipeline.Log, Some.Topic, _pipeline.Clock).ReadAsync(new(), Cancellation);
        entries.Reverse().Select(entry => (entry.Actor, entry.Action, entry.Object, entry.Outcome)).ShouldBe(
        [
            ("test", "run.create", "run under key day", "begun"), ("test", "run.create", "run under key day", "done: run 1"),
            ("test", "run.take", "run 1", "begun"), ("test", "run.take", "run 1", "done: WaitingForApproval"),
            ("ana", "run.approve", "run 1", "begun"), ("ana", "run.approve", "run 1", "done: Validated"),
            ("luis", "run.decline", "run 1", "begun"), ("luis", "run.decline", "run 1", "failed: RunConflictException"),
        ]);
    }

    [Fact]
    public async Task Who_decides_otherwise_afterwards_is_told_what_was_decided()
    {
        await _pipeline.Runner.DeclineAsync(1, "no", "ana", Cancellation);
        await _pipeline.Runner.DeclineAsync(1, "no", "ana", Cancellation);
        (await Should.ThrowAsync<RunConflictException>(async () => await _pipeline.Runner.ApproveAsync(1, "luis", Cancellation)))
            .Message.ShouldContain("declined by ana: no");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_decision_outlives_a_staging_that_is_lost(bool lostBeforeTheDecision)
    {
        if (lostBeforeTheDecision)
            await _pipeline.History.DropStagingAsync(_run, Cancellation);
        await _pipeline.Runner.DeclineAsync(1, "no", "ana", Cancellation);
        if (!lostBeforeTheDecision)
            await _pipeline.History.DropStagingAsync(_run, Cancellation);

        var run = await _pipeline.SettleAsync("day");

        (run.State, run.Loaded.Rows.Count, run.Rejected.Count).ShouldBe((RunState.Purged, 6, 2));
    }

    static LogMessage Zero(int n) => new(Some.Message(Some.Transaction(n, some => some with { Amount = new(0) })));
}
