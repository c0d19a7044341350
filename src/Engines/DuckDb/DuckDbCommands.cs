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

    /// <summary>As <see cref="Execute"/>; cancelling interrupts it, and its transaction with it.</summary>
    public static long ExecuteInterruptibly(this DuckDBConnection connection, string sql, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var interrupt = cancellation.UnsafeRegister(running => ((DuckDBCommand)running!).Cancel(), command);
        try
        {
            return command.ExecuteNonQuery();
        }
        catch (DuckDBException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }
}
