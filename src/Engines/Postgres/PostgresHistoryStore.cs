using System.Data.Common;
using System.Runtime.CompilerServices;
using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;
using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>History in a PostgreSQL database, which several processes may use at once: they take turns to write the journal.</summary>
public sealed class PostgresHistoryStore : IHistoryStore
{
    readonly PostgresDatabase _database;
    readonly PostgresOptions _options;

    PostgresHistoryStore(PostgresDatabase database, PostgresOptions options, TimeZoneInfo businessZone, TimeProvider time)
    {
        (_database, _options) = (database, options);
        BusinessZone = businessZone;
        Journal = new(async cancellation => await database.ConnectAsync(cancellation), '@', time, TakeTurnAsync,
            (what, cancellation) => AdvisoryLock.TryTakeAsync(database, what, cancellation));
        Queries = new PostgresQueries(database);
    }

    public RunJournal Journal { get; }

    public TimeZoneInfo BusinessZone { get; }

    public TransactionQueries Queries { get; }

    /// <summary>Opens the history, and makes its tables where there are none.</summary>
    /// <param name="zone">The business zone that is set; null for the one that this history was made with, or UTC for a new one.</param>
    /// <exception cref="PostgresDatabaseException">It cannot be used; the message says why and what to do. Nothing was changed.</exception>
    public static async ValueTask<PostgresHistoryStore> OpenAsync(
        PostgresOptions options, TimeZoneInfo? zone, TimeProvider time, CancellationToken cancellation)
    {
        var database = await PostgresDatabase.OpenAsync(options.Connection, cancellation);
        try
        {
            await using var connection = await database.ConnectAsync(cancellation);
            return new(database, options, await HistorySchema.PrepareAsync(connection, zone, cancellation), time);
        }
        catch (Exception fault)
        {
            await database.DisposeAsync();
            throw fault is NpgsqlException said ? PostgresDatabaseException.Of(said, database.Settings) : fault;
        }
    }

    public async ValueTask<RangeFigures> StageAsync(
        BatchRun run, IAsyncEnumerable<IndexedBatch> snapshot, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        var staging = new HistoryStaging(connection, run.Id);
        await staging.ReplaceAsync(snapshot, cancellation);
        return await staging.MeasureAsync(cancellation);
    }

    public async ValueTask<RangeFigures> MeasureStagedAsync(BatchRun run, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        return await new HistoryStaging(connection, run.Id).MeasureAsync(cancellation);
    }

    public async ValueTask<ValidationOutcome> ValidateAsync(
        BatchRun run, IReadOnlyList<QualityCheck> checks, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await AdvisoryLock.TakeAsync(connection, run.Id, cancellation);
        await TakeMemoryAsync(connection, cancellation);
        var outcome = await new StagingValidation(connection, new(connection, run.Id), cancellation).RunAsync(checks);
        await transaction.CommitAsync(CancellationToken.None);
        return outcome;
    }

    public async IAsyncEnumerable<StagedRejection> ReadStagedRejectionsAsync(
        BatchRun run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await foreach (var rejection in new HistoryStaging(connection, run.Id).ReadRejectionsAsync(run.Declined, cancellation))
            yield return rejection;
    }

    public async ValueTask LoadAsync(
        BatchRun run, IReadOnlyList<RejectedTransaction> rejections, Func<RangeFigures, BatchRun> loaded, CancellationToken cancellation)
    {
        try
        {
            await Journal.WriteAsync(
                (connection, transaction) => LoadAsync(run, rejections, loaded, (NpgsqlConnection)connection, transaction, cancellation),
                cancellation);
        }
        catch (NpgsqlException)
        {
            // The connection went away, maybe between the commit and its answer. Whoever has the turn after it sees how it ended.
            if (!await IsSettledAsync(run, cancellation))
                throw;
        }
        await SummarizeAsync(cancellation);
    }

    public async IAsyncEnumerable<IndexedBatch> ReadAsync(PositionRange range, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var snapshot = await connection.BeginSnapshotAsync(cancellation);
        await TakeMemoryAsync(connection, cancellation);
        await foreach (var batch in new RangeReader(connection).ReadAsync(range, cancellation))
            yield return batch;
    }

    public async ValueTask<RangeFigures> MeasureAsync(PositionRange? range, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var snapshot = await connection.BeginSnapshotAsync(cancellation);
        if (range is not null)
            await connection.GoByIndexAsync(cancellation);
        return await MeasureAsync(connection, range is null ? "true" : FigureSql.Within(range), cancellation);
    }

    public async ValueTask<HistoryStock> TakeStockAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var snapshot = await connection.BeginSnapshotAsync(cancellation);
        var held = await MeasureAsync(connection, "epoch IS NOT NULL", cancellation);
        var stock = await Journal.TakeStockAsync(held, connection, snapshot, cancellation);
        return stock with { Migrated = await OriginalTable.MeasureAsync(connection, cancellation) };
    }

    public async IAsyncEnumerable<RejectedTransaction> ReadRejectionsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await using var command = connection.Command(
            $"""
            SELECT run_id, {DuplicateColumns.Names}, code, sentence, message, rejected_at
            FROM {HistorySchema.Rejections} ORDER BY run_id DESC, epoch DESC, partition DESC, "offset" DESC
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var row = TransactionReader.ReadDuplicate(reader, first: 1);
            yield return new(
                reader.GetInt64(0), row.Position, row.Id, row.Amount, row.Digest, reader.GetString(8), reader.GetString(9),
                reader.GetFieldValue<byte[]>(10), PostgresTime.Read(reader, 11));
        }
    }

    public async ValueTask DropStagingAsync(BatchRun run, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await new HistoryStaging(connection, run.Id).DropAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Journal.Dispose();
        await _database.DisposeAsync();
    }

    /// <summary>
    /// Whoever writes the journal waits for the others, and commits durably even where the server, or this user, is set to answer before.
    /// </summary>
    static async ValueTask TakeTurnAsync(DbConnection shared, CancellationToken cancellation)
    {
        var connection = (NpgsqlConnection)shared;
        await connection.ExecuteAsync(
            "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'", cancellation);
        await AdvisoryLock.TakeAsync(connection, AdvisoryLock.Journal, cancellation);
    }

    async ValueTask<bool> LoadAsync(
        BatchRun run, IReadOnlyList<RejectedTransaction> rejections, Func<RangeFigures, BatchRun> loaded, NpgsqlConnection connection,
        DbTransaction transaction, CancellationToken cancellation)
    {
        var now = await Journal.FindAsync(run.Id, connection, transaction, cancellation);
        if (now is { IsSettled: true })
            return false;
        await TakeMemoryAsync(connection, cancellation);
        var staging = new HistoryStaging(connection, run.Id);
        await staging.EnsureValidatedAsync(cancellation);
        await staging.CopyToHistoryAsync(run, cancellation);
        await AppendRejectionsAsync(connection, rejections, cancellation);
        await connection.GoByIndexAsync(cancellation);
        var figures = await MeasureAsync(connection, $"run_id = {run.Id} AND {FigureSql.Within(run.Range)}", cancellation);
        run.EnsureComplete(await staging.MeasureAsync(cancellation), figures, rejections);
        if (!await Journal.SaveAsync(loaded(figures), run.State, connection, transaction, cancellation))
            throw new RunConflictException(
                $"Run {run.Id} is {now?.State.ToString() ?? "unknown"}, no longer {run.State}: nothing was loaded.");
        return true;
    }

    ValueTask<bool> IsSettledAsync(BatchRun run, CancellationToken cancellation) => Journal.WriteAsync(
        async (connection, transaction) => await Journal.FindAsync(run.Id, connection, transaction, cancellation) is { IsSettled: true },
        cancellation);

    static async ValueTask<RangeFigures> MeasureAsync(NpgsqlConnection connection, string condition, CancellationToken cancellation) => new(
        await FigureSql.MeasureAsync(connection, HistorySchema.Rows, condition, cancellation),
        await FigureSql.MeasureAsync(connection, HistorySchema.Duplicates, condition, cancellation));

    static async ValueTask AppendRejectionsAsync(
        NpgsqlConnection connection, IReadOnlyList<RejectedTransaction> rejections, CancellationToken cancellation)
    {
        var columns = $"run_id, {DuplicateColumns.Names}, code, sentence, message, rejected_at";
        await using var copy = await CopyWriter.BeginAsync(
            connection, $"{HistorySchema.Rejections} ({columns})", DuplicateColumns.Count + 5, "", cancellation);
        foreach (var rejection in rejections)
        {
            copy.BeginRow();
            copy.Add(rejection.RunId);
            copy.Add(new Duplicate(rejection.Position, rejection.Id, rejection.Amount, rejection.Digest));
            copy.Add(Utf8Text.Of(rejection.Code).Span);
            copy.Add(Utf8Text.Of(rejection.Sentence).Span);
            copy.Add(rejection.Bytes.Span);
            copy.Add(rejection.RejectedAt);
            await copy.FlushIfFullAsync(cancellation);
        }
        await copy.CompleteAsync(cancellation);
    }

    ValueTask<int> TakeMemoryAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        connection.ExecuteAsync($"SET LOCAL work_mem = '{_options.MemoryMebibytesMax}MB'", cancellation);

    /// <summary>Tells the index about the new blocks. What it does not know yet it goes through, so it can wait for the server.</summary>
    async ValueTask SummarizeAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation);
        await connection.ExecuteAsync($"SELECT brin_summarize_new_values('{HistorySchema.PositionIndex}')", cancellation);
    }
}
