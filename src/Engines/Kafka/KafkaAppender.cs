using Caudal.Log;
using Confluent.Kafka;
using LogMessage = Caudal.Log.LogMessage;

namespace Caudal.Engines.Kafka;

/// <summary>
/// Appends through one idempotent producer: an acknowledgement is that of every message, by all in-sync replicas. The messages of an
/// append go in order and without others between them, partition by partition; that is no transaction, so of one that fails some may stay.
/// </summary>
sealed class KafkaAppender : IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    /// <summary>The most bytes of one request; brokers take 1 MiB unless they are told otherwise.</summary>
    const int RequestBytesMax = 1_000_000;

    const int QueueMessagesMax = 500_000;

    readonly KafkaConnection _connection;
    readonly KafkaTopics _topics;
    readonly SemaphoreSlim _turn = new(1);
    IProducer<byte[]?, byte[]> _producer;
    volatile bool _isBroken;

    public KafkaAppender(KafkaConnection connection, KafkaTopics topics)
    {
        (_connection, _topics) = (connection, topics);
        _producer = Build();
    }

    public async ValueTask<AppendReceipt> AppendAsync(
        string topic, IReadOnlyList<LogMessage> messages, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var made = await _topics.NeedAsync(topic, cancellation);
        if (messages.Count > 0)
            // Whoever cancels abandons the wait: what is begun is sent to its end.
            await SendAsync(topic, messages).WaitAsync(cancellation);
        return new(made.Of(0), FirstOffset: null, messages.Count);
    }

    public void Dispose()
    {
        _producer.Flush(_connection.Options.AppendTimeMax);
        _producer.Dispose();
        _turn.Dispose();
    }

    async Task SendAsync(string topic, IReadOnlyList<LogMessage> messages)
    {
        var delivery = new Delivery(messages.Count);
        await _turn.WaitAsync();
        try
        {
            if (_isBroken)
                Renew();
            for (var index = 0; index < messages.Count; index++)
                await EnqueueAsync(topic, KafkaMessages.ToKafka(messages[index]), delivery);
        }
        catch (ProduceException<byte[]?, byte[]> refused)
        {
            delivery.Abandon(refused.Error);
        }
        finally
        {
            _turn.Release();
        }
        if (await delivery.Done is not { } fault)
            return;
        if (fault.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition)
            _topics.Forget(topic);
        throw _connection.Explain(fault, delivery.MayHaveStayed);
    }

    async ValueTask EnqueueAsync(string topic, Message<byte[]?, byte[]> message, Delivery delivery)
    {
        while (true)
        {
            try
            {
                _producer.Produce(topic, message, delivery.Report);
                delivery.Sent();
                return;
            }
            catch (ProduceException<byte[]?, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
            }
            await Task.Delay(Pause);
        }
    }

    /// <summary>A producer that the brokers have fenced, or that lost its sequence, never sends again: another takes its place.</summary>
    void Renew()
    {
        _producer.Dispose();
        _producer = Build();
        _isBroken = false;
    }

    IProducer<byte[]?, byte[]> Build() => new ProducerBuilder<byte[]?, byte[]>(_connection.Configure(new ProducerConfig
    {
        Acks = Acks.All,
        EnableIdempotence = true,
        Partitioner = Partitioner.Murmur2Random,
        CompressionType = CompressionType.Lz4,
        LingerMs = 5,
        MessageTimeoutMs = (int)_connection.Options.AppendTimeMax.TotalMilliseconds,
        RequestTimeoutMs = (int)_connection.Options.AppendTimeMax.TotalMilliseconds,
        MessageMaxBytes = RequestBytesMax,
        QueueBufferingMaxMessages = QueueMessagesMax,
        QueueBufferingMaxKbytes = Math.Max(1_024, _connection.Options.QueueBytesMax / 1_024),
        DeliveryReportFields = "status",
    }))
        .SetLogHandler((_, message) => _connection.Note(message))
        .SetErrorHandler((_, error) =>
        {
            _connection.Note(error);
            _isBroken |= error.IsFatal;
        })
        .Build();

    /// <summary>What has become of the messages of one append. The reports come from the client's own thread.</summary>
    sealed class Delivery
    {
        readonly TaskCompletionSource<Error?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly int _messages;
        int _outstanding;
        int _sent;
        Error? _fault;
        volatile bool _mayHaveStayed;

        public Delivery(int messages)
        {
            (_messages, _outstanding) = (messages, messages);
            Report = Take;
        }

        /// <summary>One for all messages.</summary>
        public Action<DeliveryReport<byte[]?, byte[]>> Report { get; }

        /// <summary>The first fault, or null where all are durable.</summary>
        public Task<Error?> Done => _done.Task;

        /// <summary>True where some of them are durable, or may be.</summary>
        public bool MayHaveStayed => _mayHaveStayed;

        public void Sent() => _sent++;

        /// <summary>Those that were not sent yet never will be.</summary>
        public void Abandon(Error fault)
        {
            Interlocked.CompareExchange(ref _fault, fault, null);
            Count(_messages - _sent);
        }

        void Take(DeliveryReport<byte[]?, byte[]> report)
        {
            if (report.Error.IsError)
                Interlocked.CompareExchange(ref _fault, report.Error, null);
            if (report.Status != PersistenceStatus.NotPersisted)
                _mayHaveStayed = true;
            Count(1);
        }

        void Count(int messages)
        {
            if (Interlocked.Add(ref _outstanding, -messages) == 0)
                _done.TrySetResult(_fault);
        }
    }
}
