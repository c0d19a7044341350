using Caudal.Batch;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Tests.Batch;

/// <summary>A log that was restored from an older backup goes on under a new epoch, and the books still agree.</summary>
public sealed class NewEpochTests
{
    static readonly LogMessage Broken = new("{ this is no transaction"u8.ToArray());

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What a run had settled of what the log then lost, and what it had not.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Every_row_is_there_once_after_the_log_was_restored_and_went_on(bool settlesBefore, bool settlesAfter)
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Some.LogMessage(1), Broken, Some.LogMessage(2), Some.LogMessage(2));
        if (settlesBefore)
            await pipeline.SettleAsync();
        await BackUpAsync(pipeline);
        await pipeline.AppendAsync(Some.LogMessage(3), Broken, Some.LogMessage(4), Some.LogMessage(1), Some.LogMessage(4));
        if (settlesAfter)
            await pipeline.SettleAsync();
        await RestoreAsync(pipeline);

        (await Should.ThrowAsync<LogTruncatedException>(pipeline.Ingesting)).ShouldNotBeNull();
        (await pipeline.Reconciler.StatusAsync(Cancellation)).Differences
            .ShouldContain(difference => difference.Where == "log" && difference.What.Contains("caudal log new-epoch"));
        var begun = (await pipeline.Restoration.BeginEpochAsync("test", Cancellation)).ShouldNotBeNull();
        (begun.Lost, begun.Rejected, begun.Gone).ShouldBe((5, 1, 1));
        await ShouldReconcileAsync(pipeline);

        pipeline.StartIngest();
        var receipt = await pipeline.AppendUnseenAsync(Some.LogMessage(5), Broken, Some.LogMessage(6));
        receipt.Partition.Epoch.ShouldBe(begun.Epoch);
        await pipeline.CatchUpAsync();
        await ShouldReconcileAsync(pipeline);
        await pipeline.RestartAsync();
        await pipeline.SettleAsync();

        await ShouldReconcileAsync(pipeline);
        (await pipeline.Restoration.BeginEpochAsync("test", Cancellation)).ShouldBeNull();
        (await IdsAsync(pipeline)).ShouldBe(Enumerable.Range(1, 6).Select(Some.Id), ignoreOrder: true);
        (await pipeline.Reconciler.StatusAsync(Cancellation)).Log.Messages.ShouldBe(12);
    }

    [Fact]
    public async Task A_rejection_is_noted_again_with_its_bytes_where_the_backup_holds_the_message_but_not_the_rejection()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.StopIngestAsync();
        await pipeline.AppendUnseenAsync(
            Some.LogMessage(1), Broken, new(Some.Message(Some.Transaction(1, some => some with { Amount = new(99) }))));
        pipeline.StartIngest();
        await pipeline.StopIngestAsync();
        pipeline.StartIngest();
        await pipeline.RestartAsync();
        await BackUpAsync(pipeline, lagging: true);
        await pipeline.AppendAsync(Some.LogMessage(2));
        await RestoreAsync(pipeline);
        await Should.ThrowAsync<LogTruncatedException>(pipeline.Ingesting);

        var begun = (await pipeline.Restoration.BeginEpochAsync("test", Cancellation)).ShouldNotBeNull();

        (begun.Lost, begun.Rejected, begun.Gone).ShouldBe((1, 2, 0));
        await ShouldReconcileAsync(pipeline);
        (await pipeline.Rejections.ListAsync(null, null, Cancellation).ToListAsync(Cancellation))
            .Select(rejection => (rejection.Position.Offset, rejection.Code))
            .ShouldBe([(1, FaultCode.NotJson), (2, FaultCode.IdConflict)], ignoreOrder: true);
        pipeline.StartIngest();
    }

    [Fact]
    public async Task What_was_appended_to_the_restored_log_before_is_not_given_up()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Some.LogMessage(1));
        await BackUpAsync(pipeline);
        await pipeline.AppendAsync(Some.LogMessage(2), Some.LogMessage(3));
        await RestoreAsync(pipeline);
        await Should.ThrowAsync<LogTruncatedException>(pipeline.Ingesting);
        await pipeline.AppendUnseenAsync(Some.LogMessage(4));

        (await Should.ThrowAsync<ReconciliationException>(
            async () => await pipeline.Restoration.BeginEpochAsync("test", Cancellation))).Message.ShouldContain("Restore it once more");
        await RestoreAsync(pipeline);
        await Should.ThrowAsync<LogTruncatedException>(pipeline.Ingesting);
        (await pipeline.Restoration.BeginEpochAsync("test", Cancellation)).ShouldNotBeNull();
        pipeline.StartIngest();
        await pipeline.AppendAsync(Some.LogMessage(4));
        await ShouldReconcileAsync(pipeline);
        (await IdsAsync(pipeline)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_row_that_is_missing_is_not_taken_for_a_lost_rejection()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Some.LogMessage(1));
        await BackUpAsync(pipeline);
        await pipeline.AppendAsync(Some.LogMessage(2), Broken);
        await RestoreAsync(pipeline);
        await Should.ThrowAsync<LogTruncatedException>(pipeline.Ingesting);
        await pipeline.Restoration.BeginEpochAsync("test", Cancellation);
        pipeline.StartIngest();
        await pipeline.TamperAsync("hot", $"DELETE FROM transactions WHERE id = '{Some.Id(2)}'");

        (await pipeline.VerifyAsync()).Reconciled.ShouldBeFalse();
        await Should.ThrowAsync<ReconciliationException>(() => pipeline.SettleAsync());
    }

    [Fact]
    public async Task What_is_lost_and_rejected_by_a_run_keeps_its_record_without_bytes()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Some.LogMessage(1));
        await pipeline.SettleAsync();
        await BackUpAsync(pipeline);
        await pipeline.AppendAsync(new LogMessage(Some.Message(Some.Transaction(1, some => some with { Amount = new(99) }))));
        await RestoreAsync(pipeline);
        await Should.ThrowAsync<LogTruncatedException>(pipeline.Ingesting);
        await pipeline.Restoration.BeginEpochAsync("test", Cancellation);
        pipeline.StartIngest();

        (await pipeline.SettleAsync()).State.ShouldBe(RunState.Purged);

        await ShouldReconcileAsync(pipeline);
        var rejection = (await pipeline.Rejections.ListAsync(null, null, Cancellation).ToListAsync(Cancellation)).ShouldHaveSingleItem();
        (rejection.Code, rejection.Bytes.Length).ShouldBe((FaultCode.IdConflict, 0));
        (await Should.ThrowAsync<RejectionConflictException>(
            async () => await pipeline.Rejections.ResendAsync(rejection.Position, null, "test", Cancellation)))
            .Message.ShouldContain("edited bytes");
    }

    /// <summary>Also as it was before ingest rejected anything of it, where it is to lag.</summary>
    static Task BackUpAsync(EmbeddedPipeline pipeline, bool lagging = false) => pipeline.RestartAsync(async () =>
    {
        File.Copy(pipeline.LogFile, pipeline.LogFile + ".backup");
        if (!lagging)
            return;
        await using var backup = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={pipeline.LogFile}.backup;Pooling=False");
        await backup.OpenAsync(Cancellation);
        await using var command = backup.CreateCommand();
        command.CommandText =
            $"""
            DELETE FROM batches WHERE epoch_id IN (SELECT id FROM epochs WHERE topic = '{RejectionBook.TopicOf(Some.Topic)}');
            DELETE FROM epochs WHERE topic = '{RejectionBook.TopicOf(Some.Topic)}'
            """;
        await command.ExecuteNonQueryAsync(Cancellation);
    });

    static Task RestoreAsync(EmbeddedPipeline pipeline) => pipeline.RestartAsync(() =>
    {
        File.Copy(pipeline.LogFile + ".backup", pipeline.LogFile, overwrite: true);
        return Task.CompletedTask;
    });

    static async Task ShouldReconcileAsync(EmbeddedPipeline pipeline)
    {
        (await pipeline.Reconciler.StatusAsync(Cancellation)).Differences.ShouldBeEmpty();
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    static async Task<List<TransactionId>> IdsAsync(EmbeddedPipeline pipeline) =>
        await new BothStores(pipeline.Hot, pipeline.History)
            .SearchAsync(new() { Limit = 1000 }, Cancellation).SelectMany(batch => batch.ToAsyncEnumerable())
            .Select(transaction => transaction.Id).ToListAsync(Cancellation);
}
