using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Caudal.Log;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Caudal.Engines.Kafka;

/// <summary>Finds, makes and checks topics, and asks where they begin and end.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing to dispose of.")]
sealed class KafkaTopics(KafkaConnection connection, ILogger logger)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan ConfigAge = TimeSpan.FromMinutes(1);

    readonly ConcurrentDictionary<string, KafkaTopic> _ready = new();
    readonly ConcurrentDictionary<Guid, (TopicConfig Config, long At)> _configs = new();
    readonly SemaphoreSlim _making = new(1);

    KafkaLogOptions Options => connection.Options;

    /// <summary>The topic as it is now, or null where there is none. One that was not seen before is checked.</summary>
    public async Task<KafkaTopic?> FindAsync(string name, CancellationToken cancellation)
    {
        try
        {
            var found = await connection.AskAsync(
                admin => admin.DescribeTopicsAsync(
                    TopicCollection.OfTopicNames([name]), new() { RequestTimeout = KafkaConnection.AnswerTimeMax }),
                cancellation);
            var topic = KafkaTopic.Of(found.TopicDescriptions[0]);
            if (topic.Parts.Count == 0)
                return null;
            await CheckOnceAsync(topic, cancellation);
            return topic;
        }
        catch (LogUnavailableException fault) when (fault.InnerException is DescribeTopicsException { Results: var results }
            && results.TopicDescriptions.All(each => each.Error.Code == ErrorCode.UnknownTopicOrPart))
        {
            return null;
        }
    }

    /// <summary>The topic, made where there is none. Asked once a process, until <see cref="Forget"/>.</summary>
    public async ValueTask<KafkaTopic> NeedAsync(string name, CancellationToken cancellation)
    {
        if (_ready.TryGetValue(name, out var ready))
            return ready;
        await _making.WaitAsync(cancellation);
        try
        {
            var topic = await FindAsync(name, cancellation) ?? await MakeAsync(name, cancellation);
            return _ready[name] = topic;
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>The topic is gone, or another by now.</summary>
    public void Forget(string name) => _ready.TryRemove(name, out _);

    /// <summary>The first offsets that are kept and the next ones to be written that a reader may see.</summary>
    public async Task<(Watermark Start, Watermark End)> MeasureAsync(KafkaTopic topic, CancellationToken cancellation)
    {
        var start = OffsetsAsync(topic, OffsetSpec.Earliest(), cancellation);
        var end = OffsetsAsync(topic, OffsetSpec.Latest(), cancellation);
        return (ToWatermark(topic, await start), ToWatermark(topic, await end));
    }

    /// <summary>For each partition the first message of a moment or later; the end where there is none.</summary>
    public async Task<Watermark> FindAsync(KafkaTopic topic, long millisecond, CancellationToken cancellation)
    {
        // The end first: what is appended meanwhile may be earlier than the moment, but is not claimed to be.
        var (_, end) = await MeasureAsync(topic, cancellation);
        var found = await OffsetsAsync(topic, OffsetSpec.ForTimestamp(millisecond), cancellation);
        return found.Aggregate(Watermark.Zero, (sum, entry) => sum.With(
            topic.Of(entry.Key), entry.Value < 0 ? end[topic.Of(entry.Key)] : Math.Min(entry.Value, end[topic.Of(entry.Key)])));
    }

    /// <summary>What the topic is set to now.</summary>
    public async Task<TopicConfig> ConfigOfAsync(KafkaTopic topic, CancellationToken cancellation)
    {
        try
        {
            var found = await connection.AskAsync(
                admin => admin.DescribeConfigsAsync(
                    [new() { Type = ResourceType.Topic, Name = topic.Name }], new() { RequestTimeout = KafkaConnection.AnswerTimeMax }),
                cancellation);
            return Know(topic, TopicConfig.Of(found[0].Entries));
        }
        catch (LogUnavailableException fault) when (fault.InnerException is DescribeConfigsException { Results: var results }
            && results.All(each => each.Error.Code is ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed))
        {
            return Know(topic, TopicConfig.Unknown);
        }
    }

    /// <summary>What the topic was set to a minute ago or less.</summary>
    public async ValueTask<TopicConfig> KnownConfigOfAsync(KafkaTopic topic, CancellationToken cancellation) =>
        _configs.TryGetValue(topic.Epoch, out var known) && TimeProvider.System.GetElapsedTime(known.At) < ConfigAge
            ? known.Config
            : await ConfigOfAsync(topic, cancellation);

    TopicConfig Know(KafkaTopic topic, TopicConfig config)
    {
        _configs[topic.Epoch] = (config, TimeProvider.System.GetTimestamp());
        return config;
    }

    async ValueTask CheckOnceAsync(KafkaTopic topic, CancellationToken cancellation)
    {
        if (_configs.ContainsKey(topic.Epoch))
            return;
        var config = await ConfigOfAsync(topic, cancellation);
        if (TopicRules.Broken(topic, config, Options) is { } broken)
        {
            _configs.TryRemove(topic.Epoch, out _);
            throw new LogUnavailableException(broken, outcomeUnknown: false);
        }
        foreach (var caution in TopicRules.Cautions(topic, config))
            logger.TopicCaution(caution);
    }

    async Task<KafkaTopic> MakeAsync(string name, CancellationToken cancellation)
    {
        var specification = new TopicSpecification
        {
            Name = name, NumPartitions = Options.Partitions, ReplicationFactor = (short)Options.ReplicationFactor,
            Configs = TopicRules.ConfigsOf(Options),
        };
        try
        {
            await connection.AskAsync(
                async admin =>
                {
                    await admin.CreateTopicsAsync([specification], new() { OperationTimeout = KafkaConnection.AnswerTimeMax });
                    return true;
                },
                cancellation);
            logger.TopicMade(name, Options.Partitions, Options.ReplicationFactor);
        }
        catch (LogUnavailableException refused) when (refused.InnerException is CreateTopicsException { Results: [var result] })
        {
            if (result.Error.Code != ErrorCode.TopicAlreadyExists)
                throw new LogUnavailableException(
                    $"Topic {name} cannot be made: {TopicRules.WhyNotMade(result.Error, Options)}", outcomeUnknown: false, refused);
        }
        // The brokers tell one another about it, and then us.
        while (true)
        {
            if (await FindAsync(name, cancellation) is { } made && made.Parts.All(part => part.Leader is { Id: >= 0 }))
                return made;
            await Task.Delay(Pause, cancellation);
        }
    }

    async Task<Dictionary<int, long>> OffsetsAsync(KafkaTopic topic, OffsetSpec spec, CancellationToken cancellation)
    {
        var found = await connection.AskAsync(
            admin => admin.ListOffsetsAsync(
                topic.TopicPartitions.Select(partition => new TopicPartitionOffsetSpec { TopicPartition = partition, OffsetSpec = spec }),
                new() { RequestTimeout = KafkaConnection.AnswerTimeMax, IsolationLevel = IsolationLevel.ReadCommitted }),
            cancellation);
        return found.ResultInfos.Select(info => info.TopicPartitionOffsetError)
            .ToDictionary(each => each.Partition.Value, each => each.Offset.Value);
    }

    static Watermark ToWatermark(KafkaTopic topic, Dictionary<int, long> offsets) =>
        offsets.Aggregate(Watermark.Zero, (sum, entry) => sum.With(topic.Of(entry.Key), Math.Max(0, entry.Value)));
}
