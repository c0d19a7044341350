using Caudal.Batch;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Journeys;

/// <summary>The one place in which a message counts.</summary>
public enum Place
{
    /// <summary>In the log alone: ingest has yet to take it.</summary>
    Log,
    Hot,
    History,
    Rejections,
    Duplicates,
}

/// <summary>What can happen to a message, in the order in which it does.</summary>
public enum Milestone
{
    /// <summary>As its sender says: the transaction's own time.</summary>
    Happened,

    /// <summary>Durable in the log, by the log's clock.</summary>
    Appended,

    /// <summary>Decoded, and searchable in hot.</summary>
    Indexed,
    Rejected,
    Extracted,
    Validated,
    Loaded,

    /// <summary>Read back from history equal, and under a receipt.</summary>
    Reconciled,

    /// <summary>Gone from hot.</summary>
    Purged,
}

/// <param name="Took">Since the stop before; null for the first, and where two clocks disagree about which came first.</param>
public sealed record Stop(Milestone Milestone, Instant At, TimeSpan? Took);

/// <summary>What became of one message, from the log to the receipt that vouches for it.</summary>
/// <param name="Id">The transaction's id; of a rejection the one it would have had.</param>
/// <param name="Position">Null of rows that came from an older table: no log ever had them.</param>
public sealed record Journey(Place Place, TransactionId Id, Position? Position)
{
    /// <summary>The row in hot, or in history. Of a duplicate and of a rejection that was re-sent, the one that was taken.</summary>
    public Transaction? Row { get; init; }

    /// <summary>True while a row of history still stands in hot, where it waits for its run's purge.</summary>
    public bool AwaitsPurge { get; init; }

    public Rejection? Rejection { get; init; }

    /// <summary>The message as the log has it; null once the log has forgotten it.</summary>
    public LogRecord? Message { get; init; }

    /// <summary>The run that settled it, or is about to; null until there is one.</summary>
    public BatchRun? Run { get; init; }

    /// <summary>Null until the run has proven what it settled.</summary>
    public Receipt? Receipt { get; init; }

    /// <summary>In the order of time.</summary>
    public IReadOnlyList<Stop> Stops { get; init; } = [];
}
