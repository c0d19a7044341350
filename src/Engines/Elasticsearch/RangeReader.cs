using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Engines.Elasticsearch;

/// <summary>
/// Goes through the documents of a range at one point in time, ordered by position, window of offsets by window, so that the cluster sorts
/// a page at a time and never the whole.
/// </summary>
/// <param name="hidden">A range that is being removed, and counts no more.</param>
sealed class RangeReader(PointInTime pointInTime, HotIndices indices, PositionRange? hidden)
{
    /// <summary>One less than a page, so that a window without gaps is seen to be at its end with its first page.</summary>
    const int WindowOffsets = SearchCluster.PageMax - 1;

    public async IAsyncEnumerable<IndexedBatch> ReadAsync(PositionRange range, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var hits in HitsAsync(range, withSource: true, cancellation))
        {
            var (rows, duplicates) = (new List<Transaction>(hits.Count), new List<Duplicate>());
            foreach (var hit in hits)
                if (IsDuplicate(hit))
                    duplicates.Add(TransactionDocument.ReadDuplicate(hit));
                else
                    rows.Add(TransactionDocument.Read(hit));
            yield return new(rows, duplicates);
        }
    }

    /// <summary>Each with the version in which it is seen.</summary>
    public async IAsyncEnumerable<IReadOnlyList<Hit>> HitsAsync(
        PositionRange range, bool withSource, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (partition, from, to) in range.Stretches)
        {
            var next = await FindNextAsync(partition, from, to, cancellation);
            while (next < to)
            {
                var (start, end) = (next, to - next > WindowOffsets ? next + WindowOffsets : to);
                var any = false;
                await foreach (var hits in pointInTime.PagesAsync(() => Window(partition, start, end, withSource), cancellation))
                {
                    any = true;
                    yield return hits;
                }
                // Offsets may have gaps of any size: a window that is empty is followed by one that is not.
                next = any ? end : await FindNextAsync(partition, end, to, cancellation);
            }
        }
    }

    public bool IsDuplicate(Hit hit) => hit.Index == indices.Duplicates;

    /// <summary>The first offset that a document has, or <paramref name="to"/> where none is left.</summary>
    async Task<long> FindNextAsync(LogPartition partition, long from, long to, CancellationToken cancellation)
    {
        var body = Window(partition, from, to, withSource: false);
        (body["size"], body["track_total_hits"]) = (1, false);
        var answer = await pointInTime.SearchAsync(body, cancellation);
        if (answer.Hits.Count == 0)
            return to;
        using var sort = JsonDocument.Parse(answer.Hits[0].Sort);
        return sort.RootElement[0].GetInt64();
    }

    JsonObject Window(LogPartition partition, long from, long to, bool withSource) => new()
    {
        ["query"] = hidden is null
            ? QueryDsl.Within(partition, from, to)
            : QueryDsl.All(QueryDsl.Within(partition, from, to), QueryDsl.Not(QueryDsl.Within(hidden))),
        ["sort"] = new JsonArray(TransactionDocument.Offset, Wire.Id),
        ["seq_no_primary_term"] = true,
        ["_source"] = withSource,
    };
}
