using Caudal.Transactions;

namespace Caudal.Log;

/// <summary>What a producer hands to the log.</summary>
/// <param name="Value">The bytes, kept exactly.</param>
/// <param name="Key">What must stay in order together (the debtor's account), or empty.</param>
public readonly record struct LogMessage(ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte> Key = default)
{
    static readonly IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> None = [];

    /// <summary>Names and bytes that travel beside the value, in order; most messages have none.</summary>
    public IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> Headers { get => field ?? None; init; }

    public ReadOnlyMemory<byte>? Header(string name)
    {
        foreach (var (key, bytes) in Headers)
            if (key == name)
                return bytes;
        return null;
    }
}

/// <summary>A message that the log holds durably.</summary>
public readonly record struct LogRecord(Position Position, Instant AppendedAt, LogMessage Message);

/// <summary>
/// Consecutive messages of one partition. <paramref name="NextOffset"/> is where reading goes on: one past the last record, or
/// further where the log has gaps.
/// </summary>
public sealed record LogBatch(LogPartition Partition, IReadOnlyList<LogRecord> Records, long NextOffset);

/// <summary>What an append made durable: its messages stand at consecutive offsets of <paramref name="Partition"/>, except on Kafka,
/// where <paramref name="FirstOffset"/> is null since a batch may spread over partitions.</summary>
public sealed record AppendReceipt(LogPartition Partition, long? FirstOffset, int Count);
