using System.Data.Common;
using Caudal.Batch;
using Caudal.Reconciling;

namespace Caudal.History;

/// <summary>
/// The record of runs, their steps and their receipts, kept in the history store's own database. Its SQL is the part that DuckDB and
/// PostgreSQL share; creating the tables is the engine's.
/// </summary>
/// <param name="connect">Opens a connection to the history database; the journal disposes it.</param>
/// <param name="parameterPrefix">What the engine writes before a parameter's name: <c>$</c> or <c>@</c>.</param>
public sealed class RunJournal(Func<CancellationToken, ValueTask<DbConnection>> connect, char parameterPrefix)
{
    /// <summary>The run with this key, or a new one from <paramref name="create"/>, which is given the next id and the last receipt's run.</summary>
    /// <remarks>Fails with <see cref="RunConflictException"/> where another run is unfinished.</remarks>
    public ValueTask<BatchRun> FindOrCreateAsync(string key, Func<long, BatchRun> create, CancellationToken cancellation) => throw new NotImplementedException();

    public ValueTask<BatchRun?> FindAsync(long id, CancellationToken cancellation) => throw new NotImplementedException($"{connect}{parameterPrefix}");

    public ValueTask<BatchRun?> FindByKeyAsync(string key, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>The one run that is not finished, or null.</summary>
    public ValueTask<BatchRun?> FindUnfinishedAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Newest first.</summary>
    public ValueTask<IReadOnlyList<BatchRun>> ListAsync(int limit, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Replaces the run's row, if its state is still <paramref name="expected"/>; false where another was faster.</summary>
    public ValueTask<bool> SaveAsync(BatchRun run, RunState expected, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>The same inside the caller's transaction.</summary>
    public ValueTask<bool> SaveAsync(BatchRun run, RunState expected, DbConnection connection, DbTransaction transaction, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Notes that a step began; the attempt is numbered from 1.</summary>
    public ValueTask<BatchStep> BeginStepAsync(long runId, BatchStepName name, string actor, CancellationToken cancellation) => throw new NotImplementedException();

    public ValueTask FinishStepAsync(BatchStep step, string? error, CancellationToken cancellation) => throw new NotImplementedException();

    public ValueTask<IReadOnlyList<BatchStep>> ListStepsAsync(long runId, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Writes the receipt and the run's new state in one transaction; false where the run had left <paramref name="expected"/>.</summary>
    public ValueTask<bool> SealAsync(Receipt receipt, BatchRun run, RunState expected, CancellationToken cancellation) => throw new NotImplementedException();

    public ValueTask<Receipt?> FindLastReceiptAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>All receipts, oldest first.</summary>
    public IAsyncEnumerable<Receipt> ReadReceiptsAsync(CancellationToken cancellation) => throw new NotImplementedException();
}

/// <summary>Another run stands in the way: runs settle one after another.</summary>
public sealed class RunConflictException(string message) : Exception(message);
