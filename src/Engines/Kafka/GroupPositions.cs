using Caudal.Log;
using Confluent.Kafka;

namespace Caudal.Engines.Kafka;

/// <summary>How far consumer groups have come, by what they have committed.</summary>
sealed class GroupPositions(KafkaConnection connection)
{
    /// <summary>Every group that has committed something of the topic, Caudal's or not.</summary>
    public async Task<IReadOnlyDictionary<string, Watermark>> ReadAllAsync(KafkaTopic topic, CancellationToken cancellation)
    {
        var listed = await connection.AskAsync(
            admin => admin.ListConsumerGroupsAsync(new() { RequestTimeout = KafkaConnection.AnswerTimeMax }), cancellation);
        var names = listed.Valid.Select(group => group.GroupId).ToList();
        var found = await Task.WhenAll(names.Select(name => ReadAsync(topic, name, cancellation)));
        return names.Zip(found).Where(each => !each.Second.Equals(Watermark.Zero)).ToDictionary(each => each.First, each => each.Second);
    }

    public async Task<Watermark> ReadAsync(KafkaTopic topic, string group, CancellationToken cancellation)
    {
        var found = await connection.AskAsync(
            admin => admin.ListConsumerGroupOffsetsAsync(
                [new(group, [.. topic.TopicPartitions])], new() { RequestTimeout = KafkaConnection.AnswerTimeMax }),
            cancellation);
        return found[0].Partitions.Where(each => !each.Error.IsError && each.Offset.Value > 0)
            .Aggregate(Watermark.Zero, (sum, each) => sum.With(topic.Of(each.Partition.Value), each.Offset.Value));
    }

    /// <summary>Commits for a group of which nobody here is a member; never back.</summary>
    public async Task CommitAsync(KafkaTopic topic, string group, Watermark next, CancellationToken cancellation)
    {
        var committed = await ReadAsync(topic, group, cancellation);
        var ahead = next.Partitions.Where(entry => entry.Key.Epoch == topic.Epoch && entry.Value > committed[entry.Key])
            .Select(entry => new TopicPartitionOffset(topic.Name, entry.Key.Number, entry.Value)).ToList();
        if (ahead.Count == 0)
            return;
        await connection.AskAsync(
            admin => admin.AlterConsumerGroupOffsetsAsync(
                [new(group, ahead)], new() { RequestTimeout = KafkaConnection.AnswerTimeMax }),
            cancellation);
    }
}
