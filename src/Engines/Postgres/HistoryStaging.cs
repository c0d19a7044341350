using System.Globalization;
using System.Runtime.CompilerServices;
using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Reconciling;
using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>
/// What a run has taken over from hot and not yet loaded: its rows, its duplicates, and what validate found about them, in three tables
/// that are made at stage and dropped at the end. They are not logged: a crash of the server empties all of them, and the run's next
/// step finds that they are not what extract recorded.
/// </summary>
sealed class HistoryStaging(NpgsqlConnection connection, long runId)
{
    const int DuplicatesWaitingMax = 50_000;

    public string Rows { get; } = string.Create(CultureInfo.InvariantCulture, $"staging_{runId}");

    public string Duplicates => Rows + "_duplicates";

    /// <summary>What is known of single rows, each named by its <c>staged_row</c>.</summary>
    public string Verdicts => Rows + "_verdicts";

    /// <summary>Replaces the staging by the snapshot, in one transaction: it is there whole or not at all.</summary>
    public async ValueTask ReplaceAsync(IAsyncEnumerable<IndexedBatch> snapshot, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await AdvisoryLock.TakeAsync(connection, runId, cancellation);
        await DropTablesAsync(cancellation);
        await MakeAsync(Rows, $"{TransactionColumns.Ddl}, staged_row bigint NOT NULL", cancellation);
        await MakeAsync(Duplicates, DuplicateColumns.Ddl, cancellation);
        await CopyAsync(snapshot, cancellation);
        await transaction.CommitAsync(CancellationToken.None);
        await connection.ExecuteAsync($"ANALYZE {Rows}", cancellation);
    }

    public async ValueTask<RangeFigures> MeasureAsync(CancellationToken cancellation) =>
        await HistorySchema.ExistsAsync(connection, Rows, cancellation)
            ? new(
                await FigureSql.MeasureAsync(connection, Rows, "true", cancellation),
                await FigureSql.MeasureAsync(connection, Duplicates, "true", cancellation))
            : default;

    public async IAsyncEnumerable<StagedRejection> ReadRejectionsAsync(
        IReadOnlyList<QualityRule> declined, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await EnsureValidatedAsync(cancellation);
        await using var command = connection.Command(
            $"""
            SELECT {DuplicateColumns.Names}, verdict
            FROM {Rows} JOIN (
              SELECT staged_row, min(verdict) AS verdict FROM {Verdicts}
              WHERE verdict IN ({Verdict.Rejecting(declined)}) GROUP BY staged_row
            ) AS found USING (staged_row)
            ORDER BY epoch, partition, "offset"
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var row = TransactionReader.ReadDuplicate(reader, first: 0);
            var (code, sentence) = Verdict.Explain(reader.GetString(DuplicateColumns.Count));
            yield return new(row.Position, row.Id, row.Amount, row.Digest, code, sentence);
        }
    }

    /// <summary>
    /// Copies what is neither duplicate nor rejected into history, and every duplicate. A row whose id came into history after it was
    /// validated stays out, and is missed when the run is counted.
    /// </summary>
    public async ValueTask CopyToHistoryAsync(BatchRun run, CancellationToken cancellation)
    {
        await connection.ExecuteAsync(
            $"""
            INSERT INTO {HistorySchema.Rows} ({TransactionColumns.AllNames}, batch_date, run_id)
            SELECT {TransactionColumns.AllNames}, $1, $2
            FROM {Rows} AS staged WHERE NOT EXISTS (
              SELECT FROM {Verdicts} AS found
              WHERE found.staged_row = staged.staged_row AND verdict IN ('{Verdict.Duplicate}', {Verdict.Rejecting(run.Declined)}))
            ON CONFLICT (id) DO NOTHING
            """, cancellation, run.Day, runId);
        await connection.ExecuteAsync(
            $"""
            INSERT INTO {HistorySchema.Duplicates} ({DuplicateColumns.Names}, run_id)
            SELECT {DuplicateColumns.Names}, $1 FROM {Rows} JOIN {Verdicts} USING (staged_row) WHERE verdict = '{Verdict.Duplicate}'
            UNION ALL SELECT {DuplicateColumns.Names}, $1 FROM {Duplicates}
            """, cancellation, runId);
    }

    /// <exception cref="ReconciliationException">What is staged was never validated, or staged again since.</exception>
    public async ValueTask EnsureValidatedAsync(CancellationToken cancellation)
    {
        if (!await HistorySchema.ExistsAsync(connection, Verdicts, cancellation))
            throw new ReconciliationException($"What is staged for run {runId} was not validated. Validate it first.");
    }

    public async ValueTask DropAsync(CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await AdvisoryLock.TakeAsync(connection, runId, cancellation);
        await DropTablesAsync(cancellation);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>A table that lives for a run and that nobody need vacuum.</summary>
    public async ValueTask MakeAsync(string table, string columns, CancellationToken cancellation) => await connection.ExecuteAsync(
        $"CREATE UNLOGGED TABLE {table} ({columns}) WITH (autovacuum_enabled = off)", cancellation);

    async ValueTask DropTablesAsync(CancellationToken cancellation) =>
        await connection.ExecuteAsync($"DROP TABLE IF EXISTS {Verdicts}, {Duplicates}, {Rows}", cancellation);

    /// <summary>One COPY at a time goes over a connection: duplicates, which are few, wait until the rows make room for them.</summary>
    async ValueTask CopyAsync(IAsyncEnumerable<IndexedBatch> snapshot, CancellationToken cancellation)
    {
        await using var batches = snapshot.GetAsyncEnumerator(cancellation);
        var waiting = new List<Duplicate>();
        var (rows, more) = (0L, true);
        while (more)
        {
            (rows, more) = await CopyRowsAsync(batches, rows, waiting, cancellation);
            await CopyDuplicatesAsync(waiting, cancellation);
            waiting.Clear();
        }
    }

    /// <returns>How many rows there are by now, and whether it stopped only because many duplicates wait.</returns>
    async ValueTask<(long Rows, bool More)> CopyRowsAsync(
        IAsyncEnumerator<IndexedBatch> batches, long rows, List<Duplicate> waiting, CancellationToken cancellation)
    {
        await using var copy = await CopyWriter.BeginAsync(connection, Rows, TransactionColumns.Count + 1, ", FREEZE", cancellation);
        while (waiting.Count < DuplicatesWaitingMax && await batches.MoveNextAsync())
        {
            foreach (var row in batches.Current.Rows)
            {
                copy.BeginRow();
                copy.Add(row);
                copy.Add(rows++);
                await copy.FlushIfFullAsync(cancellation);
            }
            waiting.AddRange(batches.Current.Duplicates);
        }
        await copy.CompleteAsync(cancellation);
        return (rows, waiting.Count >= DuplicatesWaitingMax);
    }

    async ValueTask CopyDuplicatesAsync(List<Duplicate> duplicates, CancellationToken cancellation)
    {
        await using var copy = await CopyWriter.BeginAsync(connection, Duplicates, DuplicateColumns.Count, ", FREEZE", cancellation);
        foreach (var duplicate in duplicates)
        {
            copy.BeginRow();
            copy.Add(duplicate);
            await copy.FlushIfFullAsync(cancellation);
        }
        await copy.CompleteAsync(cancellation);
    }
}
