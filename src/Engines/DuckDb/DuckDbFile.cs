using System.Globalization;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// A DuckDB file that this process owns, opened with a configuration that no query can change: no other file is read or written, no
/// extension is loaded, memory and threads are bounded. It stays open until disposed; every use takes a connection of its own.
/// </summary>
sealed class DuckDbFile : IDisposable
{
    readonly string _connectionString;
    readonly Lock _keeping = new();
    DuckDBConnection? _keptOpen;

    DuckDbFile(string path, string connectionString, DuckDBConnection keptOpen)
    {
        Path = path;
        _connectionString = connectionString;
        _keptOpen = keptOpen;
    }

    public string Path { get; }

    /// <summary>
    /// Opens the file, and makes it with <paramref name="ddl"/> at <paramref name="version"/> where it is new. A file of an older
    /// version is taken forward by <paramref name="migrate"/>, in one transaction.
    /// </summary>
    /// <exception cref="DuckDbFileException">It does not open, or a newer Caudal wrote it.</exception>
    public static DuckDbFile Open(
        string path, DuckDbOptions options, int version, string ddl, Action<DuckDBConnection, int>? migrate = null)
    {
        var connectionString = new DuckDBConnectionStringBuilder
        {
            DataSource = path,
            ["memory_limit"] = string.Create(CultureInfo.InvariantCulture, $"{options.MemoryMebibytesMax}MiB"),
            ["threads"] = options.Threads.ToString(CultureInfo.InvariantCulture),
            // Each checkpoint writes anew the row groups that grew since the last, and commits wait for it: rarely is cheaper. A start
            // reads so much again in about a second.
            ["wal_autocheckpoint"] = "64MiB",
            // What was freed goes back to the system by itself; otherwise it is kept until the next large use.
            ["allocator_background_threads"] = "true",
            ["temp_directory"] = path + ".tmp",
            ["enable_external_access"] = "false",
            ["autoinstall_known_extensions"] = "false",
            ["autoload_known_extensions"] = "false",
            ["allow_community_extensions"] = "false",
            ["lock_configuration"] = "true",
        }.ConnectionString;
        var connection = new DuckDBConnection(connectionString);
        try
        {
            connection.Open();
            PrepareSchema(connection, path, version, ddl, migrate);
            return new DuckDbFile(path, connectionString, connection);
        }
        catch (DuckDBException fault)
        {
            connection.Dispose();
            throw DuckDbFileException.Of(path, fault);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection for one use; the caller disposes it.</summary>
    public DuckDBConnection Connect()
    {
        lock (_keeping)
            _keptOpen ??= Connect(_connectionString);
        return Connect(_connectionString);
    }

    /// <summary>
    /// After some faults (a failed write of its log among them) DuckDB refuses everything until the file is opened anew, which happens
    /// once the last connection is gone: this lets go of ours, and the next <see cref="Connect()"/> opens it. After others it does nothing.
    /// </summary>
    public void LetGoAfter(Exception fault)
    {
        if (fault is DuckDBException { ErrorType: DuckDBErrorType.Fatal or DuckDBErrorType.Internal }
            || fault.Message.Contains("database has been invalidated", StringComparison.Ordinal))
            Dispose();
    }

    public void Dispose()
    {
        lock (_keeping)
        {
            _keptOpen?.Dispose();
            _keptOpen = null;
        }
    }

    static DuckDBConnection Connect(string connectionString)
    {
        var connection = new DuckDBConnection(connectionString);
        connection.Open();
        return connection;
    }

    static void PrepareSchema(
        DuckDBConnection connection, string path, int version, string ddl, Action<DuckDBConnection, int>? migrate)
    {
        var found = FindVersion(connection);
        if (found == version)
            return;
        if (found > version)
            throw new DuckDbFileException(
                $"'{path}' was written by a newer Caudal (schema {found}; this one knows {version}). Use that one, or another data folder.",
                isBroken: false);
        if (found is not null && migrate is null)
            throw new DuckDbFileException($"'{path}' has schema {found}, which this version cannot take to {version}.", isBroken: false);
        using var transaction = connection.BeginTransaction();
        if (found is { } older)
            migrate!(connection, older);
        else
            connection.Execute("CREATE TABLE schema_version (version INTEGER NOT NULL);" + ddl);
        connection.Execute(string.Create(
            CultureInfo.InvariantCulture, $"DELETE FROM schema_version; INSERT INTO schema_version VALUES ({version})"));
        transaction.Commit();
    }

    /// <summary>Null where the file is new.</summary>
    static int? FindVersion(DuckDBConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM information_schema.tables WHERE table_name = 'schema_version'";
        if (Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) == 0)
            return null;
        command.CommandText = "SELECT max(version) FROM schema_version";
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
