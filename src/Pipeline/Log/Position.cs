namespace Caudal.Log;

/// <summary>
/// One ordered sequence of messages of a topic. The epoch names the topic's incarnation (Kafka's topic id, a random number in the
/// SQLite file), so that a topic that was made anew never meets the old one's offsets.
/// </summary>
public readonly record struct LogPartition(Guid Epoch, int Number) : IComparable<LogPartition>
{
    public int CompareTo(LogPartition other)
    {
        var byEpoch = Epoch.CompareTo(other.Epoch);
        return byEpoch != 0 ? byEpoch : Number.CompareTo(other.Number);
    }

    public static bool operator <(LogPartition left, LogPartition right) => left.CompareTo(right) < 0;

    public static bool operator >(LogPartition left, LogPartition right) => left.CompareTo(right) > 0;

    public static bool operator <=(LogPartition left, LogPartition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LogPartition left, LogPartition right) => left.CompareTo(right) >= 0;

    /// <summary><c>epoch/number</c>, the key of a <see cref="Watermark"/>'s JSON.</summary>
    public override string ToString() => $"{Epoch:D}/{Number}";

    public static LogPartition Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return new(Guid.Parse(text.AsSpan(0, slash)), int.Parse(text.AsSpan(slash + 1), System.Globalization.CultureInfo.InvariantCulture));
    }
}

/// <summary>Where one message stands in the log, for ever.</summary>
public readonly record struct Position(Guid Epoch, int Partition, long Offset) : IComparable<Position>
{
    public Position(LogPartition partition, long offset) : this(partition.Epoch, partition.Number, offset)
    {
    }

    public LogPartition LogPartition => new(Epoch, Partition);

    public int CompareTo(Position other)
    {
        var byPartition = LogPartition.CompareTo(other.LogPartition);
        return byPartition != 0 ? byPartition : Offset.CompareTo(other.Offset);
    }

    public static bool operator <(Position left, Position right) => left.CompareTo(right) < 0;

    public static bool operator >(Position left, Position right) => left.CompareTo(right) > 0;

    public static bool operator <=(Position left, Position right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Position left, Position right) => left.CompareTo(right) >= 0;

    /// <summary><c>epoch/partition/offset</c>: how a position is written for people, and a rejection's name.</summary>
    public override string ToString() => $"{Epoch:D}/{Partition}/{Offset}";

    public static Position Parse(string text)
    {
        var slash = text.LastIndexOf('/');
        if (slash < 0)
            throw new FormatException($"'{text}' is not a position; one is written epoch/partition/offset.");
        var offset = long.Parse(text.AsSpan(slash + 1), System.Globalization.CultureInfo.InvariantCulture);
        return new(LogPartition.Parse(text[..slash]), offset);
    }
}
