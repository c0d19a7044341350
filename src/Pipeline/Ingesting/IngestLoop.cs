using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Telemetry;
using Caudal.Transactions;
using Microsoft.Extensions.Logging;

namespace Caudal.Ingesting;

/// <summary>Carries messages from the log to the hot store: read, decode, reject or index, commit.</summary>
public sealed partial class IngestLoop(
    ITransactionLog log, IHotStore hot, IHistoryStore history, RejectionBook rejections, IngestOptions options,
    TimeProvider time, ILogger<IngestLoop> logger)
{
    /// <summary>How many messages are decoded before they are handed on: small enough that the first do not wait for the last.</summary>
    const int StretchRecordsMax = 2_048;

    readonly TransactionDecoder _decoder = new(history.BusinessZone);
    readonly RoleCounters _counters = new("ingest");
    TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Why ingest is not getting on now, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>Where ingest stands: all before it is accounted for and durable.</summary>
    public Watermark Next { get; private set; } = Watermark.Zero;

    /// <summary>
    /// Runs until cancelled, then returns. A fault of a store is retried with backoff and shown by <see cref="Fault"/>; nothing is
    /// skipped. What no retry can mend is shown there too, and thrown.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // Who waited when an earlier run ended was told so; who waits now, waits for this one.
        if (_moved.Task.IsCompleted)
            _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var attempt = 0; ; attempt++)
        {
            var begun = Next;
            try
            {
                await CarryAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                Volatile.Read(ref _moved).TrySetCanceled(cancellation);
                return;
            }
            catch (Exception fault) when (StoreFault.IsTransient(fault))
            {
                attempt = Next.Equals(begun) ? attempt : 0;
                Fault = fault.Message;
                LogRetry(logger, StoreFault.PauseBefore(attempt), fault);
            }
            catch (Exception fault)
            {
                Fault = fault.Message;
                LogStopped(logger, Fault, fault);
                Volatile.Read(ref _moved).TrySetException(fault);
                throw;
            }
            _counters.Retried();
            await Task.Delay(StoreFault.PauseBefore(attempt), time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Returns once <see cref="Next"/> covers the watermark. Throws what stopped ingest, or that it was cancelled.</summary>
    public async Task WaitForAsync(Watermark watermark, CancellationToken cancellation)
    {
        while (true)
        {
            // Taken before looking, so that no move between looking and waiting is missed.
            var moved = Volatile.Read(ref _moved);
            if (Next.Covers(watermark))
                return;
            await moved.Task.WaitAsync(cancellation);
        }
    }

    /// <summary>
    /// One pass: from where the hot store says it stands, on and on, the next batch being decoded while this one is committed. Any fault
    /// ends it, and nothing of it is kept: the next pass asks the hot store again.
    /// </summary>
    async Task CarryAsync(CancellationToken cancellation)
    {
        using var pass = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var queue = new DecodedQueue(options.BufferBytesMax);
        var decoding = Task.Run(() => DecodeAsync(queue, pass.Token), CancellationToken.None);
        try
        {
            while (await queue.TakeAsync(options.CommitRecordsMax, pass.Token) is { } batch)
            {
                await rejections.RejectAsync(batch.Rejected, pass.Token);
                var begun = time.GetTimestamp();
                var outcome = await hot.IndexAsync(
                    new(batch.Accepted, batch.Next, batch.Messages, batch.Rejected.Count + batch.RejectedBefore) { Anchor = batch.Anchor },
                    (refused, token) => SettleAsync(batch, refused, token), pass.Token);
                Durations.Commit(time.GetElapsedTime(begun));
                foreach (var (trace, record) in batch.Traced)
                    Tracing.Indexed(trace, record.Position, record.AppendedAt);
                Advance(batch, outcome);
                await log.CommitAsync(options.Topic, options.Group, batch.Next, pass.Token);
                queue.Release(batch);
            }
        }
        finally
        {
            await pass.CancelAsync();
            await decoding;
        }
    }

    async Task DecodeAsync(DecodedQueue queue, CancellationToken cancellation)
    {
        try
        {
            var next = Watermark.Zero;
            IReadOnlySet<Position> rejectedBefore = new HashSet<Position>();
            await foreach (var batch in log.ConsumeAsync(options.Topic, options.Group, ResumeAsync, cancellation))
                foreach (var stretch in StretchesOf(batch))
                {
                    var records = Unseen(stretch.Records, next[batch.Partition]);
                    next = next.With(batch.Partition, Math.Max(stretch.NextOffset, next[batch.Partition]));
                    await queue.PutAsync(DecodedBatch.Decode(_decoder, options.Topic, records, next, rejectedBefore), cancellation);
                }
            queue.Complete(fault: null);

            async ValueTask<Watermark> ResumeAsync(IReadOnlyList<LogPartition> partitions, CancellationToken token)
            {
                // The stream may ask again on its way, after a lost lease: what it gave before is committed first, or it would count twice.
                await queue.DrainAsync(token);
                next = await WhereHotStandsAsync(token);
                rejectedBefore = await rejections.PositionsFromAsync(next, token);
                return next;
            }
        }
        catch (Exception fault)
        {
            // Handed to the committing side, which ends the pass with it.
            queue.Complete(fault);
        }
    }

    /// <summary>The log keeps a group position too, but the store's own is the one that was committed with the rows.</summary>
    async ValueTask<Watermark> WhereHotStandsAsync(CancellationToken cancellation)
    {
        var receipt = await history.Journal.FindLastReceiptAsync(cancellation);
        var settled = receipt?.Range.To ?? Watermark.Zero;
        var state = await hot.OpenAsync(settled, cancellation);
        if (!state.Next.Covers(settled))
            throw new InvalidOperationException(
                $"The hot store stands at {state.Next}, before the last receipt ({settled}): it is older than history. "
                + "Set its file aside, and it is rebuilt from the log.");
        if (await log.FindBreakAsync(options.Topic, state.Next, receipt, state.Anchor, cancellation) is { } replaced)
            throw new LogTruncatedException(replaced);
        Advance(state.Next);
        if (state.Next.Covers((await log.DescribeAsync(options.Topic, cancellation)).End))
            Fault = null;
        return state.Next;
    }

    /// <summary>What hot refuses becomes a rejection like those of decoding, with the exact bytes that were read.</summary>
    ValueTask SettleAsync(DecodedBatch batch, IReadOnlyList<RefusedTransaction> refused, CancellationToken cancellation)
    {
        foreach (var each in refused.CountBy(each => each.Fault.Code))
            if (each.Key == FaultCode.IdConflict)
                LogConflicts(logger, each.Value);
            else
                LogRefused(logger, each.Value, refused.First(one => one.Fault.Code == each.Key).Fault.Sentence);
        var faults = refused.ToDictionary(each => each.Transaction.Position, each => each.Fault);
        return rejections.RejectAsync([.. batch.RecordsAt(faults.Keys).Select(record => (record, faults[record.Position]))], cancellation);
    }

    void Advance(DecodedBatch batch, IndexOutcome outcome)
    {
        _counters.Received(batch.Messages);
        _counters.Sent(outcome.Rows + outcome.Duplicates);
        _counters.Rejected(batch.Rejected.Count + outcome.Refused);
        Fault = null;
        Advance(batch.Next);
    }

    void Advance(Watermark next)
    {
        Next = next;
        Interlocked.Exchange(ref _moved, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    IEnumerable<(IReadOnlyList<LogRecord> Records, long NextOffset)> StretchesOf(LogBatch batch)
    {
        var most = Math.Min(StretchRecordsMax, options.CommitRecordsMax);
        if (batch.Records.Count <= most)
            return [(batch.Records, batch.NextOffset)];
        return batch.Records.Chunk(most).Select(records => (
            (IReadOnlyList<LogRecord>)records,
            records[^1].Position == batch.Records[^1].Position ? batch.NextOffset : records[^1].Position.Offset + 1));
    }

    /// <summary>What was handed out twice counts as nothing.</summary>
    static IReadOnlyList<LogRecord> Unseen(IReadOnlyList<LogRecord> records, long next) =>
        records.Count == 0 || records[0].Position.Offset >= next ? records : [.. records.Where(record => record.Position.Offset >= next)];

    [LoggerMessage(200, LogLevel.Warning, "Ingest could not get on; it tries again in {Pause}.")]
    static partial void LogRetry(ILogger logger, TimeSpan pause, Exception fault);

    [LoggerMessage(201, LogLevel.Critical, "Ingest stopped: {Reason}")]
    static partial void LogStopped(ILogger logger, string reason, Exception fault);

    [LoggerMessage(202, LogLevel.Error, "{Count} messages came under ids that were taken with other contents: they are rejections now.")]
    static partial void LogConflicts(ILogger logger, int count);

    [LoggerMessage(203, LogLevel.Error, "{Count} messages were refused by the hot store: they are rejections now. {Reason}")]
    static partial void LogRefused(ILogger logger, int count, string reason);
}
