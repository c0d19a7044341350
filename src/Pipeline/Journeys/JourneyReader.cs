using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Journeys;

/// <summary>
/// Finds what became of one transaction, by its id, or of one message, by its position, in whichever store it is. All members may be called
/// in parallel. Hot is asked before history, so that a row on its way is found in one of them.
/// </summary>
public sealed class JourneyReader(ITransactionLog log, IHotStore hot, IHistoryStore history, RejectionBook rejections, string topic)
{
    /// <summary>
    /// Rejections are known by their positions. For one that an id names so many of the newest are looked through, which takes no longer
    /// than a moment.
    /// </summary>
    public const int RejectionsLookedThrough = 5_000;

    /// <summary>Null where no store has the id, nor any of the newest rejections.</summary>
    public async ValueTask<Journey?> FindAsync(TransactionId id, CancellationToken cancellation)
    {
        if (await FindRowAsync(id, cancellation) is { } found)
            return await FollowAsync(found, cancellation);
        var left = RejectionsLookedThrough;
        await foreach (var rejection in rejections.ListAsync(null, null, cancellation))
        {
            if (IdOf(rejection) == id)
                return await FollowAsync(await OfRejectionAsync(rejection, cancellation), cancellation);
            if (--left == 0)
                break;
        }
        return null;
    }

    /// <summary>Null where nothing stands there that the log or a store still has.</summary>
    public async ValueTask<Journey?> FindAsync(Position position, CancellationToken cancellation) =>
        await FindAtAsync(position, cancellation) is { } found ? await FollowAsync(found, cancellation) : null;

    /// <summary>The ids of the transactions whose sender called them so: one an application that did.</summary>
    public async ValueTask<IReadOnlyList<TransactionId>> FindIdsAsync(string idText, CancellationToken cancellation)
    {
        var ids = new List<TransactionId>();
        var search = new TransactionSearch
        {
            Where = new Query.TextIs(QueryField.IdText, TextPattern.Of(idText)), Sort = SortKey.Id, Limit = 10,
        };
        await foreach (var rows in new BothStores(hot, history).SearchAsync(search, cancellation))
            ids.AddRange(rows.Select(row => row.Id));
        return ids;
    }

    async ValueTask<Journey?> FindRowAsync(TransactionId id, CancellationToken cancellation)
    {
        var where = new Query.IdIs(QueryField.Id, id.ToGuid());
        var inHot = await FirstAsync(hot.Queries, where, cancellation);
        var inHistory = await FirstAsync(history.Queries, where, cancellation);
        return OfRow(inHot, inHistory);
    }

    async ValueTask<Journey?> FindAtAsync(Position position, CancellationToken cancellation)
    {
        if (await rejections.FindAsync(position, cancellation) is { } rejection)
            return await OfRejectionAsync(rejection, cancellation);
        var partition = position.LogPartition;
        var here = new PositionRange(Watermark.Of(partition, position.Offset), Watermark.Of(partition, position.Offset + 1));
        var (inHot, twiceInHot) = await AtAsync(hot.ReadAsync(here, cancellation));
        var (inHistory, twiceInHistory) = await AtAsync(history.ReadAsync(here, cancellation));
        if (OfRow(inHot, inHistory) is { } row)
            return row;
        if ((twiceInHistory ?? twiceInHot) is { } duplicate)
            return new(Place.Duplicates, duplicate.Id, position) { Row = (await FindRowAsync(duplicate.Id, cancellation))?.Row };
        // What no store has and the log still holds, ingest has yet to take.
        return await ReadMessageAsync(position, cancellation) is { } message ? new(Place.Log, IdOf(message), position) : null;
    }

    static Journey? OfRow(Transaction? inHot, Transaction? inHistory) => (inHistory ?? inHot) is not { } row ? null
        : new(inHistory is null ? Place.Hot : Place.History, row.Id, row.Position == default ? null : row.Position)
        {
            Row = row, AwaitsPurge = inHot is not null && inHistory is not null,
        };

    async ValueTask<Journey> OfRejectionAsync(Rejection rejection, CancellationToken cancellation)
    {
        var id = IdOf(rejection);
        return new(Place.Rejections, id, rejection.Position)
        {
            Rejection = rejection,
            // The same id may be that of another transaction with which it was in conflict: only what was sent again is followed.
            Row = rejection.State == RejectionState.Resent ? (await FindRowAsync(id, cancellation))?.Row : null,
        };
    }

    /// <summary>Adds what log and journal know of it.</summary>
    async ValueTask<Journey> FollowAsync(Journey found, CancellationToken cancellation)
    {
        if (found.Position is not { } position)
            return found;
        var message = await ReadMessageAsync(position, cancellation);
        var run = (await history.Journal.ListAsync(int.MaxValue, cancellation)).FirstOrDefault(each => each.Range.Contains(position));
        var steps = run is null ? [] : await history.Journal.ListStepsAsync(run.Id, cancellation);
        var receipt = run is null ? null : await history.Journal.FindReceiptAsync(run.Id, cancellation);
        return found with { Message = message, Run = run, Receipt = receipt, Stops = StopsOf(found, message, steps) };
    }

    async ValueTask<LogRecord?> ReadMessageAsync(Position position, CancellationToken cancellation)
    {
        var state = await log.DescribeAsync(topic, cancellation);
        if (!state.Holds(position))
            return null;
        // The other partitions stand at their ends, so that next to nothing of them is read along.
        var from = state.End.With(position.LogPartition, position.Offset);
        await foreach (var batch in log.ReadAsync(topic, from, follow: false, cancellation))
            if (batch.Partition == position.LogPartition)
                return batch.Records.Where(record => record.Position == position).Select(record => (LogRecord?)record).FirstOrDefault();
        return null;
    }

    static List<Stop> StopsOf(Journey found, LogRecord? message, IReadOnlyList<BatchStep> steps)
    {
        // Of a duplicate and of a rejection the row is another message, whose times are its own.
        var row = found.Place is Place.Hot or Place.History ? found.Row : null;
        (Milestone Milestone, Instant? At)[] marks =
        [
            (Milestone.Happened, row?.Timestamp), (Milestone.Appended, Known(row?.AppendedAt) ?? message?.AppendedAt),
            (Milestone.Indexed, Known(row?.IndexedAt)), (Milestone.Rejected, found.Rejection?.RejectedAt),
            .. Enum.GetValues<BatchStepName>().Select(name => (Of(name), DoneAt(steps, name))),
        ];
        var stops = new List<Stop>();
        // When it happened is its sender's word, whatever our clocks say.
        foreach (var (milestone, moment) in marks.OrderBy(mark => mark.Milestone != Milestone.Happened).ThenBy(mark => mark.At))
            if (moment is { } then)
                stops.Add(new(milestone, then, stops is [.., var before] && before.At <= then ? then - before.At : null));
        return stops;
    }

    static Instant? Known(Instant? moment) => moment == default(Instant) ? null : moment;

    static Instant? DoneAt(IReadOnlyList<BatchStep> steps, BatchStepName name) =>
        steps.LastOrDefault(step => step.Name == name && step is { FinishedAt: not null, Error: null })?.FinishedAt;

    static Milestone Of(BatchStepName step) => step switch
    {
        BatchStepName.Extract => Milestone.Extracted,
        BatchStepName.Validate => Milestone.Validated,
        BatchStepName.Load => Milestone.Loaded,
        BatchStepName.Reconcile => Milestone.Reconciled,
        _ => Milestone.Purged,
    };

    TransactionId IdOf(Rejection rejection) => TransactionDecoder.IdOf(
        rejection.Bytes, new(topic, rejection.Position, rejection.RejectedAt, rejection.AssignedId)) ?? rejection.AssignedId;

    TransactionId IdOf(LogRecord message)
    {
        var origin = MessageOrigin.Of(topic, message);
        return TransactionDecoder.IdOf(message.Message.Value, origin) ?? origin.AssignedId ?? DerivedId.OfPosition(topic, message.Position);
    }

    static async ValueTask<Transaction?> FirstAsync(TransactionQueries queries, Query where, CancellationToken cancellation)
    {
        await foreach (var rows in queries.SearchAsync(new() { Where = where, Sort = SortKey.Position, Limit = 1 }, cancellation))
            if (rows is [var row, ..])
                return row;
        return null;
    }

    static async ValueTask<(Transaction? Row, Duplicate? Duplicate)> AtAsync(IAsyncEnumerable<IndexedBatch> here)
    {
        (Transaction? Row, Duplicate? Duplicate) found = default;
        await foreach (var batch in here)
            found = (batch.Rows is [var row, ..] ? row : found.Row, batch.Duplicates is [var first, ..] ? first : found.Duplicate);
        return found;
    }
}
