using System.Runtime.CompilerServices;
using Caudal.Log;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Caudal.Engines.Kafka;

/// <summary>
/// One member of a consumer group. Partitions come and go cooperatively: those that stay are read on meanwhile. Where each begins is
/// asked of whoever consumes, since the place is kept with the data; partitions that go wait until what was handed out of them is
/// committed. All that happens while the next batch is waited for, so the one who consumes is never asked two things at once.
/// </summary>
sealed class GroupConsumption(
    KafkaConnection connection, KafkaTopics topics, KnownStretches known, string topic, string group,
    Func<IReadOnlyList<LogPartition>, CancellationToken, ValueTask<Watermark>> resumeFrom, ILogger logger)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>How often it is looked whether the topic still is the one that is read.</summary>
    static readonly TimeSpan EpochCheckEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long the brokers hold a question back while there is nothing new; what comes is answered at once.</summary>
    static readonly TimeSpan FetchWait = TimeSpan.FromMilliseconds(250);

    readonly Fetching _fetching = new(known, connection.Options.ReadBytesMax);
    readonly object _turn = new();
    readonly Lock _committing = new();
    readonly Dictionary<int, long> _handedOut = [];
    readonly Dictionary<int, long> _committed = [];
    IConsumer<byte[]?, byte[]?>? _consumer;
    KafkaTopic _topic = null!;
    volatile bool _isEnding;

    public async IAsyncEnumerable<LogBatch> RunAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await topics.FindAsync(topic, cancellation) is not { } found || (_topic = found) is null)
            await Task.Delay(Pause, cancellation);
        var consumer = Build(cancellation);
        try
        {
            consumer.Subscribe(topic);
            _consumer = consumer;
            for (var isGone = IsGoneInAWhileAsync(cancellation); ;)
            {
                var batches = await TakeAsync(consumer, cancellation);
                if (isGone.IsCompleted)
                {
                    if (await isGone)
                        throw Gone();
                    isGone = IsGoneInAWhileAsync(cancellation);
                }
                foreach (var batch in batches)
                {
                    lock (_turn)
                        _handedOut[batch.Partition.Number] = batch.NextOffset;
                    yield return batch;
                }
            }
        }
        finally
        {
            _isEnding = true;
            lock (_committing)
                _consumer = null;
            // Leaving tells the group, which goes on without waiting for a sign of life.
            await Task.Run(() => Leave(consumer), CancellationToken.None);
        }
    }

    /// <summary>
    /// Commits as this member what it is reading, and returns what that leaves of it. Where a partition was taken away meanwhile its next
    /// reader commits, and nothing is left to do here.
    /// </summary>
    public Watermark Commit(Watermark next)
    {
        // Meanwhile the consumer is not closed; but it reads on.
        lock (_committing)
        {
            if (_consumer is null)
                return next;
            List<KeyValuePair<LogPartition, long>> own, ahead;
            lock (_turn)
            {
                own = [.. next.Partitions.Where(entry => entry.Key.Epoch == _topic.Epoch && _committed.ContainsKey(entry.Key.Number))];
                ahead = own.FindAll(entry => entry.Value > _committed[entry.Key.Number]);
            }
            try
            {
                if (ahead.Count > 0)
                    GroupPositions.Commit(
                        _consumer, ahead.Select(entry => new TopicPartitionOffset(topic, entry.Key.Number, entry.Value)));
            }
            catch (KafkaException)
            {
                // Advisory: the brokers are away, and what is committed when they are back says more. Reading goes on until then.
            }
            lock (_turn)
            {
                foreach (var (partition, offset) in ahead)
                    if (_committed.ContainsKey(partition.Number))
                        _committed[partition.Number] = offset;
                Monitor.PulseAll(_turn);
            }
            return own.Aggregate(next, (rest, entry) => rest.With(entry.Key, 0));
        }
    }

    IConsumer<byte[]?, byte[]?> Build(CancellationToken cancellation)
    {
        var config = ReaderPool.Configure(connection, FetchWait);
        config.GroupId = group;
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        config.SessionTimeoutMs = (int)connection.Options.SessionDuration.TotalMilliseconds;
        config.HeartbeatIntervalMs = config.SessionTimeoutMs / 5;
        return ReaderPool.Build(connection, config, builder => builder
            .SetPartitionsAssignedHandler((consumer, partitions) =>
                Begin(consumer, [.. partitions.Select(each => each.Partition.Value)], cancellation))
            .SetPartitionsRevokedHandler((_, partitions) => GiveUp([.. partitions.Select(each => each.Partition.Value)], cancellation))
            .SetPartitionsLostHandler((_, partitions) => Lose([.. partitions.Select(each => each.Partition.Value)])));
    }

    async Task<IReadOnlyList<LogBatch>> TakeAsync(IConsumer<byte[]?, byte[]?> consumer, CancellationToken cancellation)
    {
        try
        {
            return await _fetching.TakeAsync(consumer, cancellation);
        }
        catch (KafkaException fault)
        {
            await EnsureSameEpochAsync(cancellation);
            throw TopicReading.Explain(connection, topic, fault);
        }
    }

    /// <summary>The client calls this on the thread that waits for the next batch, and goes on only when it returns.</summary>
    List<TopicPartitionOffset> Begin(
        IConsumer<byte[]?, byte[]?> consumer, IReadOnlyList<int> partitions, CancellationToken cancellation)
    {
        if (partitions.Count == 0)
            return [];
        var begun = BeginAsync(partitions, cancellation).GetAwaiter().GetResult();
        // Where the group stands by its own word, so that it never moves back.
        var committed = GroupPositions.Read(consumer, _topic);
        lock (_turn)
            foreach (var partition in partitions)
                _committed[partition] = committed[_topic.Of(partition)];
        return begun;
    }

    async Task<List<TopicPartitionOffset>> BeginAsync(IReadOnlyList<int> partitions, CancellationToken cancellation)
    {
        _topic = await topics.FindAsync(topic, cancellation) ?? throw Gone();
        logger.PartitionsTaken(topic, group, string.Join(", ", partitions));
        var from = await resumeFrom([.. partitions.Select(_topic.Of)], cancellation);
        var (start, end) = await topics.MeasureAsync(_topic, cancellation);
        // Nothing of this topic was ever read: what was deleted before that is nobody's loss here.
        var isNew = from.Partitions.All(entry => entry.Key.Epoch != _topic.Epoch);
        var begun = new List<TopicPartitionOffset>();
        foreach (var partition in partitions.Select(_topic.Of))
        {
            var next = from[partition];
            if (isNew && next < start[partition])
                logger.BeginsLate(topic, partition.Number, next = start[partition]);
            TopicReading.EnsureHeld(topic, partition, next, start, end);
            _fetching.Begin(partition, next);
            lock (_turn)
                _handedOut.Remove(partition.Number);
            begun.Add(new(topic, partition.Number, next));
        }
        return begun;
    }

    void GiveUp(IReadOnlyList<int> partitions, CancellationToken cancellation)
    {
        if (_isEnding || partitions.Count == 0)
            return;
        var begun = TimeProvider.System.GetTimestamp();
        bool isDrained;
        lock (_turn)
            while (!(isDrained = IsDrained(partitions)) && !cancellation.IsCancellationRequested
                && TimeProvider.System.GetElapsedTime(begun) < connection.Options.DrainTimeMax)
                Monitor.Wait(_turn, Pause);
        if (isDrained)
            logger.PartitionsGiven(topic, group, string.Join(", ", partitions));
        else
            logger.PartitionsLost(string.Join(", ", partitions), topic);
        Drop(partitions);
    }

    void Lose(IReadOnlyList<int> partitions)
    {
        if (!_isEnding && partitions.Count > 0)
            logger.PartitionsLost(string.Join(", ", partitions), topic);
        Drop(partitions);
    }

    bool IsDrained(IReadOnlyList<int> partitions) => partitions.All(partition =>
        !_handedOut.TryGetValue(partition, out var next) || _committed.GetValueOrDefault(partition) >= next);

    void Drop(IReadOnlyList<int> partitions)
    {
        foreach (var partition in partitions)
        {
            _fetching.End(partition);
            lock (_turn)
            {
                _handedOut.Remove(partition);
                _committed.Remove(partition);
            }
        }
    }

    /// <summary>Looks a second later whether the topic is another by then. While the brokers are away nobody can tell.</summary>
    async Task<bool> IsGoneInAWhileAsync(CancellationToken cancellation)
    {
        await Task.Delay(EpochCheckEvery, cancellation);
        try
        {
            return (await topics.FindAsync(topic, cancellation))?.Epoch != _topic.Epoch;
        }
        catch (LogUnavailableException)
        {
            return false;
        }
    }

    async Task EnsureSameEpochAsync(CancellationToken cancellation)
    {
        if ((await topics.FindAsync(topic, cancellation))?.Epoch != _topic.Epoch)
            throw Gone();
    }

    /// <summary>Transient: whoever consumes begins again, and is told then whether the new topic may be gone on with.</summary>
    LogUnavailableException Gone() => new($"Topic {topic} was deleted, or made anew.", outcomeUnknown: false);

    static void Leave(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            consumer.Close();
        }
        catch (KafkaException)
        {
            // The brokers are away, and will miss its signs of life.
        }
        consumer.Dispose();
    }
}
