using Caudal.Engines.Sqlite;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests.Batch;

/// <summary>A log that is not the one that was ingested from is noticed, and takes nothing.</summary>
public sealed class ReplacedLogTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_door_is_shut_while_the_log_ends_too_soon_and_open_once_a_newer_one_is_there()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Some.LogMessage(1));
        await CopyAsync(pipeline, "older");
        await pipeline.AppendAsync(Some.LogMessage(2));
        await CopyAsync(pipeline, "newer");

        await RestoreAsync(pipeline, "older");
        await Should.ThrowAsync<LogTruncatedException>(pipeline.Ingesting);
        await pipeline.Restoration.GuardAsync(Cancellation);
        (await Should.ThrowAsync<LogUnavailableException>(async () => await EnterAsync(Door(pipeline), 3))).Message
            .ShouldContain("caudal log new-epoch");

        await RestoreAsync(pipeline, "newer");
        await pipeline.Restoration.GuardAsync(Cancellation);
        (await EnterAsync(Door(pipeline), 3)).Fault.ShouldBeNull();
        await pipeline.CatchUpAsync();
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    /// <summary>The flag is in the file: what no longer holds is taken back from it, as where hot was set aside meanwhile.</summary>
    [Fact]
    public async Task A_log_that_was_held_is_let_go_once_all_is_well_again()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.Log.HoldAsync(Some.Topic, "as it once was", Cancellation);

        await pipeline.Restoration.GuardAsync(Cancellation);

        await pipeline.AppendAsync(Some.LogMessage(1));
    }

    /// <summary>Receipts cover all that was in it: the log that is made in its place need not know it.</summary>
    [Fact]
    public async Task Where_the_log_is_gone_with_what_was_settled_the_same_rows_come_again_as_duplicates()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Some.LogMessage(1), Some.LogMessage(2), Some.LogMessage(2), Some.LogMessage(3));
        await pipeline.SettleAsync();
        await LoseLogAsync(pipeline);

        await pipeline.Restoration.GuardAsync(Cancellation);
        await ShouldReconcileAsync(pipeline);
        await pipeline.AppendAsync(Some.LogMessage(1), Some.LogMessage(2), Some.LogMessage(4));
        await ShouldReconcileAsync(pipeline);
        await pipeline.SettleAsync();

        await ShouldReconcileAsync(pipeline);
        var status = await pipeline.Reconciler.StatusAsync(Cancellation);
        (status.Log.Messages, status.History.Count, status.Duplicates.Count).ShouldBe((7, 4, 3));
        (await pipeline.Restoration.BeginEpochAsync("test", Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task Where_the_log_is_gone_with_what_was_rejected_that_is_noted_again_by_a_persons_word()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Some.LogMessage(1), new LogMessage("no transaction"u8.ToArray()));
        await pipeline.SettleAsync();
        await LoseLogAsync(pipeline);
        (await pipeline.Reconciler.StatusAsync(Cancellation)).Differences
            .ShouldContain(difference => difference.What.Contains("1 messages that ingest rejected, but 0 are kept"));

        var begun = (await pipeline.Restoration.BeginEpochAsync("test", Cancellation)).ShouldNotBeNull();

        (begun.Lost, begun.Rejected, begun.Gone).ShouldBe((0, 1, 1));
        await ShouldReconcileAsync(pipeline);
    }

    [Fact]
    public async Task Where_the_log_is_gone_with_what_no_run_had_settled_it_is_held()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Some.LogMessage(1));
        await pipeline.SettleAsync();
        await pipeline.AppendAsync(Some.LogMessage(2));
        await LoseLogAsync(pipeline);

        await Should.ThrowAsync<LogTruncatedException>(pipeline.Ingesting);
        await pipeline.Restoration.GuardAsync(Cancellation);
        await Should.ThrowAsync<LogUnavailableException>(async () => await EnterAsync(Door(pipeline), 3));
        (await pipeline.Restoration.BeginEpochAsync("test", Cancellation)).ShouldNotBeNull().Lost.ShouldBe(1);
        pipeline.StartIngest();
        await pipeline.AppendAsync(Some.LogMessage(3));
        await ShouldReconcileAsync(pipeline);
    }

    public enum Known
    {
        ByHot,
        ByTheReceipt,
    }

    /// <summary>By a program that does not look before it appends.</summary>
    [Theory]
    [InlineData(Known.ByHot)]
    [InlineData(Known.ByTheReceipt)]
    public async Task A_restored_log_that_was_appended_to_past_the_watermark_is_known_by_its_last_message(Known known)
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync();
        await pipeline.AppendAsync(Some.LogMessage(1));
        await CopyAsync(pipeline, "older");
        await pipeline.AppendAsync(Some.LogMessage(2), Some.LogMessage(3));
        if (known == Known.ByTheReceipt)
        {
            await pipeline.SettleAsync();
            await pipeline.LoseHotAsync(ingest: true);
        }
        await pipeline.RestartAsync(async () =>
        {
            File.Copy(pipeline.LogFile + ".older", pipeline.LogFile, overwrite: true);
            await using var log = await SqliteLog.OpenAsync(
                new() { Path = pipeline.LogFile }, TimeProvider.System, NullLogger<SqliteLog>.Instance, Cancellation);
            await log.AppendAsync(Some.Topic, [Some.LogMessage(4), Some.LogMessage(5), Some.LogMessage(6)], Cancellation);
        });

        (await Should.ThrowAsync<LogTruncatedException>(pipeline.Ingesting)).Message.ShouldContain("Restore it once more");
        var status = await pipeline.Reconciler.StatusAsync(Cancellation);
        status.Differences.ShouldContain(difference => difference.Where == "log" && difference.What.Contains("Restore it once more"));
        (await pipeline.VerifyAsync()).Reconciled.ShouldBeFalse();
        await Should.ThrowAsync<ReconciliationException>(async () => await pipeline.Restoration.BeginEpochAsync("test", Cancellation));
        await pipeline.Restoration.GuardAsync(Cancellation);
        await Should.ThrowAsync<LogUnavailableException>(async () => await EnterAsync(Door(pipeline), 7));

        await RestoreAsync(pipeline, "older");
        await Should.ThrowAsync<LogTruncatedException>(pipeline.Ingesting);
        (await pipeline.Restoration.BeginEpochAsync("test", Cancellation)).ShouldNotBeNull().Lost.ShouldBe(2);
        pipeline.StartIngest();
        await pipeline.AppendAsync(Some.LogMessage(4));
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    static Door Door(EmbeddedPipeline pipeline) => new(
        pipeline.Log, new TransactionDecoder(pipeline.History.BusinessZone), Some.Topic,
        new(pipeline.Log, Some.Topic, new(TimeSpan.FromDays(1), KeysMax: 1_000)),
        new(pipeline.Log, Some.Topic, pipeline.Clock));

    static async Task<DoorAnswer> EnterAsync(Door door, int n) =>
        (await door.AcceptAsync([Some.LogMessage(n).Value], "test", idempotencyKey: null, Cancellation)).ShouldHaveSingleItem();

    static async Task ShouldReconcileAsync(EmbeddedPipeline pipeline)
    {
        (await pipeline.Reconciler.StatusAsync(Cancellation)).Differences.ShouldBeEmpty();
        (await pipeline.VerifyAsync()).Differences.ShouldBeEmpty();
    }

    static Task LoseLogAsync(EmbeddedPipeline pipeline) => pipeline.RestartAsync(() =>
    {
        File.Delete(pipeline.LogFile);
        return Task.CompletedTask;
    });

    static Task CopyAsync(EmbeddedPipeline pipeline, string name) => pipeline.RestartAsync(() =>
    {
        File.Copy(pipeline.LogFile, $"{pipeline.LogFile}.{name}");
        return Task.CompletedTask;
    });

    static Task RestoreAsync(EmbeddedPipeline pipeline, string name) => pipeline.RestartAsync(() =>
    {
        File.Copy($"{pipeline.LogFile}.{name}", pipeline.LogFile, overwrite: true);
        return Task.CompletedTask;
    });
}
