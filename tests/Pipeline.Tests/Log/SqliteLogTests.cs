using Caudal.Engines.Sqlite;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

/// <summary>What the SQLite log promises beyond the contract.</summary>
public sealed class SqliteLogTests : IDisposable
{
    const string Topic = "financial_transactions";

    readonly TemporaryFolder _folder = new();
    readonly SettableClock _clock = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string LogPath => _folder.File("log.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_time_of_appending_never_goes_back_though_the_clock_does()
    {
        var later = DateTimeOffset.UnixEpoch.AddDays(20_000);
        await using (var log = await OpenAsync())
        {
            _clock.Now = later;
            await AppendAsync(log, "a");
            _clock.Now = later.AddDays(-1);
            await AppendAsync(log, "b");
        }
        await using var reopened = await OpenAsync();
        await AppendAsync(reopened, "c");
        _clock.Now = later.AddTicks(10);
        await AppendAsync(reopened, "d");

        var times = (await ReadAllAsync(reopened)).Select(record => record.AppendedAt);

        times.ShouldBe([Instant.Of(later), Instant.Of(later), Instant.Of(later), new(Instant.Of(later).Microseconds + 1)]);
    }

    [Theory]
    [InlineData("UPDATE batches SET payload = zeroblob(length(payload))", "checksum")]
    [InlineData("UPDATE batches SET payload = substr(payload, 1, length(payload) - 1)", "checksum")]
    [InlineData("UPDATE batches SET record_count = 1", "checksum")]
    [InlineData("UPDATE batches SET appended_at = appended_at + 1", "checksum")]
    [InlineData("UPDATE batches SET format = 9", "checksum")]
    [InlineData("DELETE FROM batches", "missing")]
    public async Task A_damaged_batch_is_named_by_topic_and_offset_and_what_is_whole_before_it_is_read(string damage, string how)
    {
        await using var log = await OpenAsync();
        await AppendAsync(log, "a", "b");
        await AppendAsync(log, "c", "d");
        Alter($"{damage} WHERE first_offset = 2");
        var read = new List<LogRecord>();

        var exception = await Should.ThrowAsync<InvalidDataException>(async () =>
        {
            await foreach (var batch in log.ReadAsync(Topic, Watermark.Zero, follow: false, Cancellation))
                read.AddRange(batch.Records);
        });

        exception.Message.ShouldContain($"topic {Topic} at offset 2");
        exception.Message.ShouldContain(LogPath);
        exception.Message.ShouldContain(how);
        read.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_file_of_the_first_version_is_taken_forward()
    {
        await using (var log = await OpenAsync())
            await log.AppendAsync(Topic, [Some.LogMessage(1)], Cancellation);
        Alter("ALTER TABLE epochs DROP COLUMN held; UPDATE schema_version SET version = 1");

        await using var forward = await OpenAsync();
        await forward.AppendAsync(Topic, [Some.LogMessage(2)], Cancellation);
        await forward.HoldAsync(Topic, "no more", Cancellation);
        (await forward.DescribeAsync(Topic, Cancellation)).WriteFault.ShouldBe("no more");
        (await forward.ReadAsync(Topic, Watermark.Zero, follow: false, Cancellation).ToListAsync(Cancellation))
            .Sum(batch => batch.Records.Count).ShouldBe(2);
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await (await OpenAsync()).DisposeAsync();
        Alter("UPDATE schema_version SET version = 3");

        (await Should.ThrowAsync<InvalidDataException>(OpenAsync)).Message.ShouldContain("has schema version 3");
    }

    [Fact]
    public async Task A_file_that_is_something_else_is_refused_by_name()
    {
        await File.WriteAllTextAsync(LogPath, string.Join('\n', Enumerable.Repeat("not a database at all", 500)), Cancellation);
        (await Should.ThrowAsync<InvalidDataException>(OpenAsync)).Message.ShouldContain(LogPath);

        File.Delete(LogPath);
        Alter("CREATE TABLE somebody_elses (id INTEGER)");
        (await Should.ThrowAsync<InvalidDataException>(OpenAsync)).Message.ShouldContain("not a log");

        Directory.CreateDirectory(_folder.File("folder"));
        (await Should.ThrowAsync<LogUnavailableException>(() => OpenAsync(new() { Path = _folder.File("folder") }))).Message
            .ShouldContain(_folder.File("folder"));
    }

    [Fact]
    public async Task A_damaged_file_is_named()
    {
        await using (var log = await OpenAsync())
            for (var n = 0; n < 50; n++)
                await AppendAsync(log, new string('x', 10_000), $"{n}");
        await using (var file = File.OpenWrite(LogPath))
        {
            file.Position = 4096;
            await file.WriteAsync(Enumerable.Repeat((byte)0xab, (int)file.Length - 4096).ToArray(), Cancellation);
        }

        (await Should.ThrowAsync<InvalidDataException>(async () =>
        {
            await using var log = await OpenAsync();
            await ReadAllAsync(log);
        })).Message.ShouldContain(LogPath);
    }

    [Fact]
    public async Task A_full_queue_makes_appends_wait_and_drops_nothing()
    {
        await using var log = await OpenAsync(new() { Path = LogPath, QueueBytesMax = 4_000, CommitBytesMax = 1_000, QueueAppendsMax = 2 });
        await AppendAsync(log, "first");
        Task[] appends;
        using (var other = Connect())
        {
            Execute(other, "BEGIN IMMEDIATE");
            appends = [.. Enumerable.Range(0, 40).Select(n => AppendAsync(log, new string('x', n * 100), $"{n}"))];
            await Task.Delay(50, Cancellation);
            appends.ShouldAllBe(append => !append.IsCompleted);
            Execute(other, "COMMIT");
        }

        await Task.WhenAll(appends);

        (await ReadAllAsync(log)).Count.ShouldBe(1 + 2 * 40);
    }

    [Fact]
    public async Task A_consumer_whose_lease_stands_still_is_replaced_and_queues_up_again_when_it_wakes()
    {
        var options = new SqliteLogOptions { Path = LogPath, LeaseDuration = TimeSpan.FromMilliseconds(400) };
        await using var log = await OpenAsync(options);
        await AppendAsync(log, "a");
        await using var first = log.ConsumeAsync(Topic, "group", (_, _) => new(Watermark.Zero), Cancellation)
            .GetAsyncEnumerator(Cancellation);
        (await first.MoveNextAsync()).ShouldBeTrue();

        // Somebody whose process cannot be looked at from here took it, and will never be heard of again.
        Alter("UPDATE consumer_groups SET owner = 'elsewhere/x/1/1/1', beats = 1000");
        var lost = first.MoveNextAsync();

        (await lost.AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancellation)).ShouldBeTrue();
        first.Current.Records.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_write_ahead_file_does_not_grow_without_bound()
    {
        await using var log = await OpenAsync(new() { Path = LogPath, CheckpointBytes = 256 * 1024 });
        var noise = new byte[50_000];
        new Random(1).NextBytes(noise);

        for (var n = 0; n < 100; n++)
            await log.AppendAsync(Topic, [new(noise)], Cancellation);

        new FileInfo(LogPath + "-wal").Length.ShouldBeLessThan(1024 * 1024);
        (await ReadAllAsync(log)).Count.ShouldBe(100);
    }

    [Fact]
    public async Task Large_appends_are_kept_as_several_batches_and_read_as_one_unit()
    {
        await using var log = await OpenAsync(new() { Path = LogPath, BatchBytesMax = 1_000, ReadBytesMax = 3_000 });

        var receipt = await AppendAsync(log, [.. Enumerable.Range(0, 500).Select(n => $"message {n} of many, with some text beside")]);

        receipt.Count.ShouldBe(500);
        (await ReadAllAsync(log)).Select(record => record.Position.Offset).ShouldBe(Enumerable.Range(0, 500).Select(n => (long)n));
        await log.TrimAsync(Topic, Watermark.Of(receipt.Partition, 250), Cancellation);
        (await log.DescribeAsync(Topic, Cancellation)).Start[receipt.Partition].ShouldBeInRange(200, 250);
    }

    Task<SqliteLog> OpenAsync() => OpenAsync(new() { Path = LogPath });

    Task<SqliteLog> OpenAsync(SqliteLogOptions options) =>
        SqliteLog.OpenAsync(options, _clock, NullLogger<SqliteLog>.Instance, Cancellation);

    static async Task<AppendReceipt> AppendAsync(SqliteLog log, params string[] texts) =>
        await log.AppendAsync(Topic, [.. texts.Select(text => new LogMessage(System.Text.Encoding.UTF8.GetBytes(text)))], Cancellation);

    static async Task<List<LogRecord>> ReadAllAsync(SqliteLog log) =>
        await log.ReadAsync(Topic, Watermark.Zero, follow: false, Cancellation)
            .SelectMany(batch => batch.Records)
            .ToListAsync(Cancellation);

    SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={LogPath};Pooling=False");
        connection.Open();
        return connection;
    }

    void Alter(string sql)
    {
        using var connection = Connect();
        Execute(connection, sql);
    }

    static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>A wall clock to be set; timers are real.</summary>
    sealed class SettableClock : TimeProvider
    {
        public DateTimeOffset? Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now ?? base.GetUtcNow();
    }
}
