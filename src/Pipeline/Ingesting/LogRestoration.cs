using System.Collections;
using Caudal.Auditing;
using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;
using Microsoft.Extensions.Logging;

namespace Caudal.Ingesting;

/// <summary>What a log that ends before the watermark has lost.</summary>
/// <param name="Taken">What hot or the last receipt covers.</param>
/// <param name="Messages">How many messages that were ingested lie beyond the log's end.</param>
public sealed record LogLoss(Watermark Taken, long Messages);

/// <summary>How a topic goes on after its log had lost something.</summary>
/// <param name="Epoch">Where its messages stand from now on.</param>
/// <param name="Lost">How many messages that were ingested the log has no longer.</param>
/// <param name="Rejected">Messages whose rejection was lost with the log and is noted again.</param>
/// <param name="Gone">Of these, those of which nothing is left but their position.</param>
public sealed record NewEpoch(Guid Epoch, long Lost, long Rejected, long Gone);

/// <summary>
/// Lets a topic go on after its log was restored from a backup older than what was ingested from it, by an operator's word. What hot and
/// history hold stays as it is and is counted. Which messages ingest had rejected was written in the log: where that was lost too, the
/// messages are noted as rejections again, so that every one of them is still in one place. For logs whose offsets have no gaps.
/// </summary>
public sealed partial class LogRestoration(
    ITransactionLog log, IHotStore hot, IHistoryStore history, RejectionBook rejections, TransactionDecoder decoder, string topic,
    AuditTrail audit, ILogger<LogRestoration> logger)
{
    /// <summary>So many positions are looked at in one go, a bit each.</summary>
    const int WindowMax = 1 << 24;

    /// <summary>So many messages at the log's end are compared with what was ingested from there.</summary>
    const int ComparedMax = 1_000;

    /// <summary>
    /// For whoever opens the stores, before any role starts: holds the topic where its log is not the one that was ingested from, so that
    /// no process appends what would stand at positions that were given before; and lets it go where all is well again.
    /// </summary>
    public async ValueTask GuardAsync(CancellationToken cancellation)
    {
        var receipt = await history.Journal.FindLastReceiptAsync(cancellation);
        var settled = await history.Journal.FindSettledAsync(cancellation);
        var state = await hot.GetStateAsync(cancellation);
        var why = await log.FindBreakAsync(topic, state.Next.Furthest(settled), receipt, state.Anchor, cancellation);
        if (why is not null || (await log.DescribeAsync(topic, cancellation)).WriteFault is not null)
            await log.HoldAsync(topic, why, cancellation);
    }

    /// <summary>
    /// Null where the log holds all that was ingested, or did until a receipt let it forget, and every rejection is on record.
    /// </summary>
    /// <exception cref="ReconciliationException">
    /// Something was appended to the restored log already: it stands where other messages were ingested, and going on would lose it.
    /// </exception>
    public async ValueTask<LogLoss?> FindLossAsync(CancellationToken cancellation)
    {
        var standing = await Standing.ReadAsync(hot, history, cancellation);
        var end = (await log.DescribeAsync(topic, cancellation)).Forgetting(standing.Sealed).End;
        var lost = new PositionRange(end, standing.Taken);
        foreach (var (partition, from, _) in lost.Stretches)
            await EnsureSameAsync(partition, from, end, cancellation);
        if (lost.IsEmpty && await standing.FindLogBreakAsync(log, topic, cancellation) is { } replaced)
            throw new ReconciliationException(replaced);
        // A log that was made anew owes nothing that receipts cover, but the record of what had been rejected was in it too.
        return lost.IsEmpty && (await FindShortRangesAsync(cancellation)).Count == 0 ? null : new(standing.Taken, lost.Length);
    }

    /// <summary>
    /// Begins the new epoch; null where there is no loss. Killed on its way, it does the same when it is called again: the loss shows until
    /// the very last step.
    /// </summary>
    public async ValueTask<NewEpoch?> BeginEpochAsync(string actor, CancellationToken cancellation) =>
        await FindLossAsync(cancellation) is not { } loss ? null : await audit.DoAsync(
            actor, AuditActions.BeginEpoch, topic, () => BeginEpochAsync(loss, actor, cancellation), begun => $"epoch {begun.Epoch}",
            cancellation);

    async ValueTask<NewEpoch> BeginEpochAsync(LogLoss loss, string actor, CancellationToken cancellation)
    {
        await log.NewEpochAsync(RejectionBook.TopicOf(topic), Watermark.Zero, cancellation);
        var (rejected, gone) = await RejectAgainAsync(actor, cancellation);
        var begun = await log.NewEpochAsync(topic, loss.Taken, cancellation);
        LogBegun(logger, begun.Epoch, topic, actor, loss.Messages, rejected + gone);
        return new(begun.Epoch, loss.Messages, rejected + gone, gone);
    }

    /// <summary>What is appended to a restored log stands at its end, so that a few messages before the end tell.</summary>
    async ValueTask EnsureSameAsync(LogPartition partition, long to, Watermark end, CancellationToken cancellation)
    {
        var from = Math.Max((await log.DescribeAsync(topic, cancellation)).Start[partition], to - ComparedMax);
        if (from >= to)
            return;
        var window = new PositionRange(Watermark.Of(partition, from), Watermark.Of(partition, to));
        var ingested = new HashSet<Position>();
        var same = new HashSet<(Position, TransactionId, Digest)>();
        IAsyncEnumerable<IndexedBatch>[] stores = [hot.ReadAsync(window, cancellation), history.ReadAsync(window, cancellation)];
        foreach (var store in stores)
            await foreach (var batch in store)
                foreach (var (position, id, _, digest) in batch.Rows.Select(Duplicate.Of).Concat(batch.Duplicates))
                {
                    ingested.Add(position);
                    same.Add((position, id, digest));
                }
        await foreach (var batch in log.ReadAsync(topic, end.With(partition, from), follow: false, cancellation))
            foreach (var record in batch.Records.Where(record => ingested.Contains(record.Position)))
                if (decoder.Decode(record.Message.Value, MessageOrigin.Of(topic, record)).Accepted is not { } logged
                    || !same.Contains((record.Position, logged.Id, logged.Digest)))
                    throw new ReconciliationException(LogContinuity.ReplacedAt(record.Position));
    }

    async ValueTask<(long Rejected, long Gone)> RejectAgainAsync(string actor, CancellationToken cancellation)
    {
        var state = await log.DescribeAsync(topic, cancellation);
        var (rejected, gone) = (0L, 0L);
        foreach (var (range, missing) in await FindShortRangesAsync(cancellation))
        {
            var positions = await FindUnplacedAsync(range, missing, cancellation);
            // Where another number is in no place than rejections are missing, something else is wrong: verify is to say it.
            if (positions.Count != missing)
                continue;
            var held = positions.FindAll(state.Holds);
            await rejections.RejectAsync(await JudgeAsync(held, cancellation), cancellation);
            await rejections.RejectLostAsync(positions.Except(held), actor, cancellation);
            rejected += held.Count;
            gone += positions.Count - held.Count;
        }
        return (rejected, gone);
    }

    /// <summary>The ranges that lack rejections by ingest, with how many; only those whose rows are what they must be.</summary>
    async ValueTask<List<(PositionRange Range, long Missing)>> FindShortRangesAsync(CancellationToken cancellation)
    {
        var ranges = new List<(PositionRange, long)>();
        var standing = await Standing.ReadAsync(hot, history, cancellation);
        foreach (var receipt in standing.Receipts)
            await AddSettledAsync(receipt.Range, receipt.Rejections - receipt.RunRejected.Count, receipt.History);
        if (standing.Unsealed is { } run)
            await AddSettledAsync(run.Range, run.RejectedBefore, run.Loaded);
        var unsettled = new PositionRange(standing.Settled, standing.Taken);
        if (standing.InHot.Held == standing.Hot.Expected)
            await AddAsync(unsettled, unsettled.Length - (await hot.MeasureAsync(unsettled, cancellation)).Count);
        return ranges;

        async ValueTask AddSettledAsync(PositionRange range, long rejected, RangeFigures expected)
        {
            if (await history.MeasureAsync(range, cancellation) == expected)
                await AddAsync(range, rejected);
        }

        async ValueTask AddAsync(PositionRange range, long rejected)
        {
            if (rejected - await rejections.CountAsync(range, cancellation) is > 0 and var missing)
                ranges.Add((range, missing));
        }
    }

    /// <summary>The positions of the range that are no row, no duplicate and no rejection; a few more than so many at most.</summary>
    async ValueTask<List<Position>> FindUnplacedAsync(PositionRange range, long most, CancellationToken cancellation)
    {
        var rejected = (await rejections.PositionsFromAsync(Watermark.Zero, cancellation)).ToHashSet();
        await foreach (var rejection in history.ReadRejectionsAsync(cancellation))
            rejected.Add(rejection.Position);
        var unplaced = new List<Position>();
        foreach (var (partition, first, last) in range.Stretches)
            for (var from = first; from < last && unplaced.Count <= most; from += WindowMax)
            {
                var placed = await FindPlacedAsync(partition, from, Math.Min(last, from + WindowMax), cancellation);
                for (var index = 0; index < placed.Length && unplaced.Count <= most; index++)
                    if (!placed[index] && !rejected.Contains(new(partition, from + index)))
                        unplaced.Add(new(partition, from + index));
            }
        return unplaced;
    }

    async ValueTask<BitArray> FindPlacedAsync(LogPartition partition, long from, long to, CancellationToken cancellation)
    {
        var placed = new BitArray((int)(to - from));
        var window = new PositionRange(Watermark.Of(partition, from), Watermark.Of(partition, to));
        // Hot first: what a run moves meanwhile is in history before it leaves hot.
        await foreach (var batch in hot.ReadAsync(window, cancellation))
            Mark(batch);
        await foreach (var batch in history.ReadAsync(window, cancellation))
            Mark(batch);
        return placed;

        void Mark(IndexedBatch batch)
        {
            foreach (var row in batch.Rows)
                placed[(int)(row.Position.Offset - from)] = true;
            foreach (var duplicate in batch.Duplicates)
                placed[(int)(duplicate.Position.Offset - from)] = true;
        }
    }

    /// <summary>Why ingest had rejected what the log still holds: it is judged again.</summary>
    async ValueTask<List<(LogRecord, Fault)>> JudgeAsync(List<Position> held, CancellationToken cancellation)
    {
        var judged = new List<(LogRecord, Fault)>(held.Count);
        await foreach (var record in log.ReadExactlyAsync(topic, held, cancellation))
            judged.Add((
                record, decoder.Decode(record.Message.Value, MessageOrigin.Of(topic, record)).Fault ?? Fault.IdConflict));
        return judged;
    }

    [LoggerMessage(210, LogLevel.Warning,
        "Epoch {Epoch} of topic {Topic} was begun by {Actor}: the log has lost {Lost} messages that were ingested. "
        + "Of {Rejected} of them the rejection was lost too, and is noted again.")]
    static partial void LogBegun(ILogger logger, Guid epoch, string topic, string actor, long lost, long rejected);
}
