using Microsoft.Data.Sqlite;

namespace Caudal.Engines.Sqlite;

/// <summary>A connection's statements, each compiled once. Used by one thread at a time.</summary>
sealed class PreparedStatements(SqliteConnection connection) : IDisposable
{
    readonly Dictionary<string, SqliteCommand> _commands = [];

    public SqliteConnection Connection => connection;

    /// <summary>The statement with its parameters <c>$1</c>, <c>$2</c>, … set.</summary>
    public SqliteCommand this[string sql, params ReadOnlySpan<object> values]
    {
        get
        {
            if (!_commands.TryGetValue(sql, out var command))
            {
                command = connection.CreateCommand();
                command.CommandText = sql;
                for (var i = 1; i <= values.Length; i++)
                    command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
                _commands.Add(sql, command);
            }
            for (var i = 0; i < values.Length; i++)
                command.Parameters[i].Value = values[i];
            return command;
        }
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        connection.Dispose();
    }
}
