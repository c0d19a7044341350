using System.Globalization;
using Caudal.Log;
using Microsoft.Data.Sqlite;

namespace Caudal.Engines.Sqlite;

/// <summary>Opens connections to the log's database file, and makes sure that each is what the log's promises rest on.</summary>
/// <remarks>
/// What SQLite gives: with <c>synchronous=FULL</c> a commit writes its frames to the write-ahead file, syncs that file, and only then
/// puts the new end into the shared index (wal.c, <c>walFrames</c>: <c>sqlite3OsSync</c> before <c>walIndexWriteHdr</c>); where the sync
/// fails the index stays as it was. So no connection sees a commit that a crash could take back, with one exception: the first connection
/// after a crash rebuilds the index from the file and takes over every complete frame, synced or not. That is why
/// <see cref="OpenWriter"/> is followed by <see cref="Settle"/> before anybody reads: a checkpoint syncs the write-ahead file, copies it
/// to the database file and syncs that.
/// </remarks>
sealed class LogFile(string path)
{
    const int SchemaVersion = 2;
    const int SynchronousFull = 2;

    // Full and I/O errors by name, since what follows depends on them; see https://www.sqlite.org/rescode.html.
    const int Busy = 5;
    const int Corrupt = 11;
    const int Full = 13;
    const int NotADatabase = 26;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public long WalLength => new FileInfo(Path + "-wal") is { Exists: true } wal ? wal.Length : 0;

    /// <summary>A connection that may write; its file has the schema.</summary>
    /// <exception cref="SqliteException">The file could not be opened or made.</exception>
    /// <exception cref="InvalidDataException">It is something else, or of a newer version.</exception>
    public SqliteConnection OpenWriter()
    {
        var connection = Open(SqliteOpenMode.ReadWriteCreate);
        try
        {
            Assert(connection, "journal_mode", "WAL", expected: "wal");
            Assert(connection, "synchronous", "FULL", SynchronousFull.ToString(CultureInfo.InvariantCulture));
            // The writer checkpoints by itself, after its callers were answered; and it keeps a whole commit in memory until it is written.
            Assert(connection, "wal_autocheckpoint", "0", "0");
            Assert(connection, "cache_size", "-32768", "-32768");
            EnsureSchema(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public SqliteConnection OpenReader() => Open(SqliteOpenMode.ReadOnly);

    /// <summary>
    /// A connection that only holds on to the shared index, so that opening the file anew after a failed commit does not rebuild it and
    /// take that commit over.
    /// </summary>
    public SqliteConnection OpenAnchor()
    {
        var connection = OpenReader();
        Scalar(connection, "SELECT count(*) FROM epochs");
        return connection;
    }

    /// <summary>Moves all of the write-ahead file into the database file, durably. False where other processes stand in the way.</summary>
    /// <param name="truncate">True to have the write-ahead file emptied too, which waits for writers and readers for a while.</param>
    public static bool Settle(SqliteConnection connection, bool truncate)
    {
        if (truncate)
            Execute(connection, "PRAGMA busy_timeout = 2000");
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = truncate ? "PRAGMA wal_checkpoint(TRUNCATE)" : "PRAGMA wal_checkpoint(PASSIVE)";
            using var row = command.ExecuteReader();
            row.Read();
            var (busy, frames, moved) = (row.GetInt64(0) != 0, row.GetInt64(1), row.GetInt64(2));
            return truncate ? !busy : frames >= 0 && frames == moved;
        }
        finally
        {
            if (truncate)
                Execute(connection, "PRAGMA busy_timeout = 0");
        }
    }

    public static bool IsFull(SqliteException fault) => fault.SqliteErrorCode == Full;

    public static bool IsDamage(SqliteException fault) => fault.SqliteErrorCode is Corrupt or NotADatabase;

    public static bool IsBusy(int resultCode) => (resultCode & 0xff) == Busy;

    /// <summary>What a person can do something with, in place of SQLite's own words.</summary>
    public Exception Explain(SqliteException fault) => IsDamage(fault)
        ? new InvalidDataException(
            $"The log {Path} is damaged or not a log: {fault.Message} Restore it from a backup.", fault)
        : new LogUnavailableException($"The log {Path} cannot be used: {fault.Message}", outcomeUnknown: false, fault);

    SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Mode = mode,
            Pooling = false,
        }.ToString());
        connection.Open();
        return connection;
    }

    void Assert(SqliteConnection connection, string pragma, string value, string expected)
    {
        Execute(connection, $"PRAGMA {pragma} = {value}");
        if (Scalar(connection, $"PRAGMA {pragma}")?.ToString() is var found && found != expected)
            throw new InvalidOperationException(
                $"SQLite does not take {pragma} = {value} for {Path} (it says {found}), so that what is acknowledged would not be safe. "
                + "The file must lie on a local disk.");
    }

    void EnsureSchema(SqliteConnection connection)
    {
        if (Scalar(connection, "SELECT count(*) FROM sqlite_schema") is 0L)
            Execute(connection, $"""
                BEGIN IMMEDIATE;
                CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT;
                INSERT INTO schema_version SELECT {SchemaVersion} WHERE NOT EXISTS (SELECT 1 FROM schema_version);
                CREATE TABLE IF NOT EXISTS epochs (
                    id INTEGER PRIMARY KEY, topic TEXT NOT NULL, epoch TEXT NOT NULL UNIQUE,
                    start_offset INTEGER NOT NULL, lost_from INTEGER, next_offset INTEGER NOT NULL,
                    last_appended_at INTEGER NOT NULL, closed_at INTEGER, held TEXT) STRICT;
                CREATE INDEX IF NOT EXISTS epochs_by_topic ON epochs (topic, id);
                CREATE TABLE IF NOT EXISTS batches (
                    id INTEGER PRIMARY KEY, epoch_id INTEGER NOT NULL, first_offset INTEGER NOT NULL, record_count INTEGER NOT NULL,
                    appended_at INTEGER NOT NULL, format INTEGER NOT NULL, raw_length INTEGER NOT NULL, checksum INTEGER NOT NULL,
                    payload BLOB NOT NULL) STRICT;
                CREATE UNIQUE INDEX IF NOT EXISTS batches_by_offset ON batches (epoch_id, first_offset, record_count, appended_at);
                CREATE TABLE IF NOT EXISTS consumer_groups (
                    epoch_id INTEGER NOT NULL, name TEXT NOT NULL, next_offset INTEGER NOT NULL, owner TEXT, beats INTEGER NOT NULL,
                    PRIMARY KEY (epoch_id, name)) STRICT, WITHOUT ROWID;
                COMMIT;
                """);
        else if (Scalar(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'") is 0L)
            throw new InvalidDataException($"{Path} is an SQLite database, but not a log of Caudal's. Name another file.");

        var version = Scalar(connection, "SELECT max(version) FROM schema_version");
        if (version is 1L)
            version = Migrate(connection);
        if (version is not (long)SchemaVersion)
            throw new InvalidDataException(
                $"The log {Path} has schema version {version}, and this program knows version {SchemaVersion}. "
                + "Use the program that wrote it, or a newer one.");
    }

    /// <summary>Version 2 can hold a topic. Another process may be faster.</summary>
    static object? Migrate(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        if (Scalar(connection, "SELECT max(version) FROM schema_version") is 1L)
            Execute(connection, "ALTER TABLE epochs ADD COLUMN held TEXT; UPDATE schema_version SET version = 2");
        transaction.Commit();
        return Scalar(connection, "SELECT max(version) FROM schema_version");
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
