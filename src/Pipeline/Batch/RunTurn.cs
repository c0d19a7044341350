using Caudal.History;

namespace Caudal.Batch;

/// <summary>The turn to take a run through its steps, of all processes that share a history.</summary>
public static class RunTurn
{
    /// <summary>How often it is asked for while another process has it.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Waits for the turn.</summary>
    internal static async ValueTask<ProcessTurn> TakeRunTurnAsync(
        this RunJournal journal, TimeProvider time, CancellationToken cancellation)
    {
        while (true)
        {
            if (await journal.TryTakeAsync(TurnOf.Run, cancellation) is { } turn)
                return turn;
            await Task.Delay(Pause, time, cancellation);
        }
    }

    /// <summary>
    /// True where another process is at work and may be about to take the run past the step. It is looked twice, since whoever was told a
    /// moment ago to begin has not begun yet.
    /// </summary>
    public static async ValueTask<bool> IsAtWorkAsync(
        this RunJournal journal, BatchRun run, BatchStepName step, TimeProvider time, CancellationToken cancellation)
    {
        if (!journal.IsShared || run.HasDone(step) || run.State == RunState.WaitingForApproval)
            return false;
        for (var look = 0; look < 2; look++)
        {
            await Task.Delay(look * Pause, time, cancellation);
            if (await journal.TryTakeAsync(TurnOf.Run, cancellation) is not { } turn)
                return true;
            await turn.DisposeAsync();
        }
        return false;
    }
}
