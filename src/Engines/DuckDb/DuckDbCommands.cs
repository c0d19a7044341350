using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

static class DuckDbCommands
{
    /// <summary>Runs statements without parameters and returns how many rows the last changed.</summary>
    public static long Execute(this DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }
}
