using Caudal.History;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Ingesting;

/// <summary>
/// One view of all that was not taken: the events of topic <c>&lt;topic&gt;.rejections</c>, folded by origin position so that a replay
/// changes nothing, and the rejections that runs wrote to history.
/// </summary>
public sealed class RejectionBook(ITransactionLog log, IHistoryStore history, string topic, TimeProvider time)
{
    /// <summary>Newest first; <paramref name="state"/> null for all.</summary>
    public IAsyncEnumerable<Rejection> ListAsync(RejectionState? state, string? code, CancellationToken cancellation) => throw new NotImplementedException($"{log}{history}{topic}{time}");

    public ValueTask<Rejection?> FindAsync(Position position, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>
    /// Appends the message again, with <paramref name="edited"/> bytes where given, under its origin's identity, and notes it.
    /// Sending the same twice makes a duplicate, never a second transaction.
    /// </summary>
    public ValueTask<Rejection> ResendAsync(Position position, ReadOnlyMemory<byte>? edited, string actor, CancellationToken cancellation) => throw new NotImplementedException();

    public ValueTask<Rejection> DiscardAsync(Position position, string why, string actor, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>How many messages in the range ingest has rejected: distinct positions, whatever people made of them since.</summary>
    public ValueTask<long> CountAsync(PositionRange range, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>How many rejections, by ingest or by runs, nobody has re-sent or discarded yet.</summary>
    public ValueTask<long> CountOpenAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>The positions from <paramref name="from"/> on that ingest has rejected: whoever replays the log must not take them.</summary>
    public ValueTask<IReadOnlySet<Position>> PositionsFromAsync(Watermark from, CancellationToken cancellation) => throw new NotImplementedException();
}
