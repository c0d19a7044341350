using Caudal.Transactions;

namespace Caudal.Log;

/// <summary>
/// The ordered, durable record of truth until history has archived it. Engines: SQLite, Kafka.
/// <para>All members may be called in parallel from any thread. None retries for the caller, except that reading goes on by itself
/// after a transient fault. Cancelling an append abandons the wait, not the write: its outcome is then unknown to the caller.</para>
/// </summary>
public interface ITransactionLog : IAsyncDisposable
{
    /// <summary>
    /// Appends the messages in order as one unit and returns when they are durable (fsynced, or acknowledged by all in-sync replicas).
    /// Waits while the log is busy: a full queue blocks, nothing is dropped. Makes the topic if it is not there.
    /// </summary>
    /// <exception cref="LogUnavailableException">
    /// Nothing was written, or it is unknown whether it was (<see cref="LogUnavailableException.OutcomeUnknown"/>). The caller may send
    /// the same again; only an id or a key makes that safe. Also where the topic is held: see <see cref="HoldAsync"/>.
    /// </exception>
    ValueTask<AppendReceipt> AppendAsync(string topic, IReadOnlyList<LogMessage> messages, CancellationToken cancellation);

    /// <summary>
    /// Streams what is durable from <paramref name="from"/> on, in order per partition. Ends at the end that the log had when
    /// called, or with <paramref name="follow"/> goes on waiting for more, noticed within 5 ms on SQLite. Never shows what a crash
    /// could take back.
    /// </summary>
    /// <exception cref="LogTruncatedException">The log no longer holds <paramref name="from"/>, or ends before it.</exception>
    IAsyncEnumerable<LogBatch> ReadAsync(string topic, Watermark from, bool follow, CancellationToken cancellation);

    /// <summary>
    /// As <see cref="ReadAsync"/> with follow, as a member of a consumer group: takes a lease on partitions, asks
    /// <paramref name="resumeFrom"/> where to begin whenever partitions are assigned, and streams those only. Blocks until a lease is free.
    /// Before partitions are taken away the stream waits for the batches it handed out to be committed.
    /// </summary>
    IAsyncEnumerable<LogBatch> ConsumeAsync(
        string topic, string group, Func<IReadOnlyList<LogPartition>, CancellationToken, ValueTask<Watermark>> resumeFrom,
        CancellationToken cancellation);

    /// <summary>Notes how far a group has come. Advisory: where the data lives decides. Durable on return; never moves back.</summary>
    ValueTask CommitAsync(string topic, string group, Watermark next, CancellationToken cancellation);

    /// <summary>The topic's extent now, or the extent of an empty topic where none was made yet.</summary>
    ValueTask<TopicState> DescribeAsync(string topic, CancellationToken cancellation);

    /// <summary>How many messages lie in the range: counted, where offsets may have gaps.</summary>
    ValueTask<long> CountAsync(string topic, PositionRange range, CancellationToken cancellation);

    /// <summary>The watermark before which every message was appended earlier than a moment, by the log's own clock.</summary>
    /// <exception cref="LogUnsupportedException">The log keeps no such clock: on Kafka, for a topic without LogAppendTime.</exception>
    ValueTask<Watermark> FindAsync(string topic, Instant moment, CancellationToken cancellation);

    /// <summary>Forgets what lies before <paramref name="before"/>, but never what a group has yet to read. May keep more.</summary>
    ValueTask TrimAsync(string topic, Watermark before, CancellationToken cancellation);

    /// <summary>
    /// Holds the topic: every later append to it, by whichever process, is refused with <paramref name="why"/>, until it is let go with
    /// null or goes on under a new epoch. For a log that is not the one that was read: what is appended to it would stand at positions that
    /// were given before. Durable on return. An engine that names its epochs itself gives no position twice, and has nothing to hold.
    /// </summary>
    ValueTask HoldAsync(string topic, string? why, CancellationToken cancellation);

    /// <summary>
    /// Goes on under a new random epoch after the log was restored from a backup older than what was read from it. Called for an operator
    /// only, since it accepts a loss: from now on the topic's messages stand in the new epoch, whose offsets begin at 0, so that no two
    /// ever share a position. The epochs before it are closed; they are read before it, and keep what they still hold. What
    /// <paramref name="taken"/> covers beyond their ends was there once: it is counted, described as <see cref="TopicState.Lost"/>, and
    /// passed over by readers. Durable on return; each call begins another epoch. Returns the new one.
    /// </summary>
    /// <exception cref="LogUnsupportedException">The engine names its epochs itself: on Kafka, a topic made anew is a new one.</exception>
    ValueTask<LogPartition> NewEpochAsync(string topic, Watermark taken, CancellationToken cancellation);
}

/// <summary>What a topic holds.</summary>
/// <param name="Start">The first offset still kept, per partition.</param>
/// <param name="End">The next offset to be written, per partition.</param>
/// <param name="Groups">How far each consumer group says it has come; on Kafka those that this process works for.</param>
/// <param name="WriteFault">Null while appends work; otherwise why they are refused, for readiness to show. Reads go on.</param>
public sealed record TopicState(Watermark Start, Watermark End, IReadOnlyDictionary<string, Watermark> Groups, string? WriteFault)
{
    /// <summary>All that it has, those without messages too: what <see cref="End"/> does not name may be empty or unknown.</summary>
    public IReadOnlyList<LogPartition> Partitions { get; init; } = [];

    /// <summary>What may go wrong with the topic later, for <c>status</c> to show; null where nothing.</summary>
    public string? Caution { get; init; }

    /// <summary>What was read and then lost, at the ends of closed epochs; see <see cref="ITransactionLog.NewEpochAsync"/>.</summary>
    public PositionRange Lost { get; init; } = new(Watermark.Zero, Watermark.Zero);

    /// <summary>
    /// The same with those partitions taken for trimmed that it does not know and receipts cover: the log was made anew, under other
    /// epochs, and need not hold what is settled.
    /// </summary>
    public TopicState Forgetting(Watermark covered) =>
        covered.Partitions.Where(entry => !Partitions.Contains(entry.Key)).Aggregate(this, (state, entry) => state with
        {
            Start = state.Start.With(entry.Key, entry.Value), End = state.End.With(entry.Key, entry.Value),
        });

    /// <summary>True where the message that stood there can still be read.</summary>
    public bool Holds(Position position) =>
        End.Covers(position) && !Lost.Contains(position) && position.Offset >= Start[position.LogPartition];
}

/// <summary>The log takes no writes now. With <see cref="OutcomeUnknown"/> the messages may or may not have become durable.</summary>
public sealed class LogUnavailableException(string message, bool outcomeUnknown, Exception? inner = null) : IOException(message, inner)
{
    public bool OutcomeUnknown { get; } = outcomeUnknown;
}

/// <summary>This engine, or this topic as it is set up, cannot do what was asked; the message says what to do instead.</summary>
public sealed class LogUnsupportedException(string message) : NotSupportedException(message);

/// <summary>The log does not hold a position that it should: it was restored from a backup, recreated, or trimmed.</summary>
public sealed class LogTruncatedException(string message) : IOException(message);
