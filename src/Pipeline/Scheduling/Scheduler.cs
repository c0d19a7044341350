using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Extensions.Logging;

namespace Caudal.Scheduling;

/// <summary>What the scheduler does, for people.</summary>
/// <param name="Cron">The timetable, as the settings have it.</param>
/// <param name="Next">When it makes runs next; null where never, or while it is at it.</param>
/// <param name="Waiting">What keeps the runs that are due now from going on, or null.</param>
/// <param name="Failure">Why the last ones were given up until the next time, or null where they were done.</param>
public sealed record ScheduleState(string Cron, Instant? Next, string? Waiting, string? Failure);

/// <summary>
/// Makes the runs that the timetable asks for and takes them to their end: days that went by while nobody ran first, oldest first.
/// It keeps nothing of its own: what is due is read from the log and the journal, so any number of schedulers come to the same. Of several
/// processes one at a time has the turn to do it, and the others wait for theirs.
/// </summary>
public sealed partial class Scheduler(
    DayRuns days, BatchRunner batch, IHotStore hot, IHistoryStore history, ScheduleOptions options, TimeProvider time,
    ILogger<Scheduler> logger)
{
    /// <summary>Whom runs name that the scheduler made.</summary>
    public const string Actor = "scheduler";

    /// <summary>Another caller's run may be in the way for a moment; after so many times it is told, and left to the next time.</summary>
    const int ConflictsMax = 5;

    /// <summary>How often a run that waits for a person is looked at.</summary>
    static readonly TimeSpan DecisionPause = TimeSpan.FromSeconds(5);

    /// <summary>How often a turn is asked for that another process has, and how often it is looked whether ours is still ours.</summary>
    static readonly TimeSpan TurnPause = TimeSpan.FromSeconds(5);

    /// <summary>No single sleep is longer, since the clock may be set meanwhile.</summary>
    static readonly TimeSpan SleepMax = TimeSpan.FromMinutes(1);

    /// <summary>Null where it does not run: it was not started, or the schedule is off.</summary>
    public ScheduleState? State { get; private set; }

    /// <summary>Returns when it is cancelled, or where the timetable has no time left.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (Timetable.Of(options, history.BusinessZone) is not { } timetable)
            return;
        State = new(options.Cron, null, null, null);
        try
        {
            while (!await HasAttendedAllAsync(timetable, cancellation))
                LogTurnLost(logger);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            State = null;
        }
    }

    /// <summary>One turn, waited for first; false where it was lost before the timetable's end.</summary>
    async Task<bool> HasAttendedAllAsync(Timetable timetable, CancellationToken cancellation)
    {
        await using var turn = await TakeTurnAsync(timetable, cancellation);
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watching = WatchAsync(turn, held);
        try
        {
            if (timetable.UpTo(Instant.Now(time)) is { } missed)
                await AttendAsync(missed, ScheduleReach.Days, held.Token);
            while (timetable.After(Instant.Now(time)) is { } next)
            {
                State = State! with { Next = next };
                await SleepUntilAsync(next, held.Token);
                await AttendAsync(next, options.Reach, held.Token);
            }
            return true;
        }
        catch (OperationCanceledException) when (held.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            await held.CancelAsync();
            await watching;
        }
    }

    /// <summary>Meanwhile the next time is shown, whoever will have the turn then.</summary>
    async Task<ProcessTurn> TakeTurnAsync(Timetable timetable, CancellationToken cancellation)
    {
        for (var wasTold = false; ; await Task.Delay(TurnPause, time, cancellation))
        {
            try
            {
                if (await history.Journal.TryTakeAsync(TurnOf.Schedule, cancellation) is { } turn)
                    return turn;
                if (!wasTold)
                    LogElsewhere(logger);
                wasTold = true;
                State = State! with { Next = timetable.After(Instant.Now(time)), Waiting = null };
            }
            catch (Exception fault) when (!cancellation.IsCancellationRequested && StoreFault.IsTransient(fault))
            {
                State = State! with { Waiting = fault.Message };
                LogRetry(logger, TurnPause, fault);
            }
        }
    }

    async Task WatchAsync(ProcessTurn turn, CancellationTokenSource held)
    {
        try
        {
            while (await turn.IsHeldAsync(held.Token))
                await Task.Delay(TurnPause, time, held.Token);
            await held.CancelAsync();
        }
        catch (OperationCanceledException)
        {
        }
    }

    async Task SleepUntilAsync(Instant moment, CancellationToken cancellation)
    {
        for (var left = moment - Instant.Now(time); left > TimeSpan.Zero; left = moment - Instant.Now(time))
            await Task.Delay(left < SleepMax ? left : SleepMax, time, cancellation);
    }

    /// <summary>
    /// Settles what is due. A fault that passes by itself is tried again for as long as it lasts; any other is told, and left to a
    /// person or to the next time.
    /// </summary>
    async Task AttendAsync(Instant moment, ScheduleReach reach, CancellationToken cancellation)
    {
        State = State! with { Next = null };
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await SettleAsync(moment, reach, cancellation);
                State = State! with { Waiting = null, Failure = null };
                return;
            }
            catch (Exception fault) when (!cancellation.IsCancellationRequested && Passes(fault, attempt))
            {
                State = State! with { Waiting = fault.Message };
                LogRetry(logger, StoreFault.PauseBefore(attempt), fault);
            }
            catch (Exception fault) when (!cancellation.IsCancellationRequested)
            {
                State = State! with { Waiting = null, Failure = fault.Message };
                LogGaveUp(logger, fault);
                return;
            }
            await Task.Delay(StoreFault.PauseBefore(attempt), time, cancellation);
        }
    }

    static bool Passes(Exception fault, int attempt) =>
        StoreFault.IsTransient(fault) || fault is RunConflictException && attempt < ConflictsMax;

    async Task SettleAsync(Instant moment, ScheduleReach reach, CancellationToken cancellation)
    {
        // What somebody began and did not end is in the way of everything else.
        if (await history.Journal.FindUnfinishedAsync(cancellation) is { } unfinished)
            await FinishAsync(unfinished, cancellation);
        var due = await days.FindDueAsync(moment, cancellation);
        try
        {
            foreach (var day in due)
                await FinishAsync(await batch.CreateAsync(DayRuns.KeyOf(day), days.EndOf(day), Actor, cancellation), cancellation);
        }
        catch (LogUnsupportedException)
        {
            // A log that does not tell when something was appended has no days: one run for all of them, up to what is ingested.
            await FinishAsync(await batch.CreateAsync(DayRuns.KeyOf(due[^1]), null, Actor, cancellation), cancellation);
        }
        if (reach == ScheduleReach.Now && await IsThereMoreAsync(cancellation))
            await FinishAsync(await batch.CreateAsync(null, null, Actor, cancellation), cancellation);
    }

    async Task FinishAsync(BatchRun run, CancellationToken cancellation)
    {
        for (run = await batch.RunAsync(run.Id, Actor, cancellation); !run.IsFinished;)
        {
            if (run.State == RunState.WaitingForApproval)
            {
                var sentence = $"Run {run.Id} waits for a person: 'caudal batch show {run.Id}' says why.";
                if (State!.Waiting != sentence)
                    LogWaiting(logger, run.Id);
                State = State! with { Waiting = sentence };
                await Task.Delay(DecisionPause, time, cancellation);
                run = await history.Journal.GetAsync(run.Id, cancellation);
            }
            else
            {
                State = State! with { Waiting = null };
                run = await batch.RunAsync(run.Id, Actor, cancellation);
            }
        }
        LogSettled(logger, run.Id, run.Day, run.Loaded.Rows.Count);
    }

    async ValueTask<bool> IsThereMoreAsync(CancellationToken cancellation)
    {
        var settled = await history.Journal.FindSealedAsync(cancellation);
        return !settled.Covers((await hot.GetStateAsync(cancellation)).Next);
    }

    [LoggerMessage(620, LogLevel.Information, "Run {Run} of {Day:yyyy-MM-dd} is done: {Rows} transactions are in history")]
    static partial void LogSettled(ILogger logger, long run, DateOnly day, long rows);

    [LoggerMessage(621, LogLevel.Warning, "Run {Run} waits for a person: `caudal batch show {Run}` says why")]
    static partial void LogWaiting(ILogger logger, long run);

    [LoggerMessage(622, LogLevel.Warning, "The runs that are due are tried again in {Pause}")]
    static partial void LogRetry(ILogger logger, TimeSpan pause, Exception fault);

    [LoggerMessage(624, LogLevel.Information, "Another process makes the scheduled runs; this one takes over where that one ends")]
    static partial void LogElsewhere(ILogger logger);

    [LoggerMessage(625, LogLevel.Warning, "The connection to history was lost, and with it the turn to make the scheduled runs")]
    static partial void LogTurnLost(ILogger logger);

    [LoggerMessage(623, LogLevel.Error, "The runs that are due failed; they are made again at the schedule's next time")]
    static partial void LogGaveUp(ILogger logger, Exception fault);
}
