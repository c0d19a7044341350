using System.Text;
using Caudal.Engines.Sqlite;
using Caudal.Importing;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

public sealed class ImporterTests : IAsyncLifetime
{
    readonly ImportFolder _folder = new();
    SqliteLog _log = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _log = await SqliteLog.OpenAsync(
        new() { Path = Path.Combine(_folder.Path, "log.db") }, TimeProvider.System, NullLogger<SqliteLog>.Instance, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Rows_are_appended_in_order_with_key_and_identity_and_their_range_is_told()
    {
        var text = ImportFolder.LinesOf(2_500);

        var imported = await ImportAsync(text);

        imported.Read.ShouldBe(2_500);
        var state = await _log.DescribeAsync(Some.Topic, Cancellation);
        imported.Ranges.ShouldHaveSingleItem().ShouldBe(new(Watermark.Of(state.End.Partitions.Single().Key, 0), state.End));
        var records = await _log.ReadAsync(Some.Topic, Watermark.Zero, follow: false, Cancellation)
            .SelectMany(batch => batch.Records).ToListAsync(Cancellation);
        string.Join('\n', records.Select(record => ImportFolder.Text(record.Message))).ShouldBe(text);
        Encoding.UTF8.GetString(records[7].Message.Key.Span).ShouldBe(Some.Transaction(7).DebtorAccount.ToString());
        MessageOrigin.Of(Some.Topic, records[7]).AssignedId.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_others_append_meanwhile_lies_outside_the_ranges()
    {
        var before = await _log.AppendAsync(Some.Topic, [Some.LogMessage(0)], Cancellation);
        var imported = await ImportAsync(
            ImportFolder.LinesOf(30), afterBatch: () => _log.AppendAsync(Some.Topic, [Some.LogMessage(1)], Cancellation));

        imported.Ranges.Count.ShouldBeGreaterThan(1);
        imported.Ranges.SelectMany(range => range.Stretches).Sum(stretch => stretch.To - stretch.From).ShouldBe(30);
        imported.Ranges.ShouldAllBe(range => !range.Contains(new(before.Partition, 0)));
    }

    [Fact]
    public void A_position_tells_the_row_wherever_others_wrote_in_between()
    {
        PositionRange Range(long from, long to) => new(Watermark.Of(Some.Partition, from), Watermark.Of(Some.Partition, to));
        var rows = new ImportedRows(7, [Range(10, 13), Range(20, 24)]);

        new long[] { 9, 10, 12, 13, 20, 23, 24 }.Select(offset => rows.RowAt(new(Some.Partition, offset)))
            .ShouldBe([null, 0, 2, null, 3, 6, null]);
        (rows with { IsSpread = true }).RowAt(new(Some.Partition, 10)).ShouldBeNull();
    }

    [Fact]
    public async Task The_same_file_again_brings_the_same_identities()
    {
        await ImportAsync("{\"a\":1}\n{\"a\":2}\n");
        await ImportAsync("{\"a\":1}\n{\"a\":2}\n");

        var ids = await _log.ReadAsync(Some.Topic, Watermark.Zero, follow: false, Cancellation)
            .SelectMany(batch => batch.Records).Select(record => MessageOrigin.Of(Some.Topic, record).AssignedId).ToListAsync(Cancellation);

        ids.Count.ShouldBe(4);
        ids[2..].ShouldBe(ids[..2]);
        ids.Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_file_without_rows_appends_nothing()
    {
        var imported = await ImportAsync("\n\n");

        imported.Read.ShouldBe(0);
        imported.Ranges.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_log_that_stops_taking_says_how_many_rows_are_durable_and_what_to_do()
    {
        await using var file = await OpenAsync(ImportFolder.LinesOf(45));

        var refusal = await Should.ThrowAsync<ImportException>(
            () => new Importer(new FailingLog(appends: 3), Some.Topic).AppendAsync(file, ImportFolder.NoProgress, Cancellation));

        refusal.Message.ShouldContain("The log took no more");
        refusal.Message.ShouldContain("after 30 of 45 rows: The disk is full.");
        refusal.Message.ShouldContain("Import the same file again");
    }

    [Fact]
    public async Task Standard_input_that_cannot_be_spooled_says_where_to()
    {
        var options = _folder.Options with { SpoolFolder = Path.Combine(_folder.Path, "none") };

        var refusal = await Should.ThrowAsync<ImportException>(
            () => ImportFile.SpoolAsync(new MemoryStream(), "standard input", options, ImportFolder.NoProgress, Cancellation));

        refusal.Message.ShouldContain($"'standard input' cannot be kept in {options.SpoolFolder}");
    }

    async Task<ImportedRows> ImportAsync(string text, Func<ValueTask<AppendReceipt>>? afterBatch = null)
    {
        await using var file = await OpenAsync(text);
        return await new Importer(_log, Some.Topic).AppendAsync(file, new Between(afterBatch), Cancellation);
    }

    Task<ImportFile> OpenAsync(string text)
    {
        var options = _folder.Options with { BatchRecordsMax = 10 };
        return ImportFile.OpenAsync(_folder.Write("a.ndjson", text), options, ImportFolder.NoProgress, Cancellation);
    }

    /// <summary>Progress comes after each batch was handed out: a place to do something in between.</summary>
    sealed class Between(Func<ValueTask<AppendReceipt>>? act) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => act?.Invoke().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>A log whose disk is full after some appends.</summary>
    sealed class FailingLog(int appends) : ITransactionLog
    {
        int _appended;

        public ValueTask<AppendReceipt> AppendAsync(string topic, IReadOnlyList<LogMessage> messages, CancellationToken cancellation) =>
            ++_appended <= appends
                ? ValueTask.FromResult(new AppendReceipt(Some.Partition, (_appended - 1) * messages.Count, messages.Count))
                : throw new LogUnavailableException("The disk is full.", outcomeUnknown: false);

        public ValueTask<TopicState> DescribeAsync(string topic, CancellationToken cancellation) =>
            ValueTask.FromResult(new TopicState(Watermark.Zero, Watermark.Zero, new Dictionary<string, Watermark>(), null));

        public IAsyncEnumerable<LogBatch> ReadAsync(string topic, Watermark from, bool follow, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<LogBatch> ConsumeAsync(
            string topic, string group, Func<IReadOnlyList<LogPartition>, CancellationToken, ValueTask<Watermark>> resumeFrom,
            CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask CommitAsync(string topic, string group, Watermark next, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public ValueTask<long> CountAsync(string topic, PositionRange range, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public ValueTask<Watermark> FindAsync(string topic, Instant moment, CancellationToken cancellation) =>
            throw new NotSupportedException();

        public ValueTask TrimAsync(string topic, Watermark before, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask HoldAsync(string topic, string? why, CancellationToken cancellation) => throw new NotSupportedException();

        public ValueTask<LogPartition> NewEpochAsync(string topic, Watermark taken, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
