using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>
/// The tables of history: those of the embedded one by the same names, and what PostgreSQL adds to guard them. Texts compare by their
/// bytes, which in UTF-8 is the order of code points. A digest's halves are kept as the signed numbers with the same bits.
/// </summary>
static class HistorySchema
{
    public const int Version = 1;

    public const string Rows = "historical_transactions";
    public const string Duplicates = "historical_duplicates";
    public const string Rejections = "rejected_transactions";

    /// <summary>Rows come in nearly by their position and time, so that a range is a few blocks by an index of a few kilobytes.</summary>
    public const string PositionIndex = $"{Rows}_position";

    const string TimeIndex = $"{Rows}_timestamp";

    const string BusinessZone = "business_zone";

    static readonly string Ddl =
        $"""
        CREATE TABLE {Rows} ({TransactionColumns.Ddl}, batch_date date NOT NULL, run_id bigint NOT NULL, PRIMARY KEY (id));
        CREATE INDEX {PositionIndex} ON {Rows} USING brin (epoch, partition, "offset") WITH (autosummarize = on);
        CREATE INDEX {TimeIndex} ON {Rows} USING brin ("timestamp") WITH (autosummarize = on);
        CREATE TABLE {Duplicates} ({DuplicateColumns.Ddl}, run_id bigint NOT NULL, PRIMARY KEY (epoch, partition, "offset"));
        CREATE TABLE {Rejections} (run_id bigint NOT NULL, {DuplicateColumns.Ddl},
          code text NOT NULL, sentence text NOT NULL, message bytea NOT NULL, rejected_at timestamp NOT NULL,
          PRIMARY KEY (epoch, partition, "offset"));
        CREATE TABLE batch_runs (id bigint PRIMARY KEY, key text NOT NULL UNIQUE, range_from text NOT NULL, range_to text NOT NULL,
          day date NOT NULL, state text NOT NULL, actor text NOT NULL, created_at timestamp NOT NULL, finished_at timestamp,
          messages bigint NOT NULL, rejected_before bigint NOT NULL, extracted text NOT NULL, duplicate_rows bigint NOT NULL,
          loaded text NOT NULL, rejected text NOT NULL, purged text NOT NULL, checks text NOT NULL, declined text NOT NULL,
          decision text);
        CREATE TABLE batch_steps (run_id bigint NOT NULL, name text NOT NULL, attempt integer NOT NULL, actor text NOT NULL,
          started_at timestamp NOT NULL, finished_at timestamp, error text, PRIMARY KEY (run_id, name, attempt));
        CREATE TABLE receipts (run_id bigint PRIMARY KEY, range_from text NOT NULL, range_to text NOT NULL, messages bigint NOT NULL,
          rejections bigint NOT NULL, run_rejected text NOT NULL, history text NOT NULL, breakdown text NOT NULL,
          previous_hash text NOT NULL, hash text NOT NULL, anchor text);
        CREATE TABLE access_tokens (id text PRIMARY KEY, name text NOT NULL, role text NOT NULL, hash text NOT NULL,
          created_by text NOT NULL, created_at timestamp NOT NULL, expires_at timestamp, revoked_at timestamp, revoked_by text,
          last_used_at timestamp);
        CREATE TABLE settings (name text PRIMARY KEY, value text NOT NULL);
        CREATE TABLE schema_version (version integer NOT NULL);
        INSERT INTO schema_version VALUES ({Version});
        """;

    /// <summary>
    /// Makes the tables where there are none, and returns the zone in which days are counted. Processes that start at once take turns.
    /// </summary>
    /// <param name="zone">What is set; null for what the history was made with, or UTC for a new one.</param>
    /// <exception cref="PostgresDatabaseException">It is not ours, or a newer Caudal's, or counts its days in another zone.</exception>
    public static async ValueTask<TimeZoneInfo> PrepareAsync(
        NpgsqlConnection connection, TimeZoneInfo? zone, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await AdvisoryLock.TakeAsync(connection, AdvisoryLock.Schema, cancellation);
        if (!await ExistsAsync(connection, "schema_version", cancellation))
            await MakeAsync(connection, zone ?? TimeZoneInfo.Utc, cancellation);
        var found = await connection.ScalarAsync<int>("SELECT version FROM schema_version", cancellation);
        if (found > Version)
            throw new PostgresDatabaseException(
                $"Database '{connection.Database}' was made by a newer Caudal (schema {found}, this one knows {Version}): "
                + "update Caudal, or name another database in History:Connection. Nothing was changed.");
        var made = await ReadZoneAsync(connection, cancellation);
        if (zone is not null && zone.Id != made.Id)
            throw new PostgresDatabaseException(
                $"Database '{connection.Database}' counts its days in {made.Id}, but the business zone is set to {zone.Id}. "
                + $"Days that were settled cannot move: set History:BusinessZone to {made.Id}, "
                + "or begin a new history in another database.");
        await transaction.CommitAsync(CancellationToken.None);
        return made;
    }

    public static async ValueTask<bool> ExistsAsync(NpgsqlConnection connection, string table, CancellationToken cancellation) =>
        await connection.ScalarAsync<bool>("SELECT to_regclass($1) IS NOT NULL", cancellation, table);

    public static async ValueTask MakeAsync(NpgsqlConnection connection, TimeZoneInfo zone, CancellationToken cancellation)
    {
        if (await ExistsAsync(connection, Rows, cancellation))
            throw new PostgresDatabaseException(
                $"Database '{connection.Database}' has a table {Rows} that Caudal did not make: `caudal migrate` takes its rows over; or "
                + "name another database, or a schema of its own (Search Path=…), in History:Connection. Nothing was changed.");
        await connection.ExecuteAsync(Ddl, cancellation);
        await connection.ExecuteAsync("INSERT INTO settings VALUES ($1, $2)", cancellation, BusinessZone, zone.Id);
    }

    static async ValueTask<TimeZoneInfo> ReadZoneAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        TimeZoneInfo.FindSystemTimeZoneById(
            (await connection.ScalarAsync<string>("SELECT value FROM settings WHERE name = $1", cancellation, BusinessZone))!);
}
