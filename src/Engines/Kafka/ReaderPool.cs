using System.Collections.Concurrent;
using Confluent.Kafka;

namespace Caudal.Engines.Kafka;

/// <summary>Consumers that read what they are told to, outside any group. Making one takes longer than a short reading does.</summary>
sealed class ReaderPool(KafkaConnection connection) : IDisposable
{
    const int KeptMax = 4;

    /// <summary>They read what is there: the brokers need not hold a question back until more comes.</summary>
    static readonly TimeSpan FetchWait = TimeSpan.FromMilliseconds(10);

    readonly ConcurrentBag<IConsumer<byte[]?, byte[]?>> _free = [];
    volatile bool _isDisposed;

    public IConsumer<byte[]?, byte[]?> Rent() =>
        _free.TryTake(out var consumer) ? consumer : Build(connection, Configure(connection, FetchWait));

    public void Return(IConsumer<byte[]?, byte[]?> consumer)
    {
        if (_isDisposed || _free.Count >= KeptMax)
        {
            consumer.Dispose();
            return;
        }
        consumer.Unassign();
        _free.Add(consumer);
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_free.TryTake(out var consumer))
            consumer.Dispose();
    }

    /// <summary>What readers in and outside groups share. Positions are ours: nothing is stored or committed by itself.</summary>
    public static ConsumerConfig Configure(KafkaConnection connection, TimeSpan fetchWait) => connection.Configure(new ConsumerConfig
    {
        // The client wants a name even where it joins no group.
        GroupId = "caudal-reader",
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        AutoOffsetReset = AutoOffsetReset.Error,
        IsolationLevel = IsolationLevel.ReadCommitted,
        EnablePartitionEof = true,
        CheckCrcs = true,
        FetchWaitMaxMs = (int)fetchWait.TotalMilliseconds,
        FetchQueueBackoffMs = 10,
        FetchErrorBackoffMs = 50,
        QueuedMaxMessagesKbytes = Math.Max(1_024, connection.Options.ReadAheadBytesMax / 1_024),
        MaxPollIntervalMs = 300_000,
    });

    public static IConsumer<byte[]?, byte[]?> Build(
        KafkaConnection connection, ConsumerConfig config, Action<ConsumerBuilder<byte[]?, byte[]?>>? rebalancing = null)
    {
        var builder = new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetKeyDeserializer(Bytes.Instance!).SetValueDeserializer(Bytes.Instance!)
            .SetLogHandler((_, message) => connection.Note(message)).SetErrorHandler((_, error) => connection.Note(error));
        rebalancing?.Invoke(builder);
        return builder.Build();
    }

    sealed class Bytes : IDeserializer<byte[]?>
    {
        public static readonly Bytes Instance = new();

        public byte[]? Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => isNull ? null : data.ToArray();
    }
}
