using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Engines.Elasticsearch;

/// <summary>What a batch's transactions turned out to be.</summary>
sealed record Intake(IReadOnlyList<Transaction> Rows, IReadOnlyList<Transaction> Duplicates, IReadOnlyList<Transaction> Conflicts)
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
        var (firsts, holders) = (new List<Transaction>(fresh.Count), new Dictionary<TransactionId, Holder>(fresh.Count));
        foreach (var transaction in fresh)
            if (holders.TryAdd(transaction.Id, new(transaction.Position, transaction.Digest)))
                firsts.Add(transaction);
        await indices.EnsureAsync(firsts.Select(row => indices.RowsOf(row.Timestamp)).Distinct(), cancellation);
        foreach (var (id, holder) in await CreateAsync(firsts, cancellation))
            holders[id] = holder;

        var (rows, duplicates, conflicts) = (new List<Transaction>(fresh.Count), new List<Transaction>(), new List<Transaction>());
        foreach (var transaction in fresh)
            (holders[transaction.Id] is var holder && holder.Position == transaction.Position ? rows
                : holder.Digest == transaction.Digest ? duplicates : conflicts).Add(transaction);
        return new(rows, duplicates, conflicts);
    }

    /// <summary>Under its position, so that a duplicate that is written again is still one.</summary>
    public async Task WriteDuplicatesAsync(IReadOnlyList<Transaction> duplicates, CancellationToken cancellation)
    {
        foreach (var part in duplicates.Chunk(SearchCluster.PageMax))
        {
            var statuses = await _bulk.SendAsync(
                [.. part.Select(each => new BulkItem(
                    "index", indices.Duplicates, each.Position.ToString(), null,
                    writer => TransactionDocument.WriteDuplicate(writer, each)))], cancellation);
            foreach (var status in statuses)
                EnsureTaken(status, indices.Duplicates);
        }
    }

    /// <summary>The indices that a refresh must show.</summary>
    public IEnumerable<string> TouchedBy(Intake intake)
    {
        var months = intake.Rows.Select(row => indices.RowsOf(row.Timestamp)).Distinct();
        return intake.Duplicates.Count == 0 ? months : months.Append(indices.Duplicates);
    }

    /// <summary>Those whose id was taken before, with who holds it.</summary>
    async Task<Dictionary<TransactionId, Holder>> CreateAsync(List<Transaction> firsts, CancellationToken cancellation)
    {
        var holders = new Dictionary<TransactionId, Holder>();
        var now = Instant.Now(time);
        var several = new ParallelOptions { MaxDegreeOfParallelism = options.BulksAtOnceMax, CancellationToken = cancellation };
        await Parallel.ForEachAsync(Parts(firsts), several, async (part, token) =>
        {
            var left = part;
            while (left.Count > 0)
            {
                var refused = await CreateAsync(left, now, token);
                var found = refused.Count == 0 ? [] : await FindHoldersAsync(refused, token);
                lock (holders)
                    foreach (var (id, holder) in found)
                        holders[id] = holder;
                // Gone since it was in the way: a run removed it meanwhile. Then there is room now.
                left = [.. refused.Where(row => !found.ContainsKey(row.Id))];
            }
        });
        return holders;
    }

    async Task<List<Transaction>> CreateAsync(IReadOnlyList<Transaction> rows, Instant now, CancellationToken cancellation)
    {
        var room = new byte[rows.Max(row => row.Detail.Span.Length) + 1];
        var statuses = await _bulk.SendAsync(
            [.. rows.Select(row => new BulkItem(
                "create", indices.RowsOf(row.Timestamp), row.Id.ToString(), null,
                writer => TransactionDocument.Write(writer, row, now, room)))], cancellation);
        var refused = new List<Transaction>();
        for (var index = 0; index < statuses.Length; index++)
            if (statuses[index] == 409)
                refused.Add(rows[index]);
            else
                EnsureTaken(statuses[index], indices.RowsOf(rows[index].Timestamp));
        return refused;
    }

    /// <summary>
    /// Every transaction that comes here fits the mapping that we made. One that is refused tells of another mapping; passing it over
    /// would reject what is right.
    /// </summary>
    void EnsureTaken(int status, string index)
    {
        if (status is not (200 or 201))
            throw new InvalidDataException(
                $"{cluster} refused a document for index {index} ({status}). Its mapping or settings are not those that Caudal made it "
                + $"with: compare them with template caudal-{indices.Rows} and put them right; ingest then goes on where it stands.");
    }

    async Task<Dictionary<TransactionId, Holder>> FindHoldersAsync(IReadOnlyList<Transaction> refused, CancellationToken cancellation)
    {
        var found = new Dictionary<TransactionId, Holder>();
        foreach (var part in refused.Chunk(SearchCluster.PageMax))
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
