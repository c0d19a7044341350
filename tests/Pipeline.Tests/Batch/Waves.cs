using Caudal.Batch;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Tests.Batch;

/// <summary>
/// What is appended before each run: new transactions, and one of everything that is not a new transaction. Wave n stands on wave n - 1
/// having been settled.
/// </summary>
static class Waves
{
    public const int Messages = 10;

    static readonly LogMessage Malformed = new("{\"app\": \"Banca Web\", "u8.ToArray());

    /// <summary>
    /// Five new ones, one of them again and one with another amount, one that is no transaction, and two that history knows.
    /// </summary>
    public static LogMessage[] Of(int wave) =>
    [
        .. Enumerable.Range(First(wave), 5).Select(Some.LogMessage),
        Some.LogMessage(First(wave)),
        Altered(First(wave) + 1),
        Malformed,
        wave == 0 ? Some.LogMessage(First(wave)) : Some.LogMessage(First(wave - 1) + 2),
        wave == 0 ? Altered(First(wave) + 1) : Altered(First(wave - 1) + 3),
    ];

    public static int First(int wave) => wave * 10;

    /// <summary>The same id with another amount.</summary>
    public static LogMessage Altered(int n) =>
        new(Some.Message(Some.Transaction(n, some => some with { Amount = new(some.Amount.Cents + 100_000) })));

    /// <summary>Checks that the run settled the wave, whatever happened on the way, and left nothing behind.</summary>
    public static async Task ShouldBeSettledAsync(this EmbeddedPipeline pipeline, int wave, BatchRun run)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var known = wave > 0 ? 1 : 0;
        run.State.ShouldBe(RunState.Purged);
        run.Range.Stretches.Single().ShouldBe((run.Range.Stretches.Single().Partition, wave * Messages, (wave + 1) * Messages));
        (run.Messages, run.RejectedBefore).ShouldBe((Messages, 3 - known));
        (run.Extracted.Rows.Count, run.Extracted.Duplicates.Count).ShouldBe((5 + 2 * known, 2 - known));
        (run.Rejected.Count, run.Loaded.Duplicates.Count).ShouldBe((known, 2));
        run.Loaded.Rows.ShouldBe(Figures.Of(Some.Transactions(First(wave), 5)));
        run.Purged.ShouldBe(run.Extracted);

        var batches = await pipeline.History.ReadAsync(run.Range, cancellation).ToListAsync(cancellation);
        batches.SelectMany(batch => batch.Rows).Select(row => row.Id).ShouldBe(Enumerable.Range(First(wave), 5).Select(Some.Id));
        batches.SelectMany(batch => batch.Duplicates).Count().ShouldBe(2);
        var rejections = await pipeline.History.ReadRejectionsAsync(cancellation)
            .Where(rejection => rejection.RunId == run.Id).ToListAsync(cancellation);
        rejections.Select(rejection => (rejection.Id, rejection.Code))
            .ShouldBe(known == 0 ? [] : [(Some.Id(First(wave - 1) + 3), FaultCode.IdConflict)]);
        foreach (var rejection in rejections)
            rejection.Bytes.ToArray().ShouldBe(Altered(First(wave - 1) + 3).Value.ToArray());
        (await pipeline.Hot.MeasureAsync(run.Range, cancellation)).ShouldBe(default);
        (await pipeline.History.MeasureStagedAsync(run, cancellation)).ShouldBe(default);
        var receipt = (await pipeline.History.Journal.FindLastReceiptAsync(cancellation)).ShouldNotBeNull();
        (receipt.RunId, receipt.IsIntact, receipt.Conserves).ShouldBe((run.Id, true, true));
    }
}
