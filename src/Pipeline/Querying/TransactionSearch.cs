using Caudal.Transactions;

namespace Caudal.Querying;

/// <summary>What both stores answer alike: a filter, an order and a limit.</summary>
public sealed record TransactionSearch
{
    /// <summary>Event time, inclusive; null for no bound.</summary>
    public Instant? From { get; init; }

    /// <summary>Event time, exclusive; null for no bound.</summary>
    public Instant? To { get; init; }

    /// <summary>Only this id; null for all.</summary>
    public TransactionId? Id { get; init; }

    public SortKey Sort { get; init; } = SortKey.Timestamp;

    public bool Descending { get; init; } = true;

    public int Limit { get; init; } = 100;

    /// <summary>True where the filter takes the transaction.</summary>
    public bool Names(Transaction transaction) =>
        !(transaction.Timestamp < From) && !(transaction.Timestamp >= To) && !(transaction.Id != (Id ?? transaction.Id));
}

/// <summary>What a listing can be ordered by; ties are ordered by position, in the same direction.</summary>
public enum SortKey
{
    Timestamp,
    Amount,
    Position,
}
