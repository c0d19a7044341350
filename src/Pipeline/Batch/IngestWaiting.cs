using Caudal.Hot;
using Caudal.Log;

namespace Caudal.Batch;

static class IngestWaiting
{
    static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Returns once ingest has passed the watermark: a cutoff may lie ahead of it, and a hot store that was rebuilt during the run has
    /// yet to read the run's range again.
    /// </summary>
    public static async ValueTask WaitForAsync(this IHotStore hot, Watermark watermark, TimeProvider time, CancellationToken cancellation)
    {
        while (!(await hot.GetStateAsync(cancellation)).Next.Covers(watermark))
            await Task.Delay(Poll, time, cancellation);
    }
}
