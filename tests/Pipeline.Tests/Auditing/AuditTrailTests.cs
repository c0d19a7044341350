using Caudal.Auditing;
using Caudal.Engines.Sqlite;
using Caudal.Log;
using Caudal.Tests.Batch;
using Caudal.Transactions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

public sealed class AuditTrailTests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    readonly StandingClock _clock = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    readonly FaultPlan _plan = new();
    SqliteLog _log = null!;
    AuditTrail _audit = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _log = await SqliteLog.OpenAsync(new() { Path = _folder.File("log.db") }, _clock, NullLogger<SqliteLog>.Instance, Cancellation);
        _audit = new(new Batch.FaultyLog(_log, _plan), Some.Topic, _clock);
    }

    [Fact]
    public async Task Nothing_is_done_that_could_not_be_noted_before()
    {
        var done = false;
        _plan.Arm(FaultKind.Refused, nameof(ITransactionLog.AppendAsync));

        await Should.ThrowAsync<InjectedFaultException>(async () => await DoAsync(() =>
        {
            done = true;
            return new(1);
        }));

        done.ShouldBeFalse();
        (await _audit.ReadAsync(new(), Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_done_and_could_not_be_noted_is_no_success()
    {
        await _log.AppendAsync(AuditTrail.TopicOf(Some.Topic), [new(default)], Cancellation);
        await Should.ThrowAsync<LogUnavailableException>(async () => await DoAsync(async () =>
        {
            await _log.HoldAsync(AuditTrail.TopicOf(Some.Topic), "a test", Cancellation);
            return 1;
        })).ContinueWith(thrown => thrown.Result.OutcomeUnknown.ShouldBeTrue(), TaskScheduler.Default);
    }

    [Fact]
    public async Task A_failure_is_noted_by_its_kind_and_thrown_on()
    {
        await Should.ThrowAsync<TimeoutException>(async () => await DoAsync(() => throw new TimeoutException("of account 4677717306")));

        (await _audit.ReadAsync(new(), Cancellation)).Select(entry => entry.Outcome).ShouldBe(["failed: TimeoutException", "begun"]);
    }

    [Fact]
    public async Task The_newest_are_read_first_however_many_there_are()
    {
        for (var n = 0; n < 3_000; n += 100)
            await Task.WhenAll(Enumerable.Range(n, 100).Select(_ => NoteAsync("a").AsTask()));
        await NoteAsync("b");
        await NoteAsync("c");

        (await _audit.ReadAsync(new(Limit: 3), Cancellation)).Select(entry => entry.Object).ShouldBe(["c", "b", "a"]);
        (await _audit.ReadAsync(new(Limit: 10_000), Cancellation)).Count.ShouldBe(3_002);
        (await _audit.ReadAsync(new(Text: "B", Limit: 10_000), Cancellation)).ShouldHaveSingleItem().Object.ShouldBe("b");
    }

    [Fact]
    public async Task They_are_found_by_time_and_forgotten_by_age()
    {
        foreach (var day in new[] { 1, 2, 3 })
        {
            _clock.Now = new(2026, 1, day, 12, 0, 0, TimeSpan.Zero);
            await NoteAsync($"day {day}");
        }

        var second = new RecordFilter(
            Instant.Of(new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)), Instant.Of(new(2026, 1, 3, 0, 0, 0, TimeSpan.Zero)));
        (await _audit.ReadAsync(second, Cancellation)).ShouldHaveSingleItem().Object.ShouldBe("day 2");
        await _audit.ForgetAsync(TimeSpan.FromHours(30), Cancellation);
        (await _audit.ReadAsync(new(), Cancellation)).Select(entry => entry.Object).ShouldBe(["day 3", "day 2"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _folder.Dispose();
    }

    ValueTask NoteAsync(string target) => _audit.NoteAsync("ana", AuditActions.CreateRun, target, AuditEntry.Done, Cancellation);

    ValueTask<int> DoAsync(Func<ValueTask<int>> work) =>
        _audit.DoAsync("ana", AuditActions.CreateRun, "run", work, run => $"run {run}", Cancellation);
}
