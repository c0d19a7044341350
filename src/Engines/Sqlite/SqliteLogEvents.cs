using Microsoft.Extensions.Logging;

namespace Caudal.Engines.Sqlite;

static partial class SqliteLogEvents
{
    [LoggerMessage(2100, LogLevel.Error, "The log {Path} takes no writes: {Fault} Reads go on. It is tried again until it works.")]
    public static partial void WritesStopped(this ILogger logger, string path, string fault, Exception exception);

    [LoggerMessage(2101, LogLevel.Information, "The log {Path} takes writes again after {Attempts} attempts.")]
    public static partial void WritesResumed(this ILogger logger, string path, int attempts);

    [LoggerMessage(2102, LogLevel.Warning, "Appending to {Path} has been waiting for {Seconds} s: another process is writing to it.")]
    public static partial void WritesWait(this ILogger logger, string path, long seconds);

    [LoggerMessage(2103, LogLevel.Warning, "Reading the log {Path} failed and is tried again.")]
    public static partial void ReadFailed(this ILogger logger, string path, Exception exception);

    [LoggerMessage(2104, LogLevel.Information, "Group {Group} of topic {Topic} is consumed here now.")]
    public static partial void LeaseTaken(this ILogger logger, string topic, string group);

    [LoggerMessage(2105, LogLevel.Information, "Group {Group} of topic {Topic} is consumed by {Owner}; waiting for it to end.")]
    public static partial void LeaseHeld(this ILogger logger, string topic, string group, string owner);

    [LoggerMessage(2106, LogLevel.Warning, "Group {Group} of topic {Topic} was taken over by another consumer.")]
    public static partial void LeaseLost(this ILogger logger, string topic, string group);
}
