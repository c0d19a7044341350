using System.Threading.Channels;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Extensions.Logging;

namespace Caudal.Auditing;

/// <summary>
/// The topic <c>&lt;topic&gt;.events</c>: the program's warnings, errors and alarms. As a logger it never waits: they go into a bounded
/// queue, and what finds it full is counted and told once there is room again. <see cref="RunAsync"/> carries the queue into the log.
/// </summary>
public sealed class EventRecord(TimeProvider time) : ILoggerProvider
{
    const int QueueMax = 4_096;
    const int AppendRecordsMax = 256;
    const int MessageLengthMax = 1_000;
    const int DroppedId = 700;

    /// <summary>How long it is kept waiting by a log that takes no writes, before it tries again.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    readonly Channel<EventEntry> _queue = Channel.CreateBounded<EventEntry>(QueueMax);
    long _dropped;

    /// <summary>How many found the queue full and were not told of yet.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>The topic that holds a topic's events.</summary>
    public static string TopicOf(string topic) => $"{topic}.events";

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>Appends what is logged until it is cancelled, then what is left once more.</summary>
    public async Task RunAsync(ITransactionLog log, string topic, CancellationToken cancellation)
    {
        var entries = TopicIn(log, topic);
        var stopped = false;
        while (!stopped)
        {
            try
            {
                await _queue.Reader.WaitToReadAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                stopped = true;
            }
            while (Take() is { Count: > 0 } batch)
                if (!await TryAppendAsync(entries, batch, stopped, cancellation))
                    break;
        }
    }

    /// <summary>The newest events that the filter names, at least as serious as the level, newest first.</summary>
    public static ValueTask<IReadOnlyList<EventEntry>> ReadAsync(
        ITransactionLog log, string topic, EventLevel level, RecordFilter filter, CancellationToken cancellation) =>
        TopicIn(log, topic).ReadAsync(
            filter.From, entry => entry.Level >= level && filter.Takes(entry.Time, entry.Category, entry.Message, entry.Fault),
            filter.Limit, cancellation);

    public static ValueTask ForgetAsync(ITransactionLog log, string topic, Instant before, CancellationToken cancellation) =>
        TopicIn(log, topic).TrimAsync(before, cancellation);

    public void Dispose() => _queue.Writer.TryComplete();

    static RecordTopic<EventEntry> TopicIn(ITransactionLog log, string topic) =>
        new(log, TopicOf(topic), RecordJson.Default.VersionedEventEntry);

    List<EventEntry> Take()
    {
        List<EventEntry> batch = [];
        while (batch.Count < AppendRecordsMax && _queue.Reader.TryRead(out var entry))
            batch.Add(entry);
        if (batch.Count > 0 && Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
            batch.Add(new(Instant.Now(time), EventLevel.Warning, DroppedId, typeof(EventRecord).FullName!,
                $"{dropped} events came faster than they could be kept and are not here; the process's own log has them.", null));
        return batch;
    }

    /// <summary>Tries until it is told to stop: a log that takes no writes is just what events are about.</summary>
    static async Task<bool> TryAppendAsync(
        RecordTopic<EventEntry> entries, List<EventEntry> batch, bool onlyOnce, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await entries.AppendAsync(batch, CancellationToken.None);
                return true;
            }
            catch (Exception) when (onlyOnce || cancellation.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception)
            {
                await Task.Delay(Pause, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    void Note(EventEntry entry)
    {
        if (!_queue.Writer.TryWrite(entry))
            Interlocked.Increment(ref _dropped);
    }

    sealed class Logger(EventRecord record, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var level = logLevel switch
            {
                LogLevel.Critical => EventLevel.Critical,
                LogLevel.Error => EventLevel.Error,
                _ => EventLevel.Warning,
            };
            var message = formatter(state, exception);
            record.Note(new(
                Instant.Now(record.Time), level, eventId.Id, category,
                message.Length <= MessageLengthMax ? message : message[..MessageLengthMax], exception?.GetType().Name));
        }
    }

    TimeProvider Time => time;
}
