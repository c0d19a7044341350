using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;

namespace Caudal.Batch;

static class IngestWaiting
{
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Returns once ingest has passed the watermark: a cutoff may lie ahead of it, and a hot store that was rebuilt during the run has
    /// yet to read the run's range again. Throws what stopped ingest, where that runs in this process alone.
    /// </summary>
    /// <param name="ingest">The loop of this process; null where others ingest, and only the store tells.</param>
    public static async ValueTask WaitForAsync(
        this IHotStore hot, Watermark watermark, IngestLoop? ingest, TimeProvider time, CancellationToken cancellation)
    {
        while (!(await hot.GetStateAsync(cancellation)).Next.Covers(watermark))
        {
            if (ingest is not null)
            {
                await ingest.WaitForAsync(watermark, cancellation);
                return;
            }
            await Task.Delay(Poll, time, cancellation);
        }
    }
}
