using System.Data;
using Npgsql;

namespace Caudal.Engines.Postgres;

static class PostgresCommands
{
    /// <summary>Runs statements, with <paramref name="values"/> for $1, $2 …, and returns how many rows the last changed.</summary>
    public static async ValueTask<int> ExecuteAsync(
        this NpgsqlConnection connection, string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = connection.Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The first column of the first row; the type's default where there is none, or NULL.</summary>
    public static async ValueTask<T?> ScalarAsync<T>(
        this NpgsqlConnection connection, string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = connection.Command(sql, values);
        return await command.ExecuteScalarAsync(cancellation) is T value ? value : default;
    }

    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(value as NpgsqlParameter ?? new() { Value = value });
        return command;
    }

    /// <summary>
    /// For the rest of the transaction: a range is found by its index. Statistics, which a load has just made old, would have the server
    /// go through the whole table.
    /// </summary>
    public static async ValueTask GoByIndexAsync(this NpgsqlConnection connection, CancellationToken cancellation) =>
        await connection.ExecuteAsync("SET LOCAL enable_seqscan = off; SET LOCAL jit = off", cancellation);

    /// <summary>A transaction that sees one moment and changes nothing.</summary>
    public static async ValueTask<NpgsqlTransaction> BeginSnapshotAsync(this NpgsqlConnection connection, CancellationToken cancellation)
    {
        var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await connection.ExecuteAsync("SET TRANSACTION READ ONLY", cancellation);
        return snapshot;
    }
}
