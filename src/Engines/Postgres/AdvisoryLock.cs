using Caudal.History;
using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>
/// Turns that processes take, most of them for a transaction. Advisory locks are the database's, so the schema goes into their key: several
/// histories in one database do not wait for each other.
/// </summary>
static class AdvisoryLock
{
    /// <summary>Who makes the tables or takes them forward.</summary>
    public const long Schema = -1;

    /// <summary>Who writes the journal.</summary>
    public const long Journal = -2;

    /// <summary>Who makes the runs of the timetable.</summary>
    const long Schedule = -3;

    /// <summary>Who takes a run through its steps.</summary>
    const long Run = -4;

    /// <summary>A server that has not answered after so many seconds is taken for gone.</summary>
    const int AnswerSecondsMax = 10;

    const string Key = "hashtextextended('caudal ' || current_schema(), $1)";

    /// <summary>Waits for the turn and keeps it until the open transaction ends.</summary>
    /// <param name="of">One of the above, or the number of the run whose staging is changed.</param>
    public static async ValueTask TakeAsync(NpgsqlConnection connection, long of, CancellationToken cancellation) =>
        await connection.ExecuteAsync($"SELECT pg_advisory_xact_lock({Key})", cancellation, of);

    /// <summary>
    /// Keeps the turn for as long as a connection of its own lasts, so that the database gives it to another where its process dies, and
    /// notices soon where the process's whole machine does.
    /// </summary>
    public static async ValueTask<ProcessTurn?> TryTakeAsync(PostgresDatabase database, TurnOf what, CancellationToken cancellation)
    {
        var turn = what == TurnOf.Schedule ? Schedule : Run;
        var connection = await database.ConnectAsync(cancellation);
        try
        {
            await connection.ExecuteAsync(
                "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3", cancellation);
            if (await connection.ScalarAsync<bool>($"SELECT pg_try_advisory_lock({Key})", cancellation, turn))
                return new(token => IsAliveAsync(connection, token), () => GiveBackAsync(connection, turn));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        await connection.DisposeAsync();
        return null;
    }

    static async ValueTask<bool> IsAliveAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        try
        {
            await using var question = connection.Command("SELECT 1");
            question.CommandTimeout = AnswerSecondsMax;
            await question.ExecuteScalarAsync(cancellation);
            return true;
        }
        catch (Exception gone) when (gone is NpgsqlException or InvalidOperationException)
        {
            return false;
        }
    }

    static async ValueTask GiveBackAsync(NpgsqlConnection connection, long turn)
    {
        try
        {
            await connection.ExecuteAsync($"SELECT pg_advisory_unlock({Key})", CancellationToken.None, turn);
        }
        catch (Exception gone) when (gone is NpgsqlException or InvalidOperationException)
        {
            // With its connection the turn has ended by itself.
        }
        await connection.DisposeAsync();
    }
}
