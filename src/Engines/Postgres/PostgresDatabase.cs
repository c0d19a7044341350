using System.Net;
using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>The connections to one database. Several hosts may be named: those that take writes are used.</summary>
sealed class PostgresDatabase : IAsyncDisposable
{
    /// <summary>Of PostgreSQL 13.</summary>
    const int VersionMin = 130_000;

    /// <summary>Dates are read as text where the journal's SQL is both engines'.</summary>
    const string SessionOptions = "-c DateStyle=ISO,YMD";

    const int BufferBytes = 64 * 1024;

    readonly NpgsqlDataSource _source;

    PostgresDatabase(NpgsqlConnectionStringBuilder settings)
    {
        Settings = settings;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        _source = settings.Host!.Contains(',', StringComparison.Ordinal)
            ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.ReadWrite)
            : builder.Build();
    }

    public NpgsqlConnectionStringBuilder Settings { get; }

    /// <summary>Connects, and refuses what cannot be history before anything is changed.</summary>
    /// <exception cref="PostgresDatabaseException">The message says what to do.</exception>
    public static async ValueTask<PostgresDatabase> OpenAsync(string connection, CancellationToken cancellation)
    {
        var database = new PostgresDatabase(Complete(connection));
        try
        {
            await database.EnsureUsableAsync(cancellation);
            return database;
        }
        catch (NpgsqlException fault)
        {
            await database.DisposeAsync();
            throw PostgresDatabaseException.Of(fault, database.Settings);
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    public ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellation) => _source.OpenConnectionAsync(cancellation);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    async ValueTask EnsureUsableAsync(CancellationToken cancellation)
    {
        await using var connection = await ConnectAsync(cancellation);
        var version = int.Parse(await Show("server_version_num"), System.Globalization.CultureInfo.InvariantCulture);
        if (version < VersionMin)
            throw new PostgresDatabaseException(
                $"PostgreSQL at {Settings.Host}:{Settings.Port} is version {await Show("server_version")}; history needs 13 or newer. "
                + "Name another server in History:Connection.");
        if (await Show("transaction_read_only") == "on")
            throw PostgresDatabaseException.ReadOnly(Settings);
        if (await Show("server_encoding") is var encoding and not "UTF8")
            throw new PostgresDatabaseException(
                $"Database '{connection.Database}' keeps text in {encoding}, which cannot hold every name: make one with "
                + "ENCODING 'UTF8' and name it in History:Connection.");

        async Task<string> Show(string setting) => (await connection.ScalarAsync<string>($"SHOW {setting}", cancellation))!;
    }

    static NpgsqlConnectionStringBuilder Complete(string connection)
    {
        var settings = Parse(connection);
        if (string.IsNullOrWhiteSpace(settings.Host))
            throw new PostgresDatabaseException("History:Connection names no Host: write Host=…;Database=…;Username=…;Password=….");
        settings.ApplicationName ??= "caudal";
        settings.Options = settings.Options is { } given ? $"{SessionOptions} {given}" : SessionOptions;
        settings.Enlist = false;
        settings.ReadBufferSize = BufferBytes;
        settings.WriteBufferSize = BufferBytes;
        // A load takes as long as it takes; that the other side is gone is what the keep-alives tell.
        if (!settings.ShouldSerialize("Command Timeout"))
            settings.CommandTimeout = 0;
        if (!settings.ShouldSerialize("Tcp Keepalive"))
            (settings.TcpKeepAlive, settings.TcpKeepAliveTime, settings.TcpKeepAliveInterval) = (true, 30, 10);
        if (!settings.ShouldSerialize("SSL Mode") && !settings.Host.Split(',').All(IsHere))
            settings.SslMode = SslMode.VerifyFull;
        return settings;
    }

    static NpgsqlConnectionStringBuilder Parse(string connection)
    {
        try
        {
            return new(connection);
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException or KeyNotFoundException)
        {
            // Its own message may quote what was written there.
            throw new PostgresDatabaseException(
                "History:Connection is no connection string: write Host=…;Database=…;Username=…;Password=…, each name as Npgsql knows it.");
        }
    }

    /// <summary>A Unix socket, or an address of this machine.</summary>
    static bool IsHere(string host) =>
        host.StartsWith('/') || host.StartsWith('@') || host == "localhost"
        || IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);
}
