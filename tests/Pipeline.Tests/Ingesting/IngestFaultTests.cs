using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace Caudal.Tests;

/// <summary>Where ingest may be cut short, and what must hold when it goes on.</summary>
public sealed class IngestFaultTests
{
    const int Messages = 300;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    static readonly IReadOnlyList<byte[]> Feed =
        [.. Enumerable.Range(0, Messages).Select(n => (n % 10) switch
        {
            3 => "{\"app\":"u8.ToArray(),
            5 => Some.Message(n - 5),
            7 => Some.Message(Some.Transaction(n - 7, some => some with { Detail = "otro" })),
            _ => Some.Message(n),
        })];

    public enum CrashPoint
    {
        BeforeRejections,
        AfterRejections,
        BeforeIndex,
        AfterConflictsWereSettled,
        AfterHotCommit,
        BeforeGroupCommit,
    }

    public static TheoryData<CrashPoint> Points => [.. Enum.GetValues<CrashPoint>()];

    [Theory]
    [MemberData(nameof(Points))]
    public async Task Cut_short_anywhere_and_opened_again_the_end_is_that_of_running_once(CrashPoint point)
    {
        await using var ingestion = await Ingestion.OpenAsync(new() { CommitRecordsMax = 32 });
        foreach (var append in Feed.Chunk(50))
            await ingestion.AppendAsync(append);
        for (var occurrence = 1; occurrence <= 3; occurrence++)
        {
            Break(ingestion, point, occurrence, () => throw new InvalidOperationException("crash"));
            ingestion.Start();
            await Should.ThrowAsync<InvalidOperationException>(ingestion.Running.WaitAsync(TimeSpan.FromSeconds(30), Token));
            await ingestion.ReopenAsync();
        }

        await ingestion.CatchUpAsync();

        await ShouldHaveTakenTheFeedAsync(ingestion);
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_fault_that_passes_is_retried_until_it_has_passed(CrashPoint point)
    {
        await using var ingestion = await Ingestion.OpenAsync(new() { CommitRecordsMax = 64 });
        foreach (var append in Feed.Chunk(50))
            await ingestion.AppendAsync(append);
        var faults = 0;
        Break(ingestion, point, occurrence: 2, () =>
        {
            if (++faults <= 2)
                throw new IOException("No space left on device");
        });

        await ingestion.CatchUpAsync();

        faults.ShouldBeGreaterThanOrEqualTo(2);
        ingestion.Loop.Fault.ShouldBeNull();
        await ShouldHaveTakenTheFeedAsync(ingestion);
    }

    [Fact]
    public async Task While_a_store_is_at_fault_ingest_says_why_and_tries_again_after_a_pause()
    {
        var time = new FakeTimeProvider();
        await using var ingestion = await Ingestion.OpenAsync(time: time);
        await ingestion.AppendAsync(Some.Message(1));
        var attempts = 0;
        ingestion.Hot.BeforeIndex = _ =>
            ++attempts <= 2 ? Task.FromException(new IOException("No space left on device")) : Task.CompletedTask;
        ingestion.Start();
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            while (attempts < attempt || ingestion.Loop.Fault is null)
                await Task.Delay(1, Token);
            ingestion.Loop.Fault.ShouldBe("No space left on device");
            while (attempts == attempt)
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                await Task.Delay(1, Token);
            }
        }
        await ingestion.WaitForEndAsync();
        await ingestion.StopAsync();

        ingestion.Loop.Fault.ShouldBeNull();
        attempts.ShouldBe(3);
        await ingestion.ShouldAccountForAsync(1);
    }

    [Fact]
    public async Task A_log_that_ends_before_where_hot_stands_stops_ingest_with_what_to_do()
    {
        await using var ingestion = await Ingestion.OpenAsync();
        await ingestion.AppendAsync(Some.Message(1));
        await ingestion.CatchUpAsync();
        await ingestion.ReopenAsync();
        BackUp(ingestion.LogFile, ingestion.LogFile + ".backup");
        await ingestion.AppendAsync(Some.Message(2), Some.Message(3));
        await ingestion.CatchUpAsync();
        await ingestion.ReopenAsync(replaceLogBy: ingestion.LogFile + ".backup");

        ingestion.Start();
        var waiting = ingestion.Loop.WaitForAsync(Watermark.Of(new(Guid.Empty, 0), 1), Token);

        await Should.ThrowAsync<LogTruncatedException>(ingestion.Running.WaitAsync(TimeSpan.FromSeconds(30), Token));
        await Should.ThrowAsync<LogTruncatedException>(waiting);
        ingestion.Loop.Fault.ShouldNotBeNull().ShouldContain("caudal log new-epoch");
    }

    static void BackUp(string file, string to)
    {
        using var from = new SqliteConnection($"Data Source={file};Pooling=False");
        using var backup = new SqliteConnection($"Data Source={to};Pooling=False");
        from.Open();
        backup.Open();
        from.BackupDatabase(backup);
    }

    static void Break(Ingestion ingestion, CrashPoint point, int occurrence, Action fault)
    {
        var seen = 0;
        void Once()
        {
            if (++seen >= occurrence)
                fault();
        }
        void OfRejections(string topic)
        {
            if (topic != Some.Topic)
                Once();
        }
        switch (point)
        {
            case CrashPoint.BeforeRejections:
                ingestion.Log.BeforeAppend = OfRejections;
                break;
            case CrashPoint.AfterRejections:
                ingestion.Log.AfterAppend = OfRejections;
                break;
            case CrashPoint.BeforeIndex:
                ingestion.Hot.BeforeIndex = _ =>
                {
                    Once();
                    return Task.CompletedTask;
                };
                break;
            case CrashPoint.AfterConflictsWereSettled:
                ingestion.Hot.AfterSettling = Once;
                break;
            case CrashPoint.AfterHotCommit:
                ingestion.Hot.AfterIndex = _ => Once();
                break;
            case CrashPoint.BeforeGroupCommit:
                ingestion.Log.BeforeCommit = Once;
                break;
        }
    }

    static async Task ShouldHaveTakenTheFeedAsync(Ingestion ingestion)
    {
        await ingestion.ShouldAccountForAsync(Messages);
        (await ingestion.RowsAsync()).Select(row => row.Position.Offset % 10).Distinct().ShouldBe([0, 1, 2, 4, 6, 8, 9], ignoreOrder: true);
        (await ingestion.DuplicatesAsync()).Select(each => each.Position.Offset % 10).Distinct().ShouldBe([5]);
        (await ingestion.RejectionsAsync()).GroupBy(each => each.Code).Select(each => (each.Key, each.Count()))
            .ShouldBe([(FaultCode.NotJson, Messages / 10), (FaultCode.IdConflict, Messages / 10)], ignoreOrder: true);
    }
}
