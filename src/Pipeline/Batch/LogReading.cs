using System.Runtime.CompilerServices;
using Caudal.Log;
using Caudal.Reconciling;

namespace Caudal.Batch;

static class LogReading
{
    /// <summary>The messages at exactly these positions, which are in order.</summary>
    public static async IAsyncEnumerable<LogRecord> ReadExactlyAsync(
        this ITransactionLog log, string topic, IReadOnlyList<Position> positions,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (positions.Count == 0)
            yield break;
        // The other partitions stand at their ends, so that next to nothing of them is read along.
        var end = (await log.DescribeAsync(topic, cancellation)).End;
        var next = 0;
        while (next < positions.Count)
        {
            var before = next;
            var partition = positions[next].LogPartition;
            var from = end.With(partition, positions[next].Offset);
            await foreach (var batch in log.ReadAsync(topic, from, follow: false, cancellation))
            {
                foreach (var record in batch.Records)
                    if (next < positions.Count && record.Position == positions[next])
                    {
                        yield return record;
                        next++;
                    }
                if (next == positions.Count || positions[next].LogPartition != partition)
                    break;
            }
            if (next == before)
                throw new ReconciliationException(
                    $"The log no longer holds the message at {positions[next]}, which a run must keep as a rejection.");
        }
    }
}
