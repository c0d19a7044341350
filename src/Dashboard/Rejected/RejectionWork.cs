using Caudal.Dashboard.Api;
using Caudal.Ingesting;
using Caudal.Log;

namespace Caudal.Dashboard.Rejected;

/// <summary>What is done to many rejections at once, beside whoever asked for it. Each is done, and audited, as if it were alone.</summary>
public sealed class RejectionWork(LongWork work)
{
    const string Name = "rejections";

    /// <summary>As many as share one flush of the log.</summary>
    const int AtOnce = 8;

    int _done;

    public bool IsAtWork { get; private set; }

    public int Done => _done;

    public int Total { get; private set; }

    /// <summary>Why some of them were left as they were: the last one's reason, or null.</summary>
    public Exception? Refusal { get; private set; }

    /// <exception cref="RejectionConflictException">Others are under way.</exception>
    public void Start(IReadOnlyList<Position> positions, Func<Position, CancellationToken, ValueTask<Rejection>> each)
    {
        lock (work)
        {
            if (IsAtWork)
                throw new RejectionConflictException($"{Done} of {Total} rejections are being settled: wait until they are done.");
            (IsAtWork, Total, _done, Refusal) = (true, positions.Count, 0, null);
        }
        work.Start(Name, async cancellation =>
        {
            try
            {
                await Parallel.ForEachAsync(
                    positions, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
                    async (position, token) =>
                    {
                        try
                        {
                            await each(position, token);
                        }
                        catch (Exception refused) when (refused is not OperationCanceledException)
                        {
                            Refusal = refused;
                        }
                        Interlocked.Increment(ref _done);
                    });
                return this;
            }
            finally
            {
                IsAtWork = false;
            }
        });
    }
}
