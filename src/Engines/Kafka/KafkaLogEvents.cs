using Microsoft.Extensions.Logging;

namespace Caudal.Engines.Kafka;

static partial class KafkaLogEvents
{
    [LoggerMessage(2200, LogLevel.Warning, "Kafka: {Fault}")]
    public static partial void ClientFault(this ILogger logger, string fault);

    [LoggerMessage(2201, LogLevel.Debug, "Kafka client: {Message}")]
    public static partial void ClientSaid(this ILogger logger, string message);

    [LoggerMessage(2202, LogLevel.Information, "Made topic {Topic}: {Partitions} partitions on {Replicas} brokers each")]
    public static partial void TopicMade(this ILogger logger, string topic, int partitions, int replicas);

    [LoggerMessage(2203, LogLevel.Warning, "{Caution}")]
    public static partial void TopicCaution(this ILogger logger, string caution);

    [LoggerMessage(2204, LogLevel.Information, "Group {Group} of topic {Topic} reads partitions {Partitions} here now")]
    public static partial void PartitionsTaken(this ILogger logger, string topic, string group, string partitions);

    [LoggerMessage(2205, LogLevel.Information, "Group {Group} of topic {Topic} reads partitions {Partitions} elsewhere now")]
    public static partial void PartitionsGiven(this ILogger logger, string topic, string group, string partitions);

    [LoggerMessage(2206, LogLevel.Warning,
        "Partitions {Partitions} of topic {Topic} were taken away before what was read of them was committed: it is read again elsewhere")]
    public static partial void PartitionsLost(this ILogger logger, string topic, string partitions);

    [LoggerMessage(2207, LogLevel.Warning,
        "Partition {Partition} of topic {Topic} begins at {Start}: what stood there before was deleted before it was ever read here")]
    public static partial void BeginsLate(this ILogger logger, string topic, int partition, long start);

    [LoggerMessage(2208, LogLevel.Warning, "Settled messages of topic {Topic} were not deleted: {Reason}")]
    public static partial void NotDeleted(this ILogger logger, string topic, string reason);
}
