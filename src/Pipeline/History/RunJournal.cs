using System.Data.Common;
using System.Runtime.CompilerServices;
using Caudal.Batch;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Transactions;
using Dapper;

namespace Caudal.History;

/// <summary>
/// The record of runs, their steps and their receipts, kept in the history store's own database. Its SQL is the part that DuckDB and
/// PostgreSQL share; creating the tables is the engine's. All members may be called in parallel; writers take turns.
/// </summary>
/// <param name="connect">Opens a connection to the history database; the journal disposes it.</param>
/// <param name="parameterPrefix">What the engine writes before a parameter's name: <c>$</c> or <c>@</c>.</param>
/// <param name="time">For when steps began and ended.</param>
/// <param name="takeTurn">
/// Where several processes may write: waits, at the start of each transaction that writes, for the turn that lasts to its end.
/// </param>
/// <param name="tryTake">Where several processes may take runs on: see <see cref="TryTakeAsync"/>.</param>
public sealed class RunJournal(
    Func<CancellationToken, ValueTask<DbConnection>> connect, char parameterPrefix, TimeProvider time,
    Func<DbConnection, CancellationToken, ValueTask>? takeTurn = null,
    Func<TurnOf, CancellationToken, ValueTask<ProcessTurn?>>? tryTake = null) : IDisposable
{
    // Runs are numbered and their states changed by look-then-write, which no index guards. An embedded history has one process,
    // so one writer at a time in this process is one writer at a time; between processes the engine sees to it.
    readonly SemaphoreSlim _turn = new(1);

    /// <summary>The run with this key, or a new one from <paramref name="create"/>, which is given the next id.</summary>
    /// <exception cref="RunConflictException">Another run is unfinished, or the new run would settle what a receipt covers.</exception>
    public ValueTask<BatchRun> FindOrCreateAsync(string key, Func<long, BatchRun> create, CancellationToken cancellation) =>
        WriteAsync(async (connection, transaction) =>
        {
            if (await FindRunAsync("key = @key", new { key }, connection, transaction, cancellation) is { } known)
                return known;
            if (await FindRunAsync(Unfinished, null, connection, transaction, cancellation) is { } other)
                throw new RunConflictException(
                    $"Run {other.Id} ({other.Key}) is {other.State}: runs settle one after another. Take it to its end first.",
                    RunConflict.Unfinished);

            var next = await connection.ExecuteScalarAsync<long>(
                Command("SELECT coalesce(max(id), 0) + 1 FROM batch_runs", null, transaction, cancellation));
            var run = create(next);
            if (run.Id != next || run.Key != key)
                throw new ArgumentException($"The new run must have id {next} and key {key}, not {run.Id} and {run.Key}.", nameof(create));
            // Whoever read the last receipt before another run was made and finished comes with a range that was settled meanwhile.
            if (await FindLastReceiptAsync(connection, transaction, cancellation) is { } last && !run.Range.From.Covers(last.Range.To))
                throw new RunConflictException(
                    $"Run {last.RunId} was sealed meanwhile: a new run begins where its receipt ends. Try again.");

            await connection.ExecuteAsync(Command(RunRow.Insert, RunRow.Of(run), transaction, cancellation));
            return run;
        }, cancellation);

    public ValueTask<BatchRun?> FindAsync(long id, CancellationToken cancellation) =>
        ReadAsync(connection => FindRunAsync("id = @id", new { id }, connection, null, cancellation), cancellation);

    /// <summary>The same inside the caller's transaction.</summary>
    public ValueTask<BatchRun?> FindAsync(long id, DbConnection connection, DbTransaction transaction, CancellationToken cancellation) =>
        FindRunAsync("id = @id", new { id }, connection, transaction, cancellation);

    public ValueTask<BatchRun?> FindByKeyAsync(string key, CancellationToken cancellation) =>
        ReadAsync(connection => FindRunAsync("key = @key", new { key }, connection, null, cancellation), cancellation);

    /// <summary>The one run that is not finished, or null.</summary>
    public ValueTask<BatchRun?> FindUnfinishedAsync(CancellationToken cancellation) =>
        ReadAsync(connection => FindRunAsync(Unfinished, null, connection, null, cancellation), cancellation);

    /// <summary>Newest first.</summary>
    public ValueTask<IReadOnlyList<BatchRun>> ListAsync(int limit, CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<BatchRun>>(
            async connection =>
            [
                .. from row in await connection.QueryAsync<RunRow>(
                       Command(RunRow.Select + " ORDER BY id DESC LIMIT @limit", new { limit }, null, cancellation))
                   select row.ToRun(),
            ], cancellation);

    /// <summary>Replaces the run's row, if its state is still <paramref name="expected"/>; false where another was faster.</summary>
    public ValueTask<bool> SaveAsync(BatchRun run, RunState expected, CancellationToken cancellation) =>
        WriteAsync((connection, transaction) => SaveAsync(run, expected, connection, transaction, cancellation), cancellation);

    /// <summary>The same inside the caller's transaction.</summary>
    public async ValueTask<bool> SaveAsync(
        BatchRun run, RunState expected, DbConnection connection, DbTransaction transaction, CancellationToken cancellation)
    {
        var row = RunRow.Of(run) with { Expected = expected.ToString() };
        return await connection.ExecuteAsync(Command(RunRow.Update, row, transaction, cancellation)) == 1;
    }

    /// <summary>Notes that a step began; the attempt is numbered from 1.</summary>
    public ValueTask<BatchStep> BeginStepAsync(long runId, BatchStepName name, string actor, CancellationToken cancellation) =>
        WriteAsync(async (connection, transaction) =>
        {
            var attempt = await connection.ExecuteScalarAsync<int>(Command(
                "SELECT coalesce(max(attempt), 0) + 1 FROM batch_steps WHERE run_id = @runId AND name = @name",
                new { runId, name = name.ToString() }, transaction, cancellation));
            var step = new BatchStep(runId, name, attempt, actor, Instant.Now(time), null, null);
            await connection.ExecuteAsync(Command(StepRow.Insert, StepRow.Of(step), transaction, cancellation));
            return step;
        }, cancellation);

    public async ValueTask FinishStepAsync(BatchStep step, string? error, CancellationToken cancellation)
    {
        var row = StepRow.Of(step with { FinishedAt = Instant.Now(time), Error = error });
        await WriteAsync(
            async (connection, transaction) => await connection.ExecuteAsync(Command(StepRow.Update, row, transaction, cancellation)),
            cancellation);
    }

    /// <summary>Every attempt, in the order in which they began.</summary>
    public ValueTask<IReadOnlyList<BatchStep>> ListStepsAsync(long runId, CancellationToken cancellation) =>
        ReadAsync<IReadOnlyList<BatchStep>>(
            async connection =>
            [
                .. from row in await connection.QueryAsync<StepRow>(Command(StepRow.Select, new { runId }, null, cancellation))
                   select row.ToStep(),
            ], cancellation);

    /// <summary>Writes the receipt and the run's new state together; false where the run had left <paramref name="expected"/>.</summary>
    public ValueTask<bool> SealAsync(Receipt receipt, BatchRun run, RunState expected, CancellationToken cancellation) =>
        WriteAsync(async (connection, transaction) =>
        {
            if (!await SaveAsync(run, expected, connection, transaction, cancellation))
                return false;
            await connection.ExecuteAsync(Command(ReceiptRow.Insert, ReceiptRow.Of(receipt), transaction, cancellation));
            return true;
        }, cancellation);

    public ValueTask<Receipt?> FindLastReceiptAsync(CancellationToken cancellation) =>
        ReadAsync(connection => FindLastReceiptAsync(connection, null, cancellation), cancellation);

    /// <summary>The run's receipt, or null until it is reconciled.</summary>
    public ValueTask<Receipt?> FindReceiptAsync(long runId, CancellationToken cancellation) =>
        ReadAsync(
            async connection => (await connection.QuerySingleOrDefaultAsync<ReceiptRow>(
                Command(ReceiptRow.Select + " WHERE run_id = @runId", new { runId }, null, cancellation)))?.ToReceipt(),
            cancellation);

    /// <summary>All before it has a receipt.</summary>
    public async ValueTask<Watermark> FindSealedAsync(CancellationToken cancellation) =>
        (await FindLastReceiptAsync(cancellation))?.Range.To ?? Watermark.Zero;

    /// <summary>All before it is in history, or was rejected or found to be a duplicate by a run. It only ever grows.</summary>
    public async ValueTask<Watermark> FindSettledAsync(CancellationToken cancellation) =>
        await ListAsync(1, cancellation) is not [var last] ? Watermark.Zero
        : last.IsSettled ? last.Range.To
        : last.Range.From;

    /// <summary>All receipts, oldest first.</summary>
    public async IAsyncEnumerable<Receipt> ReadReceiptsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = await connect(cancellation);
        var rows = connection.QueryUnbufferedAsync<ReceiptRow>(Sql(ReceiptRow.Select + " ORDER BY run_id"));
        await foreach (var row in rows.WithCancellation(cancellation))
            yield return row.ToReceipt();
    }

    /// <summary>All receipts and where the runs stand, inside the caller's transaction, beside what the store holds.</summary>
    public async ValueTask<HistoryStock> TakeStockAsync(
        RangeFigures held, DbConnection connection, DbTransaction transaction, CancellationToken cancellation)
    {
        var receipts = await connection.QueryAsync<ReceiptRow>(
            Command(ReceiptRow.Select + " ORDER BY run_id", null, transaction, cancellation));
        var newest = await connection.ExecuteScalarAsync<long>(
            Command("SELECT coalesce(max(id), 0) FROM batch_runs", null, transaction, cancellation));
        return new(
            [.. receipts.Select(row => row.ToReceipt())], await FindRunAsync(Unfinished, null, connection, transaction, cancellation),
            newest, held);
    }

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction as the journal's only writer, and commits: the way in for whatever changes a run
    /// together with rows of the store. What it throws rolls back.
    /// </summary>
    public async ValueTask<T> WriteAsync<T>(Func<DbConnection, DbTransaction, ValueTask<T>> work, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await using var connection = await connect(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await (takeTurn?.Invoke(connection, cancellation) ?? default);
            var result = await work(connection, transaction);
            // From here on the outcome is decided: a cancelled commit would be one that nobody knows about.
            await transaction.CommitAsync(CancellationToken.None);
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>True where other processes may be at work on the same history.</summary>
    public bool IsShared => tryTake is not null;

    /// <summary>A turn of one process at a time; null while another has it.</summary>
    public ValueTask<ProcessTurn?> TryTakeAsync(TurnOf what, CancellationToken cancellation) =>
        tryTake?.Invoke(what, cancellation) ?? new(ProcessTurn.OfTheOnlyProcess);

    public void Dispose() => _turn.Dispose();

    static readonly string Unfinished = $"state <> '{RunState.Purged}'";

    /// <summary>Runs <paramref name="read"/> on a connection of its own: the way in for what else is kept beside the runs.</summary>
    internal async ValueTask<T> ReadAsync<T>(Func<DbConnection, ValueTask<T>> read, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await connect(cancellation);
            return await read(connection);
        }
        catch (DbException) when (cancellation.IsCancellationRequested)
        {
            // DuckDB says that it was interrupted, and a caller who has gone is no fault.
            throw new OperationCanceledException(cancellation);
        }
    }

    async ValueTask<BatchRun?> FindRunAsync(
        string condition, object? values, DbConnection connection, DbTransaction? transaction, CancellationToken cancellation)
    {
        var command = Command($"{RunRow.Select} WHERE {condition}", values, transaction, cancellation);
        return (await connection.QuerySingleOrDefaultAsync<RunRow>(command))?.ToRun();
    }

    async ValueTask<Receipt?> FindLastReceiptAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellation)
    {
        var command = Command(ReceiptRow.Select + " ORDER BY run_id DESC LIMIT 1", null, transaction, cancellation);
        return (await connection.QuerySingleOrDefaultAsync<ReceiptRow>(command))?.ToReceipt();
    }

    /// <summary>A command whose SQL writes parameters as <c>@name</c>, for whichever engine is behind it.</summary>
    internal CommandDefinition Command(string sql, object? values, DbTransaction? transaction, CancellationToken cancellation) =>
        new(Sql(sql), values, transaction, cancellationToken: cancellation);

    string Sql(string sql) => sql.Replace('@', parameterPrefix);
}

/// <summary>What a caller that makes a run can tell a conflict by: whether to wait, to leave it, or to ask somebody.</summary>
public enum RunConflict
{
    /// <summary>Asking for the same again changes nothing.</summary>
    Other,

    /// <summary>Another run is unfinished: once it is done, this one can be made.</summary>
    Unfinished,

    /// <summary>Other runs have settled all that it would settle, and more.</summary>
    Settled,

    /// <summary>The day goes on: more may be logged on it.</summary>
    DayNotOver,
}

/// <summary>Another run stands in the way: runs settle one after another.</summary>
public sealed class RunConflictException(string message, RunConflict conflict = RunConflict.Other) : Exception(message)
{
    public RunConflict Conflict { get; } = conflict;
}
