using Caudal.History;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Reconciling;

/// <summary>
/// Reads log, history and hot side by side in the order of positions, hashing every row again and judging every message again, and says of
/// each position that is not as it must be which transaction it is. Memory does not grow with the rows. May be run again where a run moved
/// under it: what it has seen of ranges that are settled for good it does not look at again.
/// </summary>
sealed class VerifyWalk(
    ITransactionLog log, IHotStore hot, IHistoryStore history, RejectionBook rejections, TransactionDecoder decoder, string topic,
    IProgress<VerifyProgress> progress)
{
    /// <summary>Where this many differ, naming more helps nobody.</summary>
    const int DifferencesMax = 1_000;

    readonly List<Difference> _differences = [];
    readonly Dictionary<long, long> _rowsForGood = [];
    int _differencesForGood;
    long _foundForGood;
    readonly HashSet<Position> _rejectedByRuns = [];
    IReadOnlySet<Position> _rejectedByIngest = new HashSet<Position>();
    Watermark _logStart = Watermark.Zero;
    Watermark _logEnd = Watermark.Zero;
    PositionRange _lost = new(Watermark.Zero, Watermark.Zero);
    long _done;
    long _total;
    long _found;

    public async ValueTask<IReadOnlyList<Difference>> RunAsync(Standing standing, CancellationToken cancellation)
    {
        await PrepareAsync(standing, cancellation);
        _differences.RemoveRange(_differencesForGood, _differences.Count - _differencesForGood);
        _found = _foundForGood;
        var inHistory = 0L;
        foreach (var segment in VerifySegment.Of(standing))
            inHistory += await WalkOnceAsync(segment, cancellation);
        await FindOutsidersAsync(
            "history", standing.History.Held.Rows.Count - inHistory, history.Queries,
            _ => ValueTask.FromResult(standing.Settled), cancellation);
        await foreach (var difference in MigratedCheck.FindAlteredAsync(history, standing.History.Migrated, cancellation))
            Add(difference);
        await FindOutsidersAsync(
            "hot", standing.OutsidersInHot, hot.Queries, async token => (await hot.GetStateAsync(token)).Next, cancellation);
        if (_found > DifferencesMax)
            _differences.Add(new("conservation", $"{_found - DifferencesMax} more differ."));
        progress.Report(new(_done, _done));
        return _differences;
    }

    /// <summary>Returns how many rows history holds in the segment.</summary>
    async ValueTask<long> WalkOnceAsync(VerifySegment segment, CancellationToken cancellation)
    {
        if (segment.ForGood is not { } run)
            return await WalkAsync(segment, cancellation);
        if (_rowsForGood.TryGetValue(run, out var rows))
            return rows;
        rows = await WalkAsync(segment, cancellation);
        (_differencesForGood, _foundForGood) = (_differences.Count, _found);
        return _rowsForGood[run] = rows;
    }

    async ValueTask PrepareAsync(Standing standing, CancellationToken cancellation)
    {
        var kept = (await log.DescribeAsync(topic, cancellation)).Forgetting(standing.Sealed);
        (_logStart, _logEnd, _lost) = (kept.Start, kept.End, kept.Lost);
        _rejectedByIngest = await rejections.PositionsFromAsync(Watermark.Zero, cancellation);
        await foreach (var rejection in history.ReadRejectionsAsync(cancellation))
            _rejectedByRuns.Add(rejection.Position);
        _total = await log.CountAsync(topic, new(_logStart, standing.Taken), cancellation)
            + standing.InHot.Held.Count + standing.History.Held.Count;
    }

    /// <summary>Returns how many rows history holds in the segment.</summary>
    async ValueTask<long> WalkAsync(VerifySegment segment, CancellationToken cancellation)
    {
        var (figures, groups) = (default(RangeFigures), new GroupedFigures(history.BusinessZone));
        foreach (var (partition, from, to) in segment.Range.Stretches)
        {
            var stretch = new PositionRange(Watermark.Of(partition, from), Watermark.Of(partition, to));
            await using var inHot = new StoreCursor(Hashed(hot.ReadAsync(stretch, cancellation), cancellation), cancellation);
            await using var inHistory = new StoreCursor(Hashed(history.ReadAsync(stretch, cancellation), cancellation), cancellation);
            await using var inLog = new LogCursor(
                JudgedFrom(partition, Math.Max(from, _logStart[partition]), to, cancellation),
                partition, Math.Max(from, _logStart[partition]), to, cancellation);
            await MergeAsync(segment, partition, inLog, inHot, inHistory, Count);
        }
        // Where history must hold nothing, each row that it has was named by now.
        if (segment.Expected.Settled)
            await CompareFiguresAsync(segment, figures, groups.ToDictionary(), cancellation);
        return figures.Rows.Count;

        void Count(Sighting sighting)
        {
            if (sighting.Row is not { } row)
            {
                figures = figures with { Duplicates = figures.Duplicates + new Figures(1, new(sighting.Amount.Cents), sighting.Digest) };
                return;
            }
            var asItStands = sighting.IsAltered ? row with { Digest = CanonicalForm.DigestOf(row) } : row;
            figures = figures with { Rows = figures.Rows + Figures.Of(asItStands) };
            groups.Add(asItStands);
        }
    }

    async ValueTask MergeAsync(
        VerifySegment segment, LogPartition partition, LogCursor inLog, StoreCursor inHot, StoreCursor inHistory, Action<Sighting> count)
    {
        var (hotSightings, historySightings) = (new List<Sighting>(1), new List<Sighting>(1));
        await inLog.MoveNextAsync();
        await inHot.MoveNextAsync();
        await inHistory.MoveNextAsync();
        while (Math.Min(inLog.Offset, Math.Min(inHot.Offset, inHistory.Offset)) is var offset && offset != long.MaxValue)
        {
            var position = new Position(partition, offset);
            var word = LogWord.Nothing;
            Transaction? logged = null;
            if (inLog.Offset == offset)
            {
                logged = inLog.Current.Accepted;
                word = logged is null ? LogWord.Undecodable : LogWord.Transaction;
                await inLog.MoveNextAsync();
                Advance();
            }
            else if (offset < _logStart[partition] || _lost.Contains(position))
                word = LogWord.Forgotten;
            for (; inHot.Offset == offset; await inHot.MoveNextAsync(), Advance())
                hotSightings.Add(inHot.Current);
            for (; inHistory.Offset == offset; await inHistory.MoveNextAsync(), Advance())
            {
                historySightings.Add(inHistory.Current);
                count(inHistory.Current);
            }
            var byIngest = _rejectedByIngest.Contains(position);
            var byRun = _rejectedByRuns.Contains(position);
            var facts = new MessageFacts(position, word, logged, byIngest, byRun, hotSightings, historySightings);
            foreach (var difference in PlacementCheck.Judge(facts, segment.Expected))
                Add(difference);
            hotSightings.Clear();
            historySightings.Clear();
        }
    }

    async ValueTask CompareFiguresAsync(
        VerifySegment segment, RangeFigures found, IReadOnlyDictionary<FigureGroup, Figures> groups, CancellationToken cancellation)
    {
        foreach (var (group, expected, actual) in segment.Compare(found, groups))
        {
            // One row too many is the one whose digest is the surplus, even where the log cannot tell any more.
            var surplus = actual - expected;
            var id = surplus.Count == 1 ? await FindByDigestAsync(segment.Range, surplus.Digest, cancellation) : null;
            var of = group is { } key ? $" of {key}" : "";
            Add(new(
                "history",
                $"Of {segment.Name} history gives back {actual}{of}, but {expected} were proven: the difference is {expected - actual}.",
                id));
        }
    }

    async ValueTask<TransactionId?> FindByDigestAsync(PositionRange range, Digest digest, CancellationToken cancellation)
    {
        await foreach (var batch in history.ReadAsync(range, cancellation))
            foreach (var row in batch.Rows)
                if (CanonicalForm.DigestOf(row) == digest)
                    return row.Id;
        return null;
    }

    /// <summary>
    /// Names the rows of a store that stand where no message was ingested, if counting says that there are some. Ingest and purge may
    /// go on meanwhile, so a row is judged by what was taken after it was seen.
    /// </summary>
    async ValueTask FindOutsidersAsync(
        string store, long outsiders,
        TransactionQueries queries, Func<CancellationToken, ValueTask<Watermark>> taken, CancellationToken cancellation)
    {
        if (outsiders <= 0)
            return;
        var everything = new TransactionSearch
        {
            Where = new Query.Has(QueryField.Epoch), Sort = SortKey.Position, Descending = false, Limit = int.MaxValue,
        };
        var takenBefore = await taken(cancellation);
        var suspects = new List<(TransactionId Id, Position Position)>();
        await foreach (var batch in queries.SearchAsync(everything, cancellation))
            foreach (var row in batch)
                if (!takenBefore.Covers(row.Position))
                    suspects.Add((row.Id, row.Position));
        var takenSince = await taken(cancellation);
        foreach (var (id, position) in suspects)
            if (!takenSince.Covers(position))
                Add(new(store, "One too many: it stands where no message was ingested.", id, position.ToString()));
    }

    IAsyncEnumerable<JudgedBatch> JudgedFrom(
        LogPartition partition, long from, long to, CancellationToken cancellation) =>
        from >= to
            ? AsyncEnumerable.Empty<JudgedBatch>()
            : log.ReadAsync(topic, _logEnd.With(partition, from), follow: false, cancellation)
                .AheadAsync(batch => JudgedBatch.Of(batch, decoder, topic), cancellation);

    static IAsyncEnumerable<HashedBatch> Hashed(IAsyncEnumerable<IndexedBatch> batches, CancellationToken cancellation) =>
        batches.AheadAsync(HashedBatch.Of, cancellation);

    void Advance()
    {
        if (++_done % 10_000 == 0)
            progress.Report(new(_done, Math.Max(_done, _total)));
    }

    void Add(Difference difference)
    {
        if (++_found <= DifferencesMax)
            _differences.Add(difference);
    }
}
