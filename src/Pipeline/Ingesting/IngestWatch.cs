using Caudal.Batch;
using Caudal.Hot;
using Caudal.Log;

namespace Caudal.Ingesting;

/// <summary>
/// How far ingest has come, wherever it runs: in this process alone, in this one and in others, or only in others. Where others may take
/// part, none of them knows by itself how far all have come: then the hot store is asked, which they all write.
/// </summary>
/// <param name="loop">The loop of this process; null where it does not ingest.</param>
/// <param name="running">The loop at work; where there is none, a task that never ends.</param>
/// <param name="isAlone">True where no other process can ingest: what the loop knows is then all there is to know.</param>
public sealed class IngestWatch(IHotStore hot, IngestLoop? loop, Task running, bool isAlone, TimeProvider time)
{
    readonly IngestLoop? _alone = isAlone ? loop : null;

    /// <summary>False where only other processes ingest.</summary>
    public bool IsHere => loop is not null;

    /// <summary>Ends only when the loop is stopped, or when it cannot go on; then with what stopped it.</summary>
    public Task Running { get; } = running;

    /// <summary>Why ingest is not getting on in this process now, or null.</summary>
    public string? Fault => Running.IsFaulted ? Running.Exception.InnerException?.Message : loop?.Fault;

    /// <summary>All before it is accounted for and durable.</summary>
    public async ValueTask<Watermark> GetNextAsync(CancellationToken cancellation) =>
        _alone?.Next ?? (await hot.GetStateAsync(cancellation)).Next;

    /// <summary>Returns once ingest covers the watermark. Throws what stopped it, where that is known here.</summary>
    public ValueTask WaitForAsync(Watermark watermark, CancellationToken cancellation) => _alone is { } known
        ? new(known.WaitForAsync(watermark, cancellation))
        : hot.WaitForAsync(watermark, ingest: null, time, cancellation);
}
