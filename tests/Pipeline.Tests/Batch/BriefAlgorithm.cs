using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests.Batch;

/// <summary>
/// What the brief's job does, on our stores: scan all documents, keep those that pass its validation, insert them one by one without an
/// identity, and delete everything that matches the query then. It is here to be shown failing.
/// </summary>
sealed class BriefAlgorithm(EmbeddedPipeline pipeline)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Its table of history.</summary>
    public List<Transaction> Archive { get; } = [];

    /// <param name="isValid">Its validation: what fails is left out with a warning in a log.</param>
    /// <param name="whileRunning">What else happens between the scan and the deletion.</param>
    /// <param name="loseReply">The database commits, but the job does not hear of it: its scheduler runs the load again.</param>
    public async Task RunAsync(Predicate<Transaction> isValid, Func<Task> whileRunning, bool loseReply)
    {
        var scanned = new List<Transaction>();
        await foreach (var batch in pipeline.Hot.Queries.SearchAsync(new() { Limit = int.MaxValue }, Cancellation))
            scanned.AddRange(batch);
        await whileRunning();
        var valid = scanned.FindAll(isValid);
        for (var attempt = 0; attempt < (loseReply ? 2 : 1); attempt++)
            Archive.AddRange(valid);
        await DeleteByQueryAsync();
    }

    async Task DeleteByQueryAsync()
    {
        var everything = new PositionRange(Watermark.Zero, (await pipeline.Hot.GetStateAsync(Cancellation)).Next);
        await pipeline.Hot.RemoveAsync(everything, await pipeline.Hot.MeasureAsync(everything, Cancellation), Cancellation);
    }
}
