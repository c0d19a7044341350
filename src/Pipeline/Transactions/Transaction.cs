using Caudal.Log;

namespace Caudal.Transactions;

/// <summary>
/// One accepted transaction. Every value has passed the decoder's rules, and <see cref="Digest"/> covers all of them but
/// <see cref="BatchDate"/>, <see cref="Position"/> and the two times. <see cref="Wire"/> holds the names that people see.
/// </summary>
public sealed record Transaction
{
    public required TransactionId Id { get; init; }

    /// <summary>The id as the sender wrote it, where it was not a hyphenated UUID; <see cref="Id"/> is derived from it.</summary>
    public Utf8Text? IdText { get; init; }

    public required Utf8Text App { get; init; }

    public required Utf8Text DebtorId { get; init; }

    public required Money Amount { get; init; }

    public required Utf8Text Product { get; init; }

    public required Utf8Text DebtorAccount { get; init; }

    public required Utf8Text CreditorAccount { get; init; }

    public required Utf8Text Detail { get; init; }

    public required Instant Timestamp { get; init; }

    /// <summary>The day of the run that settled it; null until then.</summary>
    public DateOnly? BatchDate { get; init; }

    /// <summary>The message's members that are none of the above, as one JSON object with their raw text in their order, or null.</summary>
    public Utf8Text? Extra { get; init; }

    public required Digest Digest { get; init; }

    public Position Position { get; init; }

    public Instant AppendedAt { get; init; }

    /// <summary>When the hot store took it: set by the store in the same commit.</summary>
    public Instant IndexedAt { get; init; }
}
