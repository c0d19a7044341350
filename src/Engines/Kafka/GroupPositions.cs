using System.Collections.Concurrent;
using Caudal.Log;
using Confluent.Kafka;

namespace Caudal.Engines.Kafka;

/// <summary>
/// How far consumer groups have come, by what they have committed. Asked through a consumer of the group's name that never joins it, since
/// the client's administrative calls to a group's coordinator abort the whole process where a connection breaks under them
/// (librdkafka issue 4605).
/// </summary>
sealed class GroupPositions(KafkaConnection connection) : IDisposable
{
    /// <summary>How long a group's coordinator may take to answer where its answer is only shown.</summary>
    static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<string, Lazy<IConsumer<byte[]?, byte[]?>>> _own = new();

    /// <summary>The groups that are known here.</summary>
    public IReadOnlyList<string> Known => [.. _own.Keys.Where(group => !ReadMarks.IsMark(group))];

    /// <summary>From now on it is among the groups that are asked for.</summary>
    public void Know(string group) => Own(group);

    /// <summary>
    /// The groups that are known here and have committed something of the topic. One whose coordinator does not answer now is left out.
    /// </summary>
    public Task<IReadOnlyDictionary<string, Watermark>> ReadOwnAsync(KafkaTopic topic, CancellationToken cancellation) => AskAsync(
        () =>
        {
            var found = new Dictionary<string, Watermark>();
            foreach (var group in Known)
                if (TryRead(Own(group), topic) is { } place && !place.Equals(Watermark.Zero))
                    found[group] = place;
            return (IReadOnlyDictionary<string, Watermark>)found;
        },
        cancellation);

    /// <summary>
    /// The watermark, drawn back to what every group has read that has committed something of the topic, ours or not. Where a broker does
    /// not list its groups now, nobody knows which they are, and that is a fault.
    /// </summary>
    /// <remarks>
    /// Not asked by ListConsumerGroups: where a broker answers that with an error (a coordinator that is still loading), librdkafka 2.16
    /// frees the error twice and ends the process.
    /// </remarks>
    public async Task<Watermark> NearestAsync(KafkaTopic topic, Watermark watermark, CancellationToken cancellation)
    {
        var listed = await connection.AskAsync(
            admin => Task.Run(() => admin.ListGroups(KafkaConnection.AnswerTimeMax), cancellation), cancellation);
        return await AskAsync(
            () =>
            {
                foreach (var group in listed.Select(each => each.Group).Where(group => !ReadMarks.IsMark(group)))
                {
                    cancellation.ThrowIfCancellationRequested();
                    var place = _own.TryGetValue(group, out var own) ? Read(own.Value, topic) : ReadOnce(topic, group);
                    if (!place.Equals(Watermark.Zero))
                        watermark = watermark.Nearest(place);
                }
                return watermark;
            },
            cancellation);
    }

    /// <summary>How far one group has come.</summary>
    public Task<Watermark> ReadAsync(KafkaTopic topic, string group, CancellationToken cancellation) =>
        AskAsync(() => Read(Own(group), topic), cancellation);

    /// <summary>Commits for a group of which nobody here is a member; never back. Where others are, it is theirs to say.</summary>
    public Task CommitAsync(KafkaTopic topic, string group, Watermark next, CancellationToken cancellation) => AskAsync(
        () =>
        {
            var consumer = Own(group);
            var committed = Read(consumer, topic);
            var ahead = next.Partitions.Where(entry => entry.Key.Epoch == topic.Epoch && entry.Value > committed[entry.Key])
                .Select(entry => new TopicPartitionOffset(topic.Name, entry.Key.Number, entry.Value)).ToList();
            if (ahead.Count > 0)
                Commit(consumer, ahead);
            return true;
        },
        cancellation);

    /// <summary>What the group has committed, asked by a consumer of its name.</summary>
    public static Watermark Read(IConsumer<byte[]?, byte[]?> consumer, KafkaTopic topic, TimeSpan? timeMax = null) =>
        consumer.Committed(topic.TopicPartitions, timeMax ?? KafkaConnection.AnswerTimeMax).Where(each => each.Offset.Value > 0)
            .Aggregate(Watermark.Zero, (sum, each) => sum.With(topic.Of(each.Partition.Value), each.Offset.Value));

    /// <summary>Advisory: who is no member any more has nothing to say, and what is said while members change is said again.</summary>
    public static void Commit(IConsumer<byte[]?, byte[]?> consumer, IEnumerable<TopicPartitionOffset> offsets)
    {
        try
        {
            consumer.Commit(offsets);
        }
        catch (KafkaException moved) when (moved.Error.Code is ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId
            or ErrorCode.RebalanceInProgress or ErrorCode.Local_State or ErrorCode.FencedInstanceId)
        {
        }
    }

    public void Dispose()
    {
        foreach (var consumer in _own.Values)
            consumer.Value.Dispose();
    }

    static Watermark? TryRead(IConsumer<byte[]?, byte[]?> consumer, KafkaTopic topic)
    {
        try
        {
            return Read(consumer, topic, Glance);
        }
        catch (KafkaException)
        {
            return null;
        }
    }

    Watermark ReadOnce(KafkaTopic topic, string group)
    {
        using var consumer = Open(group);
        return Read(consumer, topic);
    }

    IConsumer<byte[]?, byte[]?> Own(string group) => _own.GetOrAdd(group, name => new(() => Open(name))).Value;

    IConsumer<byte[]?, byte[]?> Open(string group)
    {
        var config = ReaderPool.Configure(connection, fetchWait: Glance);
        config.GroupId = group;
        return ReaderPool.Build(connection, config);
    }

    /// <summary>The client's calls block their thread.</summary>
    async Task<T> AskAsync<T>(Func<T> question, CancellationToken cancellation)
    {
        try
        {
            return await Task.Run(question, cancellation);
        }
        catch (KafkaException fault)
        {
            throw connection.Explain(fault.Error, outcomeUnknown: false, fault);
        }
    }
}
