using Caudal.Log;

namespace Caudal.Dashboard.Api;

/// <summary>
/// Whether work may be sent to this process: not before its stores are open, and no more from the moment it is told to stop, while what it
/// was sent before is still being done.
/// </summary>
public sealed class Readiness
{
    /// <summary>Whoever asks wants an answer, also where the log gives none.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    RunningPipeline? _pipeline;
    bool _isStopping;

    public void Begin(RunningPipeline pipeline) => Volatile.Write(ref _pipeline, pipeline);

    public void Stop() => Volatile.Write(ref _isStopping, true);

    /// <summary>Why nothing may be sent now; none where it may.</summary>
    public async ValueTask<IReadOnlyList<string>> FindReasonsAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _isStopping))
            return ["The process was told to stop: it ends what it has begun and takes nothing more."];
        if (Volatile.Read(ref _pipeline) is not { } pipeline)
            return ["The process is starting: its stores are not open yet."];
        var reasons = new List<string>();
        if (await FindLogFaultAsync(pipeline, cancellation) is { } logFault)
            reasons.Add($"The log takes no writes: {logFault}");
        if (pipeline.IngestFault is { } ingestFault)
            reasons.Add($"Ingest is not getting on: {ingestFault}");
        return reasons;
    }

    static async ValueTask<string?> FindLogFaultAsync(RunningPipeline pipeline, CancellationToken cancellation)
    {
        try
        {
            return (await pipeline.Log.DescribeAsync(pipeline.Topic, cancellation).AsTask().WaitAsync(Patience, cancellation)).WriteFault;
        }
        catch (LogUnavailableException away)
        {
            return away.Message;
        }
        catch (TimeoutException)
        {
            return $"It has not answered within {Patience.TotalSeconds} seconds.";
        }
    }
}
