using Caudal.Reconciling;

namespace Caudal.Dashboard.Api;

/// <summary>The one re-hashing of every row that is under way or was last done, whoever started it: a route or a page.</summary>
public sealed class Verification(RunningPipeline pipeline, LongWork work) : IProgress<VerifyProgress>
{
    const string Name = "verify";

    public VerifyProgress Latest { get; private set; } = new(0, 0);

    public bool WasStarted => work.IsKnown(Name);

    /// <summary>One that is under way is joined.</summary>
    public void Start() => work.Start(Name, cancellation => pipeline.Reconciler.VerifyAsync(this, cancellation).AsTask());

    /// <summary>What it found; null while it goes on, or where none was started. Its failure is thrown.</summary>
    public Task<Reconciliation?> LookAsync(CancellationToken cancellation) => work.LookAsync<Reconciliation>(Name, cancellation);

    void IProgress<VerifyProgress>.Report(VerifyProgress value) => Latest = value;
}
