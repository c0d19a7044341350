using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Ingesting;

/// <summary>What people have made of a rejection since.</summary>
public enum RejectionState
{
    Open,
    Resent,
    Discarded,
}

/// <summary>A message or transaction that was not taken, wherever it was rejected: by ingest (topic) or by a run (history).</summary>
/// <param name="Position">Where the message stands in the log: its name, <c>epoch/partition/offset</c>.</param>
/// <param name="Bytes">The exact bytes; of a message over 64 KiB the first 64 KiB.</param>
/// <param name="Length">The message's full length in bytes.</param>
/// <param name="Sha256">Of the whole message, in lower-case hexadecimal.</param>
/// <param name="AssignedId">The id the message would have been given: a re-sent message keeps its origin's identity.</param>
/// <param name="RunId">The run that rejected it, or null where ingest did.</param>
/// <param name="Why">The words of the person who discarded it.</param>
public sealed record Rejection(
    Position Position, string Code, string? Field, string Sentence, ReadOnlyMemory<byte> Bytes, long Length, string Sha256,
    Instant RejectedAt, TransactionId AssignedId, long? RunId, RejectionState State, string? Why);

/// <summary>What is asked of a rejection does not fit what has become of it; the message says why, and what does.</summary>
public sealed class RejectionConflictException(string message) : Exception(message);
