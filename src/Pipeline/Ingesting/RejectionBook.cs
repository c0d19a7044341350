using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Caudal.Auditing;
using Caudal.History;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Ingesting;

/// <summary>
/// One view of all that was not taken: the events of topic <c>&lt;topic&gt;.rejections</c>, folded by origin position so that a replay
/// changes nothing, and the rejections that runs wrote to history. All members may be called in parallel; each first reads what is new
/// in the topic, so it sees what was durable when it was called.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing to dispose of.")]
public sealed class RejectionBook(ITransactionLog log, IHistoryStore history, string topic, TimeProvider time)
{
    /// <summary>How many events one append takes, so that a flood of rejections never becomes one huge unit.</summary>
    const int AppendRecordsMax = 1_000;
    const int AppendBytesMax = 8 * 1024 * 1024;

    /// <summary>How many rejections are listed from one reading: at most 4 MiB of bytes.</summary>
    const int PageRecordsMax = 64;

    /// <summary>Events closer than this are read in one stride; further apart, reading starts anew.</summary>
    const int StrideMax = 1_000;

    readonly string _events = TopicOf(topic);
    readonly AuditTrail _audit = new(log, topic, time);
    readonly RejectionFold _fold = new();
    readonly SemaphoreSlim _turn = new(1);

    /// <summary>The topic that holds a topic's rejections.</summary>
    public static string TopicOf(string topic) => $"{topic}.rejections";

    /// <summary>Newest first; <paramref name="state"/> null for all.</summary>
    public async IAsyncEnumerable<Rejection> ListAsync(
        RejectionState? state, string? code, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var ofIngest = ReadOfIngestAsync(state, code, cancellation).GetAsyncEnumerator(cancellation);
        await using var ofIngestEnd = ofIngest.ConfigureAwait(false);
        var more = await ofIngest.MoveNextAsync();
        await foreach (var ofRun in ReadOfRunsAsync(cancellation))
        {
            for (; more && ofIngest.Current.RejectedAt >= ofRun.RejectedAt; more = await ofIngest.MoveNextAsync())
                yield return ofIngest.Current;
            if ((state is null || ofRun.State == state) && (code is null || ofRun.Code == code))
                yield return ofRun;
        }
        for (; more; more = await ofIngest.MoveNextAsync())
            yield return ofIngest.Current;
    }

    public async ValueTask<Rejection?> FindAsync(Position position, CancellationToken cancellation)
    {
        if (await AskAsync(fold => fold.Find(position), cancellation) is { } folded)
            return (await LoadAsync([folded], cancellation))[0];
        await foreach (var ofRun in ReadOfRunsAsync(cancellation))
            if (ofRun.Position == position)
                return ofRun;
        return null;
    }

    /// <summary>
    /// Appends the message again, with <paramref name="edited"/> bytes where given, under its origin's identity, and notes it.
    /// Sending the same twice makes a duplicate, never a second transaction.
    /// </summary>
    /// <exception cref="KeyNotFoundException">Nothing was rejected at this position.</exception>
    /// <exception cref="RejectionConflictException">It cannot be sent as it is, or not yet; the message says what to do.</exception>
    public ValueTask<Rejection> ResendAsync(
        Position position, ReadOnlyMemory<byte>? edited, string actor, CancellationToken cancellation) => _audit.DoAsync(
            actor, AuditActions.ResendRejection, position.ToString(), () => ResendOnceAsync(position, edited, actor, cancellation),
            _ => edited is null ? "as it was" : "edited", cancellation);

    async ValueTask<Rejection> ResendOnceAsync(
        Position position, ReadOnlyMemory<byte>? edited, string actor, CancellationToken cancellation)
    {
        var rejection = await NeedAsync(position, cancellation);
        if (edited is { IsEmpty: true })
            throw new RejectionConflictException("The edited message is empty; leave it out to send the message as it was.");
        if (edited is null && rejection.Length > rejection.Bytes.Length)
            throw new RejectionConflictException(
                $"Of the message at {position} only the first {rejection.Bytes.Length} of {rejection.Length} bytes are kept: "
                + "re-send it with edited bytes.");
        if (edited is null && rejection.Bytes.Length == 0)
            throw new RejectionConflictException(
                $"Of the message at {position} no bytes are kept, so that there is nothing to send: re-send it with edited bytes.");
        // Until its run has purged, the row is still in hot: the message would be taken for its duplicate, and lost with the purge.
        if (rejection.RunId is { } runId && await history.Journal.FindAsync(runId, cancellation) is not { IsFinished: true })
            throw new RejectionConflictException(
                $"Run {runId}, which rejected the message at {position}, is not finished: re-send it after its purge.");

        // The message first: a crash between the two leaves it open, and sending it again makes a duplicate. The other way round loses it.
        var message = new LogMessage(edited ?? rejection.Bytes) { Headers = MessageOrigin.HeadersOf(rejection.AssignedId) };
        await log.AppendAsync(topic, [message], cancellation);
        await AppendAsync([new(RejectionEventKind.Resent, position, Instant.Now(time)) { Actor = actor }], cancellation);
        return rejection with { State = RejectionState.Resent, Why = null };
    }

    /// <summary>Notes that nothing will be made of it. Discarding again changes nothing: the first words stay.</summary>
    /// <exception cref="KeyNotFoundException">Nothing was rejected at this position.</exception>
    /// <exception cref="RejectionConflictException">It was re-sent, so there is nothing left to discard.</exception>
    /// <exception cref="MissingReasonException">No reason was given.</exception>
    public ValueTask<Rejection> DiscardAsync(Position position, string why, string actor, CancellationToken cancellation)
    {
        MissingReasonException.Require(why);
        return _audit.DoAsync(
            actor, AuditActions.DiscardRejection, position.ToString(), () => DiscardOnceAsync(position, why, actor, cancellation),
            rejection => rejection.State.ToString(), cancellation);
    }

    async ValueTask<Rejection> DiscardOnceAsync(Position position, string why, string actor, CancellationToken cancellation)
    {
        var rejection = await NeedAsync(position, cancellation);
        if (rejection.State == RejectionState.Resent)
            throw new RejectionConflictException($"The message at {position} was re-sent: there is nothing left to discard.");
        if (rejection.State == RejectionState.Discarded)
            return rejection;
        await AppendAsync([new(RejectionEventKind.Discarded, position, Instant.Now(time)) { Actor = actor, Why = why }], cancellation);
        return rejection with { State = RejectionState.Discarded, Why = why };
    }

    /// <summary>How many messages in the range ingest has rejected: distinct positions, whatever people made of them since.</summary>
    public ValueTask<long> CountAsync(PositionRange range, CancellationToken cancellation) =>
        AskAsync(fold => fold.CountIn(range), cancellation);

    /// <summary>The messages in the ranges that ingest has rejected, by code and field.</summary>
    internal ValueTask<RejectionGroups> GroupAsync(IReadOnlyList<PositionRange> ranges, CancellationToken cancellation) =>
        AskAsync(fold =>
        {
            var groups = new RejectionGroups();
            foreach (var range in ranges)
                fold.CountIn(range, groups);
            return groups;
        }, cancellation);

    /// <summary>All that was not taken, by ingest or by runs, by code and field; <paramref name="state"/> null for all.</summary>
    public async ValueTask<IReadOnlyList<RejectionGroup>> GroupAsync(RejectionState? state, CancellationToken cancellation)
    {
        var groups = await AskAsync(fold => fold.Group(state), cancellation);
        await foreach (var ofRun in ReadOfRunsAsync(cancellation))
            if (state is null || ofRun.State == state)
                groups.Add(ofRun.Code, ofRun.Field, ofRun.Position);
        return groups.ToList();
    }

    /// <summary>How many rejections, by ingest or by runs, nobody has re-sent or discarded yet.</summary>
    public async ValueTask<long> CountOpenAsync(CancellationToken cancellation)
    {
        var runs = await history.Journal.ListAsync(int.MaxValue, cancellation);
        var ofRuns = runs.Where(run => run.IsSettled).Sum(run => run.Rejected.Count);
        return await AskAsync(fold => fold.Count + ofRuns - fold.Decisions.Count, cancellation);
    }

    /// <summary>The positions from <paramref name="from"/> on that ingest has rejected: a replay of the log must not take them.</summary>
    public ValueTask<IReadOnlySet<Position>> PositionsFromAsync(Watermark from, CancellationToken cancellation) =>
        AskAsync(fold => fold.PositionsFrom(from), cancellation);

    /// <summary>Notes what ingest did not take; durable when it returns. Noting the same again changes nothing.</summary>
    internal async ValueTask RejectAsync(IReadOnlyList<(LogRecord Record, Fault Fault)> rejected, CancellationToken cancellation)
    {
        if (rejected.Count > 0)
            await AppendAsync(Events(), cancellation);

        IEnumerable<RejectionEvent> Events()
        {
            var now = Instant.Now(time);
            foreach (var (record, fault) in rejected)
                yield return RejectionEvent.Rejected(topic, record, fault, now);
        }
    }

    /// <summary>Notes messages that had been rejected, of which nothing is left but their positions.</summary>
    internal ValueTask RejectLostAsync(IEnumerable<Position> positions, string actor, CancellationToken cancellation)
    {
        var now = Instant.Now(time);
        return AppendAsync(positions.Select(position => RejectionEvent.Lost(topic, position, actor, now)), cancellation);
    }

    async ValueTask AppendAsync(IEnumerable<RejectionEvent> events, CancellationToken cancellation)
    {
        List<LogMessage> messages = [];
        var bytes = 0;
        foreach (var each in events)
        {
            if (messages.Count == AppendRecordsMax || bytes > AppendBytesMax)
                await FlushAsync();
            messages.Add(each.ToMessage(topic));
            bytes += each.Bytes.Length;
        }
        await FlushAsync();

        async ValueTask FlushAsync()
        {
            if (messages.Count == 0)
                return;
            await log.AppendAsync(_events, messages, cancellation);
            messages = [];
            bytes = 0;
        }
    }

    async ValueTask<T> AskAsync<T>(Func<RejectionFold, T> question, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await foreach (var batch in log.ReadAsync(_events, _fold.Next, follow: false, cancellation))
                _fold.Take(batch);
            return question(_fold);
        }
        finally
        {
            _turn.Release();
        }
    }

    async ValueTask<Rejection> NeedAsync(Position position, CancellationToken cancellation) =>
        await FindAsync(position, cancellation) ?? throw new KeyNotFoundException($"Nothing was rejected at {position}.");

    async IAsyncEnumerable<Rejection> ReadOfIngestAsync(
        RejectionState? state, string? code, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var page in (await AskAsync(fold => fold.List(state, code), cancellation)).Chunk(PageRecordsMax))
            foreach (var rejection in await LoadAsync(page, cancellation))
                yield return rejection;
    }

    async IAsyncEnumerable<Rejection> ReadOfRunsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var decisions = await AskAsync(fold => fold.Decisions, cancellation);
        await foreach (var row in history.ReadRejectionsAsync(cancellation))
        {
            var (state, why) = decisions.GetValueOrDefault(row.Position);
            yield return new(
                row.Position, row.Code, Field: null, row.Sentence, row.Bytes, row.Bytes.Length, RejectionEvent.Sha256Of(row.Bytes),
                row.RejectedAt, row.Id, row.RunId, state, why);
        }
    }

    /// <summary>Reads the bytes of a page of rejections back from the log.</summary>
    async ValueTask<IReadOnlyList<Rejection>> LoadAsync(IReadOnlyList<FoldedRejection> page, CancellationToken cancellation)
    {
        var loaded = new Dictionary<Position, RejectionEvent>();
        foreach (var events in page.Select(folded => folded.Event).GroupBy(position => position.LogPartition))
            foreach (var (first, last) in StridesOf([.. events.Select(position => position.Offset).Order()]))
                await foreach (var batch in log.ReadAsync(_events, _fold.Next.With(events.Key, first), follow: false, cancellation))
                {
                    foreach (var record in batch.Records.IntersectBy(events, record => record.Position))
                        loaded[record.Position] = RejectionEvent.Read(record);
                    if (batch.Partition == events.Key && batch.NextOffset > last)
                        break;
                }
        return [.. page.Select(folded => ToRejection(folded, loaded))];
    }

    static IEnumerable<(long First, long Last)> StridesOf(long[] offsets)
    {
        var first = offsets[0];
        for (var i = 1; i < offsets.Length; i++)
            if (offsets[i] - offsets[i - 1] > StrideMax)
            {
                yield return (first, offsets[i - 1]);
                first = offsets[i];
            }
        yield return (first, offsets[^1]);
    }

    Rejection ToRejection(FoldedRejection folded, Dictionary<Position, RejectionEvent> loaded)
    {
        if (!loaded.TryGetValue(folded.Event, out var found))
            throw new InvalidDataException($"Topic {_events} no longer holds the event at {folded.Event}.");
        var fault = found.Fault!;
        return new(
            folded.Origin, fault.Code, fault.Field, fault.Sentence, found.Bytes, found.Length, found.Sha256 ?? "", found.At,
            found.AssignedId, RunId: null, folded.Decision.State, folded.Decision.Why);
    }
}
