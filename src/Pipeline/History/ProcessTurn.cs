namespace Caudal.History;

/// <summary>What one process does at a time, of all that share a history.</summary>
public enum TurnOf
{
    /// <summary>Making the runs of the timetable.</summary>
    Schedule,

    /// <summary>Taking a run through its steps: they settle one after another.</summary>
    Run,
}

/// <summary>
/// A turn that one process has, until it disposes of this or its connection ends. It saves doing work twice, and lets others see that it is
/// being done; that work done twice comes to the same is the journal's doing.
/// </summary>
/// <param name="isHeld">Asks whether the turn is still ours; false where the connection that it hung on is gone.</param>
/// <param name="giveBack">Lets another have it.</param>
public sealed class ProcessTurn(Func<CancellationToken, ValueTask<bool>> isHeld, Func<ValueTask> giveBack) : IAsyncDisposable
{
    /// <summary>Of a history that one process owns.</summary>
    public static ProcessTurn OfTheOnlyProcess { get; } = new(_ => new(true), () => default);

    public ValueTask<bool> IsHeldAsync(CancellationToken cancellation) => isHeld(cancellation);

    public ValueTask DisposeAsync() => giveBack();
}
