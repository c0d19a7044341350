using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>The tables of the embedded history. PostgreSQL has the same, by the same names.</summary>
static class HistorySchema
{
    public const int Version = 4;

    public const string Rows = "historical_transactions";
    public const string Duplicates = "historical_duplicates";
    public const string Rejections = "rejected_transactions";

    const string Tokens = """
        CREATE TABLE access_tokens (id VARCHAR NOT NULL, name VARCHAR NOT NULL, role VARCHAR NOT NULL, hash VARCHAR NOT NULL,
          created_by VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL, expires_at TIMESTAMP, revoked_at TIMESTAMP, revoked_by VARCHAR,
          last_used_at TIMESTAMP);
        """;

    static readonly string RowColumns = $"{TransactionColumns.Ddl}, batch_date DATE NOT NULL, run_id BIGINT NOT NULL";

    public static readonly string Ddl =
        $"""
        CREATE TABLE {Rows} ({RowColumns});
        CREATE TABLE {Duplicates} ({DuplicateColumns.Ddl}, run_id BIGINT NOT NULL);
        CREATE TABLE {Rejections} (run_id BIGINT NOT NULL, {DuplicateColumns.Ddl},
          code VARCHAR NOT NULL, sentence VARCHAR NOT NULL, message BLOB NOT NULL, rejected_at TIMESTAMP NOT NULL);
        CREATE TABLE batch_runs (id BIGINT NOT NULL, key VARCHAR NOT NULL, range_from VARCHAR NOT NULL, range_to VARCHAR NOT NULL,
          day DATE NOT NULL, state VARCHAR NOT NULL, actor VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL, finished_at TIMESTAMP,
          messages BIGINT NOT NULL, rejected_before BIGINT NOT NULL, extracted VARCHAR NOT NULL, duplicate_rows BIGINT NOT NULL,
          loaded VARCHAR NOT NULL, rejected VARCHAR NOT NULL, purged VARCHAR NOT NULL, checks VARCHAR NOT NULL, declined VARCHAR NOT NULL,
          decision VARCHAR);
        CREATE TABLE batch_steps (run_id BIGINT NOT NULL, name VARCHAR NOT NULL, attempt INTEGER NOT NULL, actor VARCHAR NOT NULL,
          started_at TIMESTAMP NOT NULL, finished_at TIMESTAMP, error VARCHAR);
        CREATE TABLE receipts (run_id BIGINT NOT NULL, range_from VARCHAR NOT NULL, range_to VARCHAR NOT NULL, messages BIGINT NOT NULL,
          rejections BIGINT NOT NULL, run_rejected VARCHAR NOT NULL, history VARCHAR NOT NULL, breakdown VARCHAR NOT NULL,
          previous_hash VARCHAR NOT NULL, hash VARCHAR NOT NULL, anchor VARCHAR);
        CREATE TABLE settings (name VARCHAR NOT NULL, value VARCHAR NOT NULL);
        {Tokens}
        """;

    /// <summary>
    /// Takes an older history forward: receipts got an anchor (older ones stay without), then tokens came, then folded details. What a
    /// run had staged is dropped: its next step finds that it is gone and extracts it again.
    /// </summary>
    public static void Migrate(DuckDBConnection connection, int found)
    {
        if (found < 2)
            connection.Execute("ALTER TABLE receipts ADD COLUMN anchor VARCHAR");
        if (found < 3)
            connection.Execute(Tokens);
        if (found < 4)
        {
            foreach (var staging in StagingTables(connection))
                connection.Execute($"DROP TABLE {staging}");
            DetailFolding.Rebuild(connection, Rows, RowColumns, ", batch_date, run_id");
        }
    }

    static List<string> StagingTables(DuckDBConnection connection)
    {
        var tables = new List<string>();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, 'staging_')";
        using var reader = command.ExecuteReader();
        while (reader.Read())
            tables.Add(reader.GetString(0));
        return tables;
    }
}
