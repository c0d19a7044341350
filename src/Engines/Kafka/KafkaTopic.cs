using System.Buffers.Binary;
using System.Globalization;
using Caudal.Log;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Caudal.Engines.Kafka;

/// <summary>A topic as the brokers describe it. Its id is the epoch: a topic that is made anew is another one.</summary>
sealed record KafkaTopic(string Name, Guid Epoch, IReadOnlyList<TopicPartitionInfo> Parts)
{
    public IEnumerable<LogPartition> Partitions => Parts.Select(part => Of(part.Partition));

    public IEnumerable<TopicPartition> TopicPartitions => Parts.Select(part => new TopicPartition(Name, part.Partition));

    public int Replicas => Parts.Min(part => part.Replicas.Count);

    public LogPartition Of(int number) => new(Epoch, number);

    public static KafkaTopic Of(TopicDescription description)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, description.TopicId.MostSignificantBits);
        BinaryPrimitives.WriteInt64BigEndian(id[8..], description.TopicId.LeastSignificantBits);
        return new(
            description.Name, new(id, bigEndian: true), [.. description.Partitions.OrderBy(part => part.Partition)]);
    }

    /// <summary>Why an append would be refused now, or null.</summary>
    public string? WriteFault(TopicConfig config)
    {
        foreach (var part in Parts)
            if (part.Leader is null || part.Leader.Id < 0)
                return $"No broker leads partition {part.Partition} of topic {Name}: bring its brokers back.";
            else if (part.ISR.Count < config.InSyncReplicasMin)
                return $"Partition {part.Partition} of topic {Name} has {part.ISR.Count} in-sync replicas and needs "
                    + $"{config.InSyncReplicasMin}: bring its brokers back.";
        return null;
    }
}

/// <summary>What a topic is set to. <see cref="IsKnown"/> is false where the brokers do not let us look.</summary>
sealed record TopicConfig(
    bool IsKnown, int InSyncReplicasMin, bool IsCompacted, bool HasAppendTime, TimeSpan? Retention, long? RetentionBytes)
{
    public static readonly TopicConfig Unknown = new(false, 1, false, false, null, null);

    public static TopicConfig Of(IReadOnlyDictionary<string, ConfigEntryResult> entries)
    {
        var (time, bytes) = (Number("retention.ms"), Number("retention.bytes"));
        return new(
            true, (int)Number("min.insync.replicas"),
            entries["cleanup.policy"].Value.Contains("compact", StringComparison.Ordinal),
            entries["message.timestamp.type"].Value == "LogAppendTime",
            time < 0 || time > (long)TimeSpan.MaxValue.TotalMilliseconds ? null : TimeSpan.FromMilliseconds(time),
            bytes < 0 ? null : bytes);

        long Number(string name) => long.Parse(entries[name].Value, CultureInfo.InvariantCulture);
    }
}
