using Caudal.Batch;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.History;

/// <summary>
/// The sealed record: settled transactions, their rejections and duplicates, and the runs that proved them. Engines: DuckDB, PostgreSQL.
/// The members that take a run are called by one step at a time and may each be repeated or interrupted anywhere: the end is that of
/// doing it once. Reading may go on in parallel. Failures are thrown; the batch decides what is retried.
/// </summary>
public interface IHistoryStore : IAsyncDisposable
{
    /// <summary>Runs, steps and receipts.</summary>
    RunJournal Journal { get; }

    /// <summary>The zone in which days are counted everywhere; fixed when this history was made.</summary>
    TimeZoneInfo BusinessZone { get; }

    /// <summary>Replaces the run's staging, if there is one, by the snapshot, and returns what is staged once that is durable.</summary>
    ValueTask<RangeFigures> StageAsync(BatchRun run, IAsyncEnumerable<IndexedBatch> snapshot, CancellationToken cancellation);

    /// <summary>What stands in the run's staging now, zero where it has none: a step compares this with what extract recorded.</summary>
    ValueTask<RangeFigures> MeasureStagedAsync(BatchRun run, CancellationToken cancellation);

    /// <summary>
    /// Classifies the staged rows against history and against each other (first position wins): equal digest is a duplicate, another
    /// one a conflict; and runs the quality checks. The outcome replaces an earlier one and is durable when it returns.
    /// </summary>
    ValueTask<ValidationOutcome> ValidateAsync(BatchRun run, IReadOnlyList<QualityCheck> checks, CancellationToken cancellation);

    /// <summary>The staged rows that will be rejections, ordered by position: conflicts, and the rows of declined checks.</summary>
    IAsyncEnumerable<StagedRejection> ReadStagedRejectionsAsync(BatchRun run, CancellationToken cancellation);

    /// <summary>
    /// In one transaction: staged rows that are neither duplicate nor rejected into history with the run's id and day, the run's
    /// <paramref name="rejections"/>, all its duplicates, and <paramref name="loaded"/> of what that came to as the run's row. What that
    /// throws is thrown here and nothing is loaded. Loading a loaded run changes nothing.
    /// </summary>
    /// <exception cref="ReconciliationException">What is staged was not validated, or is not what extract recorded, or would not all have
    /// ended as row, duplicate or rejection.</exception>
    /// <exception cref="RunConflictException">The run is no longer in the state that <paramref name="run"/> says.</exception>
    ValueTask LoadAsync(
        BatchRun run, IReadOnlyList<RejectedTransaction> rejections, Func<RangeFigures, BatchRun> loaded, CancellationToken cancellation);

    /// <summary>The history rows and duplicates of a range, read back, ordered by position, in batches of bounded size.</summary>
    IAsyncEnumerable<IndexedBatch> ReadAsync(PositionRange range, CancellationToken cancellation);

    /// <summary>Count, Σ and stored digests of all rows and duplicates in the range, or of everything for null.</summary>
    ValueTask<RangeFigures> MeasureAsync(PositionRange? range, CancellationToken cancellation);

    /// <summary>What the journal says and what the store holds, as one moment shows both. By stored digests.</summary>
    ValueTask<HistoryStock> TakeStockAsync(CancellationToken cancellation);

    /// <summary>What runs rejected, newest first.</summary>
    IAsyncEnumerable<RejectedTransaction> ReadRejectionsAsync(CancellationToken cancellation);

    /// <summary>Drops the run's staging. Missing staging is a success.</summary>
    ValueTask DropStagingAsync(BatchRun run, CancellationToken cancellation);

    /// <summary>What can be asked of the rows, as of both stores alike.</summary>
    TransactionQueries Queries { get; }
}

/// <summary>A staged row that a run will not load, and why.</summary>
public sealed record StagedRejection(Position Position, TransactionId Id, Money Amount, Digest Digest, string Code, string Sentence);

/// <summary>A row of <c>rejected_transactions</c>: what a run rejected, with the exact bytes as the log had them.</summary>
public sealed record RejectedTransaction(
    long RunId, Position Position, TransactionId Id, Money Amount, Digest Digest, string Code, string Sentence,
    ReadOnlyMemory<byte> Bytes, Instant RejectedAt);

/// <summary>What validate found in a run's staging. The rest of the staged rows is new.</summary>
public sealed record ValidationOutcome(long Duplicates, long Conflicts, IReadOnlyList<CheckResult> Checks);

/// <param name="Receipts">Oldest first.</param>
/// <param name="Unfinished">The run that is under way, or null.</param>
/// <param name="NewestRunId">Of all runs, or 0.</param>
/// <param name="Held">All rows and duplicates that runs have settled.</param>
public sealed record HistoryStock(IReadOnlyList<Receipt> Receipts, BatchRun? Unfinished, long NewestRunId, RangeFigures Held)
{
    /// <summary>The rows beside them that came from an older table.</summary>
    public MigratedRows Migrated { get; init; }
}

/// <summary>Rows that were taken over from an older table: the log never had them, so they have no position.</summary>
/// <param name="Proven">What they came to when they were taken over and read back.</param>
/// <param name="Held">What they come to now, by stored digests.</param>
public readonly record struct MigratedRows(Figures Proven, Figures Held);

/// <summary>What became of an older table's rows.</summary>
/// <param name="Taken">The rows that are history now.</param>
/// <param name="Refused">How many were not taken, by the code of what is wrong with them.</param>
/// <param name="KeptAs">What the older table, which still has all of them, is called now.</param>
public sealed record Takeover(Figures Taken, IReadOnlyDictionary<string, long> Refused, string KeptAs);
