using System.Net.Sockets;
using System.Security.Authentication;
using Caudal.Transactions;
using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>A database that cannot be history; the message says why, what to do, and names the setting.</summary>
public sealed class PostgresDatabaseException(string message, Exception? inner = null) : IOException(message, inner)
{
    const string Setting = "History:Connection";

    /// <summary>What a failure to open says to whoever set it up. The password is never in it.</summary>
    internal static PostgresDatabaseException Of(NpgsqlException fault, NpgsqlConnectionStringBuilder settings)
    {
        var (server, user, database) = ($"{settings.Host}:{settings.Port}", settings.Username, settings.Database ?? settings.Username);
        return new(fault switch
        {
            PostgresException { SqlState: "28P01" or "28000" or "28001" } refused =>
                $"PostgreSQL at {server} does not let '{user}' in: correct Username and Password in {Setting}, or allow it in the "
                + $"server's pg_hba.conf. {Sentences.FirstLine(refused.MessageText)}.",
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
                $"There is no database '{database}' at {server}: make it with CREATE DATABASE, or correct Database in {Setting}.",
            PostgresException
            {
                SqlState: PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidSchemaName,
            } denied =>
                $"'{user}' may not make tables in '{database}' at {server}: GRANT CREATE ON SCHEMA … TO {user}, or name a schema of its "
                + $"own in {Setting} (Search Path=…). {Sentences.FirstLine(denied.MessageText)}.",
            PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } => ReadOnly(settings).Message,
            PostgresException other => $"PostgreSQL at {server} says: {Sentences.FirstLine(other.MessageText)}. See {Setting}.",
            _ when fault.Message.StartsWith("No password", StringComparison.Ordinal) =>
                $"PostgreSQL at {server} asks for a password: give Password, or Passfile, in {Setting}.",
            _ when Inner<SocketException>(fault) is { } unreachable =>
                $"PostgreSQL at {server} cannot be reached: start it, or correct Host and Port in {Setting}. {unreachable.Message}.",
            _ when Inner<AuthenticationException>(fault) is { } untrusted =>
                $"PostgreSQL at {server} was reached, but its certificate is not trusted: give Root Certificate, and the Host that the "
                + $"certificate names, in {Setting}. {Sentences.FirstLine(untrusted.Message)}",
            _ => $"PostgreSQL at {server} cannot be used: {Sentences.FirstLine(fault.Message)}. See {Setting} (Host, Port, SSL Mode).",
        }, fault);
    }

    internal static PostgresDatabaseException ReadOnly(NpgsqlConnectionStringBuilder settings) => new(
        $"PostgreSQL at {settings.Host}:{settings.Port} is a read-only replica, and history is written: name the primary in {Setting} "
        + "(several hosts may stand there, with commas; the one that takes writes is used).");

    static T? Inner<T>(Exception? fault) where T : Exception => fault is null ? null : fault as T ?? Inner<T>(fault.InnerException);
}
