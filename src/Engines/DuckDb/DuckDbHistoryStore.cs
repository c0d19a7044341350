using System.Runtime.CompilerServices;
using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>The embedded history: one DuckDB file. DuckDB works on the caller's thread.</summary>
public sealed class DuckDbHistoryStore : IHistoryStore
{
    const string BusinessZoneSetting = "business_zone";

    readonly DuckDbFile _file;

    DuckDbHistoryStore(DuckDbFile file, TimeZoneInfo businessZone, TimeProvider time)
    {
        _file = file;
        BusinessZone = businessZone;
        Journal = new(_ => ValueTask.FromResult<System.Data.Common.DbConnection>(Connect()), '$', time);
    }

    public RunJournal Journal { get; }

    public TimeZoneInfo BusinessZone { get; }

    public TransactionQueries Queries =>
        field ??= new DuckDbQueries(HistorySchema.Rows, RowColumns, hasRuns: true, Connect, _file.LetGoAfter);

    /// <summary>Opens the history, or makes it where there is none.</summary>
    /// <param name="zone">The business zone that is set; null for the one that this history was made with, or UTC for a new one.</param>
    /// <exception cref="DuckDbFileException">It cannot be used; the message says why and what to do. Nothing was changed.</exception>
    public static DuckDbHistoryStore Open(string path, DuckDbOptions options, TimeZoneInfo? zone, TimeProvider time)
    {
        var file = OpenFile(path, options, zone ?? TimeZoneInfo.Utc);
        try
        {
            var made = ReadZone(file);
            if (zone is not null && zone.Id != made.Id)
                throw new DuckDbFileException(
                    $"'{path}' counts its days in {made.Id}, but the business zone is set to {zone.Id}. "
                    + $"Days that were settled cannot move: set History:BusinessZone to {made.Id}, "
                    + "or begin a new history in another data folder.", isBroken: false);
            return new(file, made, time);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public async ValueTask<RangeFigures> StageAsync(
        BatchRun run, IAsyncEnumerable<IndexedBatch> snapshot, CancellationToken cancellation)
    {
        await using var connection = Connect();
        var staging = new HistoryStaging(connection, run.Id);
        await staging.ReplaceAsync(snapshot, cancellation);
        return staging.Measure(cancellation);
    }

    public async ValueTask<RangeFigures> MeasureStagedAsync(BatchRun run, CancellationToken cancellation)
    {
        await using var connection = Connect();
        return new HistoryStaging(connection, run.Id).Measure(cancellation);
    }

    public async ValueTask<ValidationOutcome> ValidateAsync(
        BatchRun run, IReadOnlyList<QualityCheck> checks, CancellationToken cancellation)
    {
        await using var connection = Connect();
        return new StagingValidation(connection, new(connection, run.Id), cancellation).Run(checks);
    }

    public async IAsyncEnumerable<StagedRejection> ReadStagedRejectionsAsync(
        BatchRun run, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = Connect();
        foreach (var rejection in new HistoryStaging(connection, run.Id).ReadRejections(run.Declined, cancellation))
            yield return rejection;
    }

    public async ValueTask LoadAsync(
        BatchRun run, IReadOnlyList<RejectedTransaction> rejections, Func<RangeFigures, BatchRun> loaded, CancellationToken cancellation)
    {
        var isNew = await Journal.WriteAsync(async (shared, transaction) =>
        {
            var connection = (DuckDBConnection)shared;
            var now = await Journal.FindAsync(run.Id, connection, transaction, cancellation);
            if (now is { IsSettled: true })
                return false;
            var staging = new HistoryStaging(connection, run.Id);
            staging.EnsureValidated();
            staging.CopyToHistory(run, cancellation);
            AppendRejections(connection, rejections);
            var figures = Measure(connection, $"run_id = {run.Id}", cancellation);
            run.EnsureComplete(staging.Measure(cancellation), figures, rejections);
            if (!await Journal.SaveAsync(loaded(figures), run.State, connection, transaction, cancellation))
                throw new RunConflictException(
                    $"Run {run.Id} is {now?.State.ToString() ?? "unknown"}, no longer {run.State}: nothing was loaded.");
            return true;
        }, cancellation);
        if (isNew)
            Checkpoint();
    }

    public async IAsyncEnumerable<IndexedBatch> ReadAsync(PositionRange range, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = Connect();
        await using var snapshot = await connection.BeginTransactionAsync(cancellation);
        var reader = new RangeReader(connection, HistorySchema.Rows, RowColumns, HistorySchema.Duplicates);
        foreach (var batch in reader.Read(range, cancellation))
            yield return batch;
    }

    public async ValueTask<RangeFigures> MeasureAsync(PositionRange? range, CancellationToken cancellation)
    {
        await using var connection = Connect();
        await using var snapshot = await connection.BeginTransactionAsync(cancellation);
        return Measure(connection, range is null ? "true" : FigureSql.Within(range), cancellation);
    }

    public async ValueTask<HistoryStock> TakeStockAsync(CancellationToken cancellation)
    {
        await using var connection = Connect();
        await using var snapshot = await connection.BeginTransactionAsync(cancellation);
        return await Journal.TakeStockAsync(Measure(connection, "true", cancellation), connection, snapshot, cancellation);
    }

    public async IAsyncEnumerable<RejectedTransaction> ReadRejectionsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = Connect();
        using var chunks = new ChunkReader(
            connection,
            $"""
            SELECT run_id, {DuplicateColumns.Names}, code, sentence, message, rejected_at
            FROM {HistorySchema.Rejections} ORDER BY run_id DESC, epoch DESC, partition DESC, "offset" DESC
            """, cancellation);
        while (chunks.Read())
            for (var row = 0; row < chunks.Rows; row++)
            {
                var (position, id, amount, digest) = DuplicateColumns.Read(chunks, row, first: 1);
                yield return new(
                    chunks.Int64(0, row), position, id, amount, digest, chunks.Text(8, row).ToString(), chunks.Text(9, row).ToString(),
                    chunks.Text(10, row).Bytes, new(chunks.Int64(11, row)));
            }
    }

    public async ValueTask DropStagingAsync(BatchRun run, CancellationToken cancellation)
    {
        await using var connection = Connect();
        new HistoryStaging(connection, run.Id).Drop();
        Checkpoint();
    }

    public ValueTask DisposeAsync()
    {
        Journal.Dispose();
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// A connection for one use. A write that failed (the disk was full) may have shut the file for all who have it open; whoever comes
    /// next finds that out here and opens it anew.
    /// </summary>
    DuckDBConnection Connect()
    {
        var connection = _file.Connect();
        try
        {
            connection.Execute("SELECT 1");
            return connection;
        }
        catch (DuckDBException fault)
        {
            connection.Dispose();
            _file.LetGoAfter(fault);
            return _file.Connect();
        }
    }

    const string RowColumns = TransactionColumns.Names + ", batch_date";

    static RangeFigures Measure(DuckDBConnection connection, string condition, CancellationToken cancellation) =>
        FigureSql.Measure(connection, HistorySchema.Rows, HistorySchema.Duplicates, condition, cancellation);

    static DuckDbFile OpenFile(string path, DuckDbOptions options, TimeZoneInfo zone)
    {
        try
        {
            return DuckDbFile.Open(
                path, options, HistorySchema.Version,
                $"{HistorySchema.Ddl} INSERT INTO settings VALUES ('{BusinessZoneSetting}', '{zone.Id}');",
                HistorySchema.Migrate);
        }
        catch (DuckDbFileException fault) when (fault.IsBroken)
        {
            throw new DuckDbFileException(
                $"{fault.Message} History is the record, so Caudal neither repairs nor replaces it: restore the file from a backup.",
                isBroken: true, fault);
        }
    }

    static TimeZoneInfo ReadZone(DuckDbFile file)
    {
        using var connection = file.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT value FROM settings WHERE name = '{BusinessZoneSetting}'";
        return TimeZoneInfo.FindSystemTimeZoneById((string)command.ExecuteScalar()!);
    }

    static void AppendRejections(DuckDBConnection connection, IReadOnlyList<RejectedTransaction> rejections)
    {
        using var rows = new ChunkAppender(connection, HistorySchema.Rejections);
        foreach (var rejection in rejections)
        {
            rows.Set(0, rejection.RunId);
            DuplicateColumns.Write(rows, 1, new(rejection.Position, rejection.Id, rejection.Amount, rejection.Digest));
            rows.Set(8, (Utf8Text)rejection.Code);
            rows.Set(9, (Utf8Text)rejection.Sentence);
            rows.Set(10, new Utf8Text(rejection.Bytes));
            rows.Set(11, rejection.RejectedAt.Microseconds);
            rows.EndRow();
        }
        rows.Flush();
    }

    /// <summary>
    /// Takes what was committed out of the write-ahead log into the file and frees what was dropped. The commit was durable without it,
    /// so one that finds another transaction in its way leaves it to the next.
    /// </summary>
    void Checkpoint()
    {
        using var connection = Connect();
        try
        {
            connection.Execute("CHECKPOINT");
        }
        catch (DuckDBException fault) when (fault.ErrorType == DuckDB.NET.Native.DuckDBErrorType.Transaction)
        {
        }
    }
}
