using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>
/// Turns that processes take, each for its transaction. Advisory locks are the database's, so the schema goes into their key: several
/// histories in one database do not wait for each other.
/// </summary>
static class AdvisoryLock
{
    /// <summary>Who makes the tables or takes them forward.</summary>
    public const long Schema = -1;

    /// <summary>Who writes the journal.</summary>
    public const long Journal = -2;

    /// <summary>Waits for the turn and keeps it until the open transaction ends.</summary>
    /// <param name="of">One of the above, or the number of the run whose staging is changed.</param>
    public static async ValueTask TakeAsync(NpgsqlConnection connection, long of, CancellationToken cancellation) =>
        await connection.ExecuteAsync(
            "SELECT pg_advisory_xact_lock(hashtextextended('caudal ' || current_schema(), $1))", cancellation, of);
}
