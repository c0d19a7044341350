using System.Globalization;
using Confluent.Kafka;

namespace Caudal.Engines.Kafka;

/// <summary>What a topic must be so that the log's promises hold on it: what it is made with, and what it is refused for.</summary>
static class TopicRules
{
    public static Dictionary<string, string> ConfigsOf(KafkaLogOptions options) => new()
    {
        ["cleanup.policy"] = "delete",
        ["message.timestamp.type"] = "LogAppendTime",
        ["min.insync.replicas"] = options.InSyncReplicasMin.ToString(CultureInfo.InvariantCulture),
        ["unclean.leader.election.enable"] = "false",
        ["retention.ms"] = options.Retention is { } time ? ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) : "-1",
        ["retention.bytes"] = "-1",
    };

    /// <summary>Why the topic is refused, with what to do; null where it will do.</summary>
    public static string? Broken(KafkaTopic topic, TopicConfig config, KafkaLogOptions options)
    {
        if (topic.Epoch == Guid.Empty)
            return "These brokers give topics no id: Caudal needs Kafka 2.8 or newer.";
        if (topic.Parts.Count < options.Partitions)
            return $"Topic {topic.Name} has {Count(topic.Parts.Count, "partition")}, fewer than Kafka:Partitions = {options.Partitions}: "
                + "add partitions to it, or set Kafka:Partitions lower.";
        if (topic.Replicas < options.ReplicationFactor)
            return $"Topic {topic.Name} has {Count(topic.Replicas, "replica")} a partition, fewer than Kafka:ReplicationFactor = "
                + $"{options.ReplicationFactor}: give it more replicas, or set Kafka:ReplicationFactor lower.";
        if (!config.IsKnown)
            return null;
        if (config.InSyncReplicasMin < options.InSyncReplicasMin)
            return $"Topic {topic.Name} acknowledges what {Count(config.InSyncReplicasMin, "replica")} has, fewer than "
                + $"Kafka:InSyncReplicasMin = {options.InSyncReplicasMin}: set its min.insync.replicas higher, or the setting lower.";
        return config.IsCompacted
            ? $"Topic {topic.Name} is compacted, which deletes transactions that share a key: set its cleanup.policy to delete."
            : null;
    }

    /// <summary>What may go wrong with the topic later.</summary>
    public static IEnumerable<string> Cautions(KafkaTopic topic, TopicConfig config)
    {
        if (!config.IsKnown)
            yield return $"Kafka:User may not look at the settings of topic {topic.Name}, so its retention is not checked.";
        if (RetentionCaution(topic.Name, config) is { } retention)
            yield return retention;
        if (config is { IsKnown: true, HasAppendTime: false })
            yield return $"Topic {topic.Name} keeps the times that producers give: runs cannot end at a time or a day, only at what was "
                + "ingested. Set its message.timestamp.type to LogAppendTime.";
    }

    /// <summary>Said at start and in <c>status</c> where the topic may forget what no run has settled.</summary>
    public static string? RetentionCaution(string topic, TopicConfig config) => config switch
    {
        { Retention: { } time } =>
            $"Topic {topic} deletes what is older than {time}, settled or not: what no run has settled by then is lost. "
            + "Run the batch more often than that, or set retention.ms to -1.",
        { RetentionBytes: { } bytes } =>
            $"Topic {topic} deletes what exceeds {bytes} bytes a partition, settled or not: what no run has settled by then is lost. "
            + "Set retention.bytes to -1.",
        _ => null,
    };

    public static string WhyNotMade(Error error, KafkaLogOptions options) => error.Code switch
    {
        ErrorCode.InvalidReplicationFactor =>
            $"there are fewer brokers than Kafka:ReplicationFactor = {options.ReplicationFactor}. Start the others, or set it lower "
            + "(and Kafka:InSyncReplicasMin with it).",
        ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
            "Kafka:User may not make topics. Let it, or have it made by someone who may.",
        _ => error.Reason,
    };

    static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
