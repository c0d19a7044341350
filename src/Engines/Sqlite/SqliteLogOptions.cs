namespace Caudal.Engines.Sqlite;

/// <summary>Where the SQLite log lies and how much it may hold in memory and in its write-ahead file.</summary>
public sealed record SqliteLogOptions
{
    /// <summary>The database file; it and its folder are made where they are not there.</summary>
    public required string Path { get; init; }

    /// <summary>The most message bytes that wait for their commit; full means that an append waits.</summary>
    public long QueueBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>The most appends that wait for their commit; full means that an append waits.</summary>
    public int QueueAppendsMax { get; init; } = 4096;

    /// <summary>The most message bytes that one commit takes; what is waiting beyond goes into the next.</summary>
    public long CommitBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>A larger append is kept as several record batches of this many bytes before compression, still in one commit.</summary>
    public int BatchBytesMax { get; init; } = 1024 * 1024;

    /// <summary>About how many bytes of messages one read hands out at most; a single record batch is never split.</summary>
    public int ReadBytesMax { get; init; } = 1024 * 1024;

    /// <summary>After so many bytes of commits the write-ahead file is moved into the database file: less keeps that short.</summary>
    public long CheckpointBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>When readers have kept the write-ahead file from starting over until it is this long, appends wait for them.</summary>
    public long WalBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>A consumer that has not shown a sign of life for so long loses its lease to one that waits.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a reader that waits looks for what other processes have appended.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>The longest pause between attempts to write again after a fault.</summary>
    public TimeSpan RecoveryPauseMax { get; init; } = TimeSpan.FromSeconds(1);
}
