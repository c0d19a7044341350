using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Engines.Elasticsearch;

/// <summary>What a batch's transactions turned out to be.</summary>
sealed record Intake(
    IReadOnlyList<Transaction> Rows, IReadOnlyList<Transaction> Duplicates, IReadOnlyList<RefusedTransaction> Refused)
{
    public RangeFigures Taken => new(Figures.Of(Rows), Figures.Of(Duplicates));
}

/// <summary>
/// Writes a batch's rows. Each is created under its id, which the cluster lets happen once; of those that it refuses, what stands there
/// decides. The index follows from the event's month, so an id that comes again with another month's time is not met here: validate
/// settles it.
/// </summary>
sealed class HotIntake(SearchCluster cluster, HotIndices indices, ElasticsearchOptions options, TimeProvider time)
{
    /// <summary>Who has an id: where, and with what digest.</summary>
    readonly record struct Holder(Position Position, Digest Digest);

    readonly BulkWriter _bulk = new(cluster, options, time);

    public async Task<Intake> WriteRowsAsync(IReadOnlyList<Transaction> fresh, CancellationToken cancellation)
    {
        var (holders, faults) = (new Dictionary<TransactionId, Holder>(fresh.Count), new Dictionary<Position, Fault>());
        await indices.EnsureAsync(fresh.Select(row => indices.RowsOf(row.Timestamp)).Distinct(), cancellation);
        // Whose id is held by nobody since its first was refused, is the first now.
        for (var open = fresh; open.Count > 0;)
        {
            var firsts = open.DistinctBy(row => row.Id).ToList();
            var (taken, refused) = await CreateAsync(firsts, cancellation);
            foreach (var (position, fault) in refused)
                faults[position] = fault;
            foreach (var first in firsts.Where(first => !refused.ContainsKey(first.Position)))
                holders[first.Id] = taken.GetValueOrDefault(first.Id, new(first.Position, first.Digest));
            open = [.. open.Where(row => !holders.ContainsKey(row.Id) && !faults.ContainsKey(row.Position))];
        }
        return Sort(fresh, holders, faults);
    }

    static Intake Sort(
        IReadOnlyList<Transaction> fresh, Dictionary<TransactionId, Holder> holders, Dictionary<Position, Fault> faults)
    {
        var (rows, duplicates, refused) = (new List<Transaction>(fresh.Count), new List<Transaction>(), new List<RefusedTransaction>());
        foreach (var transaction in fresh)
            if (faults.TryGetValue(transaction.Position, out var fault))
                refused.Add(new(transaction, fault));
            else if (holders[transaction.Id] is var holder && holder.Position == transaction.Position)
                rows.Add(transaction);
            else if (holder.Digest == transaction.Digest)
                duplicates.Add(transaction);
            else
                refused.Add(new(transaction, Fault.IdConflict));
        return new(rows, duplicates, refused);
    }

    /// <summary>Under its position, so that a duplicate that is written again is still one.</summary>
    public async Task WriteDuplicatesAsync(IReadOnlyList<Transaction> duplicates, CancellationToken cancellation)
    {
        foreach (var part in duplicates.Chunk(SearchCluster.PageMax))
        {
            var results = await _bulk.SendAsync(
                [.. part.Select(each => new BulkItem(
                    "index", indices.Duplicates, each.Position.ToString(), null,
                    writer => TransactionDocument.WriteDuplicate(writer, each)))], cancellation);
            foreach (var result in results)
                EnsureTaken(result, indices.Duplicates);
        }
    }

    /// <summary>The indices that a refresh must show.</summary>
    public IEnumerable<string> TouchedBy(Intake intake)
    {
        var months = intake.Rows.Select(row => indices.RowsOf(row.Timestamp)).Distinct();
        return intake.Duplicates.Count == 0 ? months : months.Append(indices.Duplicates);
    }

    /// <summary>Those whose id was taken before, with who holds it, and those that an index will not keep, with the reason.</summary>
    async Task<(Dictionary<TransactionId, Holder>, Dictionary<Position, Fault>)> CreateAsync(
        List<Transaction> firsts, CancellationToken cancellation)
    {
        var (holders, faults) = (new Dictionary<TransactionId, Holder>(), new Dictionary<Position, Fault>());
        var now = Instant.Now(time);
        var several = new ParallelOptions { MaxDegreeOfParallelism = options.BulksAtOnceMax, CancellationToken = cancellation };
        await Parallel.ForEachAsync(Parts(firsts), several, async (part, token) =>
        {
            var left = part;
            while (left.Count > 0)
            {
                var (occupied, refused) = await CreateAsync(left, now, token);
                var found = occupied.Count == 0 ? [] : await FindHoldersAsync(occupied, token);
                lock (holders)
                {
                    foreach (var (id, holder) in found)
                        holders[id] = holder;
                    foreach (var (row, fault) in refused)
                        faults[row.Position] = fault;
                }
                // Gone since it was in the way: a run removed it meanwhile. Then there is room now.
                left = [.. occupied.Where(row => !found.ContainsKey(row.Id))];
            }
        });
        return (holders, faults);
    }

    async Task<(List<Transaction> Occupied, List<RefusedTransaction> Refused)> CreateAsync(
        IReadOnlyList<Transaction> rows, Instant now, CancellationToken cancellation)
    {
        var room = new byte[rows.Max(row => row.Detail.Span.Length) + 1];
        var results = await _bulk.SendAsync(
            [.. rows.Select(row => new BulkItem(
                "create", indices.RowsOf(row.Timestamp), row.Id.ToString(), null,
                writer => TransactionDocument.Write(writer, row, now, room)))], cancellation);
        var (occupied, refused) = (new List<Transaction>(), new List<RefusedTransaction>());
        for (var index = 0; index < results.Length; index++)
            if (results[index].Status == 409)
                occupied.Add(rows[index]);
            else if (results[index].Status == 400)
                refused.Add(new(rows[index], FaultOf(results[index], indices.RowsOf(rows[index].Timestamp))));
            else
                EnsureTaken(results[index], indices.RowsOf(rows[index].Timestamp));
        // Every transaction fits the fields that we made. Where they are no longer ours, rejecting what comes would reject what is right.
        if (refused.Count > 0)
            await indices.EnsureOursAsync(
                refused.Select(each => indices.RowsOf(each.Transaction.Timestamp)).Distinct(), cancellation);
        return (occupied, refused);
    }

    /// <summary>A field below one of ours, such as <c>detalle.number</c>, is somebody's addition to it.</summary>
    static Fault FaultOf(BulkResult result, string index)
    {
        var field = result.Field?.Split('.')[0];
        return Fault.StoreRefused(HotMapping.Has(field) ? field : null, $"index {index}", result.Kind ?? "400");
    }

    /// <summary>Neither taken nor the document's fault: it waits until somebody has put the index right.</summary>
    void EnsureTaken(BulkResult result, string index)
    {
        if (result.Status is not (200 or 201))
            throw new ElasticsearchException(
                $"{cluster} takes no documents for index {index} ({result.Status} {result.Kind}): look whether it is blocked, closed or "
                + $"changed, and compare it with template caudal-{indices.Rows}; ingest then goes on where it stands.");
    }

    async Task<Dictionary<TransactionId, Holder>> FindHoldersAsync(IReadOnlyList<Transaction> occupied, CancellationToken cancellation)
    {
        var found = new Dictionary<TransactionId, Holder>();
        foreach (var part in occupied.Chunk(SearchCluster.PageMax))
            foreach (var hit in await cluster.FindAsync(
                part.Select(row => (indices.RowsOf(row.Timestamp), row.Id.ToString())), TransactionDocument.IdentityFields, cancellation))
            {
                var fields = DocumentFields.Read(hit);
                found[TransactionId.Parse(hit.Id)] = new(fields.Position, fields.Digest);
            }
        return found;
    }

    IEnumerable<IReadOnlyList<Transaction>> Parts(List<Transaction> rows)
    {
        for (var start = 0; start < rows.Count;)
        {
            var (end, bytes) = (start, 0L);
            while (end < rows.Count && (end == start || bytes + TransactionDocument.EstimateBytes(rows[end]) <= options.BulkBytesMax))
                bytes += TransactionDocument.EstimateBytes(rows[end++]);
            yield return rows.GetRange(start, end - start);
            start = end;
        }
    }
}
