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
}
