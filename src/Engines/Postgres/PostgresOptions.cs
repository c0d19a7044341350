namespace Caudal.Engines.Postgres;

/// <summary>Which database, and what one session may take there.</summary>
public sealed record PostgresOptions
{
    /// <summary>
    /// As Npgsql reads it: <c>Host=db;Database=caudal;Username=caudal;Password=…</c>. What it does not say is set for long work and
    /// for safety: no time limit on a command, and TLS that verifies the server (<c>SSL Mode=VerifyFull</c>) unless it is this machine.
    /// </summary>
    public required string Connection { get; init; }

    /// <summary>The most memory that one sort or one hash table of a run takes on the server before it spills to its disk.</summary>
    public int MemoryMebibytesMax { get; init; } = 128;
}
