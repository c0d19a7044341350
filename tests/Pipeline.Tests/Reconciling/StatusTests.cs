using Caudal.Tests.Batch;

namespace Caudal.Tests.Reconciling;

/// <summary>Status asks one store after the other while both go on; what moved in between is no difference.</summary>
public sealed class StatusTests
{
    const int Askers = 1;
    const int LooksEach = 200;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Asked_without_pause_while_small_batches_are_committed_and_runs_purge_nothing_differs()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        using var enough = new CancellationTokenSource();
        var appending = AppendUntilAsync(pipeline, enough.Token);
        var settling = SettleUntilAsync(pipeline, enough.Token);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Askers).Select(_ => AskAsync(pipeline)));
        }
        finally
        {
            await enough.CancelAsync();
            await Task.WhenAll(appending, settling);
        }
        (await appending).ShouldBeGreaterThan(10);
        (await settling).ShouldBeGreaterThan(2);
        (await pipeline.Reconciler.StatusAsync(Cancellation)).Differences.ShouldBeEmpty();
    }

    /// <summary>Three messages at a time, each time a commit of their own. Returns how many commits that were.</summary>
    static Task<int> AppendUntilAsync(EmbeddedPipeline pipeline, CancellationToken enough) => Task.Run(
        async () =>
        {
            var commits = 0;
            for (; !enough.IsCancellationRequested; commits++)
                await pipeline.AppendAsync([.. Enumerable.Range(3 * commits, 3).Select(Some.LogMessage)]);
            return commits;
        }, Cancellation);

    /// <summary>Returns how many runs that were.</summary>
    static Task<int> SettleUntilAsync(EmbeddedPipeline pipeline, CancellationToken enough) => Task.Run(
        async () =>
        {
            var runs = 0;
            for (; !enough.IsCancellationRequested; runs++)
                await pipeline.SettleAsync();
            return runs;
        }, Cancellation);

    static Task AskAsync(EmbeddedPipeline pipeline) => Task.Run(
        async () =>
        {
            for (var look = 0; look < LooksEach; look++)
                (await pipeline.Reconciler.StatusAsync(Cancellation)).Differences.ShouldBeEmpty();
        }, Cancellation);
}
