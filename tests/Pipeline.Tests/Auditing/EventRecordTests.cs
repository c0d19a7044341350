using Caudal.Auditing;
using Caudal.Engines.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

public sealed class EventRecordTests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    readonly EventRecord _events = new(TimeProvider.System);
    SqliteLog _log = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _log = await SqliteLog.OpenAsync(
        new() { Path = _folder.File("log.db") }, TimeProvider.System, NullLogger<SqliteLog>.Instance, Cancellation);

    [Fact]
    public async Task Warnings_and_worse_are_kept_with_their_id_and_without_what_an_exception_says()
    {
        var logger = _events.CreateLogger("Caudal.Some");
        logger.Log(LogLevel.Information, 1, "an information", null, (text, _) => text);
        logger.Log(LogLevel.Warning, 2, "a warning", null, (text, _) => text);
        logger.Log(LogLevel.Error, 3, "an error", new TimeoutException("of account 4677717306"), (text, _) => text);
        logger.Log(LogLevel.Critical, 4, "an alarm", null, (text, _) => text);

        await KeepAsync();

        (await ReadAsync(EventLevel.Warning)).Select(entry => (entry.Id, entry.Level, entry.Message, entry.Fault)).ShouldBe(
        [
            (4, EventLevel.Critical, "an alarm", null), (3, EventLevel.Error, "an error", "TimeoutException"),
            (2, EventLevel.Warning, "a warning", null),
        ]);
        (await ReadAsync(EventLevel.Error)).Count.ShouldBe(2);
        (await ReadAsync(EventLevel.Warning, new(Text: "ALARM"))).ShouldHaveSingleItem().Category.ShouldBe("Caudal.Some");
    }

    [Fact]
    public async Task A_flood_waits_for_nobody_and_what_does_not_fit_is_counted_and_told()
    {
        var logger = _events.CreateLogger("Caudal.Some");
        for (var n = 0; n < 5_000; n++)
            logger.Log(LogLevel.Warning, 1, n, null, (number, _) => $"warning {number}");
        _events.Dropped.ShouldBe(904);

        await KeepAsync();

        var kept = await ReadAsync(EventLevel.Warning, new(Limit: 10_000));
        kept.Count.ShouldBe(4_097);
        kept.ShouldContain(entry => entry.Message.StartsWith("904 events", StringComparison.Ordinal));
        _events.Dropped.ShouldBe(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _events.Dispose();
        _folder.Dispose();
    }

    /// <summary>Told to stop, it keeps what is there.</summary>
    Task KeepAsync() => _events.RunAsync(_log, Some.Topic, new(canceled: true));

    ValueTask<IReadOnlyList<EventEntry>> ReadAsync(EventLevel level, RecordFilter? filter = null) =>
        EventRecord.ReadAsync(_log, Some.Topic, level, filter ?? new(), Cancellation);
}
