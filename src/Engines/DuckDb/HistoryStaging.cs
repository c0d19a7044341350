using System.Globalization;
using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Reconciling;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// What a run has taken over from hot and not yet loaded: its rows, its duplicates, and what validate found about them, in three tables
/// that are made at stage and dropped at the end. All of it on one connection.
/// </summary>
sealed class HistoryStaging(DuckDBConnection connection, long runId)
{
    public string Rows { get; } = string.Create(CultureInfo.InvariantCulture, $"staging_{runId}");

    public string Duplicates => Rows + "_duplicates";

    /// <summary>What is known of single rows, each named by its rowid: staged rows never move.</summary>
    public string Verdicts => Rows + "_verdicts";

    /// <summary>Replaces the staging by the snapshot, in one transaction: it is there whole or not at all.</summary>
    public async ValueTask ReplaceAsync(IAsyncEnumerable<IndexedBatch> snapshot, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        DropTables();
        connection.Execute(
            $"CREATE TABLE {Rows} ({TransactionColumns.Ddl}); CREATE TABLE {Duplicates} ({DuplicateColumns.Ddl})");
        using (var rows = new TransactionAppender(connection, Rows))
        using (var duplicates = new ChunkAppender(connection, Duplicates))
            await foreach (var batch in snapshot.WithCancellation(cancellation))
            {
                rows.Append(batch.Rows);
                foreach (var duplicate in batch.Duplicates)
                {
                    DuplicateColumns.Write(duplicates, 0, duplicate);
                    duplicates.EndRow();
                }
                duplicates.Flush();
            }
        await transaction.CommitAsync(CancellationToken.None);
    }

    public RangeFigures Measure(CancellationToken cancellation) =>
        Exists(Rows) ? FigureSql.Measure(connection, Rows, Duplicates, "true", cancellation) : default;

    public IEnumerable<StagedRejection> ReadRejections(IReadOnlyList<QualityRule> declined, CancellationToken cancellation)
    {
        EnsureValidated();
        using var chunks = new ChunkReader(
            connection,
            $"""
            SELECT {DuplicateColumns.Names}, verdict
            FROM {Rows} AS staged JOIN (
              SELECT staged_row, min(verdict) AS verdict FROM {Verdicts}
              WHERE verdict IN ({Verdict.Rejecting(declined)}) GROUP BY staged_row
            ) AS found ON found.staged_row = staged.rowid
            ORDER BY epoch, partition, "offset"
            """, cancellation);
        while (chunks.Read())
            for (var row = 0; row < chunks.Rows; row++)
            {
                var (position, id, amount, digest) = DuplicateColumns.Read(chunks, row, first: 0);
                var (code, sentence) = Verdict.Explain(chunks.Text(DuplicateColumns.Count, row).ToString());
                yield return new(position, id, amount, digest, code, sentence);
            }
    }

    /// <summary>Copies what is neither duplicate nor rejected into history, and every duplicate.</summary>
    public void CopyToHistory(BatchRun run, CancellationToken cancellation)
    {
        var day = run.Day.ToString("O", CultureInfo.InvariantCulture);
        connection.ExecuteInterruptibly(
            $"""
            INSERT INTO {HistorySchema.Rows}
            SELECT {TransactionColumns.AllNames}, DATE '{day}', {runId}
            FROM {Rows} AS staged ANTI JOIN (
              SELECT staged_row FROM {Verdicts} WHERE verdict IN ('{Verdict.Duplicate}', {Verdict.Rejecting(run.Declined)})
            ) AS found ON found.staged_row = staged.rowid
            """, cancellation);
        connection.ExecuteInterruptibly(
            $"""
            INSERT INTO {HistorySchema.Duplicates}
            SELECT {DuplicateColumns.Names}, {runId}
            FROM {Rows} AS staged SEMI JOIN (
              SELECT staged_row FROM {Verdicts} WHERE verdict = '{Verdict.Duplicate}') AS found ON found.staged_row = staged.rowid
            UNION ALL SELECT {DuplicateColumns.Names}, {runId} FROM {Duplicates}
            """, cancellation);
    }

    /// <exception cref="ReconciliationException">What is staged was never validated, or staged again since.</exception>
    public void EnsureValidated()
    {
        if (!Exists(Verdicts))
            throw new ReconciliationException($"What is staged for run {runId} was not validated. Validate it first.");
    }

    public void Drop()
    {
        using var transaction = connection.BeginTransaction();
        DropTables();
        transaction.Commit();
    }

    void DropTables() => connection.Execute(
        $"DROP TABLE IF EXISTS {Verdicts}; DROP TABLE IF EXISTS {Duplicates}; DROP TABLE IF EXISTS {Rows}");

    bool Exists(string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM duckdb_tables() WHERE table_name = '{table}'";
        return (long)command.ExecuteScalar()! == 1;
    }
}
