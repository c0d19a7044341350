using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Microsoft.Extensions.Logging;

namespace Caudal.Ingesting;

/// <summary>Carries messages from the log to the hot store: read, decode, index, commit.</summary>
public sealed class IngestLoop(
    ITransactionLog log, IHotStore hot, IHistoryStore history, RejectionBook rejections, IngestOptions options, TimeProvider time, ILogger<IngestLoop> logger)
{
    /// <summary>Runs until cancelled. A fault of a store is retried with backoff and shown by <see cref="Fault"/>; nothing is skipped.</summary>
    public Task RunAsync(CancellationToken cancellation) => throw new NotImplementedException($"{log}{hot}{history}{rejections}{options}{time}{logger}");

    /// <summary>Why ingest is not getting on now, or null.</summary>
    public string? Fault { get; private set; }

    /// <summary>Where ingest stands: all before it is accounted for and durable.</summary>
    public Watermark Next { get; private set; } = Watermark.Zero;

    /// <summary>Returns once <see cref="Next"/> covers the watermark.</summary>
    public Task WaitForAsync(Watermark watermark, CancellationToken cancellation) => throw new NotImplementedException();
}
