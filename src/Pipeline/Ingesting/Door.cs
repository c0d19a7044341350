using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Ingesting;

/// <summary>What became of one row at the door.</summary>
/// <param name="Id">The id under which it was appended; null where it was refused.</param>
/// <param name="Fault">Why it was refused, which is the caller's to mend: it never entered the log.</param>
public sealed record DoorAnswer(TransactionId? Id, Fault? Fault);

/// <summary>Where applications hand in transactions one request at a time: judged at once, appended when good, acknowledged when durable.</summary>
public sealed class Door(ITransactionLog log, TransactionDecoder decoder, string topic)
{
    /// <summary>
    /// Judges each row, appends the good ones in order as one unit, and answers per row once they are durable. With
    /// <paramref name="idempotencyKey"/> a repeated call is absorbed as duplicates.
    /// </summary>
    public ValueTask<IReadOnlyList<DoorAnswer>> AcceptAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> rows, string caller, string? idempotencyKey, CancellationToken cancellation) =>
        throw new NotImplementedException($"{log}{decoder}{topic}");
}
