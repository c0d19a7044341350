using System.Runtime.CompilerServices;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Caudal.Engines.Sqlite;

/// <summary>
/// The log in one SQLite file: one partition a topic and epoch, one row a record batch. Several processes may append to and read the
/// same file. Appends are durable through the write-ahead file with <c>synchronous=FULL</c>, many callers to one sync.
/// </summary>
public sealed class SqliteLog : ITransactionLog
{
    const int TrimBatchesMax = 256;

    readonly SqliteLogOptions _options;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly Arrivals _arrivals;
    readonly LogWriter _writer;
    readonly ReadPool _reads;

    SqliteLog(SqliteLogOptions options, TimeProvider time, ILogger logger, Arrivals arrivals, LogWriter writer, ReadPool reads) =>
        (_options, _time, _logger, _arrivals, _writer, _reads) = (options, time, logger, arrivals, writer, reads);

    /// <summary>Opens the log, or makes a new one where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, something else than a log, or of a newer version.</exception>
    /// <exception cref="LogUnavailableException">It cannot be opened or brought into order.</exception>
    public static async Task<SqliteLog> OpenAsync(
        SqliteLogOptions options, TimeProvider time, ILogger<SqliteLog> logger, CancellationToken cancellation)
    {
        var file = new LogFile(options.Path);
        try
        {
            var folder = Path.GetDirectoryName(file.Path)!;
            Directory.CreateDirectory(folder);
            if (!File.Exists(file.Path))
                FolderEntries.Sync(folder);
            var arrivals = new Arrivals();
            var writer = await LogWriter.OpenAsync(file, options, time, logger, arrivals.Announce, cancellation);
            return new(options, time, logger, arrivals, writer, new ReadPool(file, time, logger));
        }
        catch (SqliteException fault)
        {
            throw file.Explain(fault);
        }
    }

    public ValueTask<AppendReceipt> AppendAsync(string topic, IReadOnlyList<LogMessage> messages, CancellationToken cancellation) =>
        _writer.WriteAsync<AppendReceipt>(
            RecordBatch.SizeOf(messages),
            () =>
            {
                // Compressed by the caller's thread: the writer's only has to write.
                var batches = RecordBatch.Encode(messages, _options.BatchBytesMax);
                return updates => updates.Append(topic, batches);
            },
            cancellation);

    public async IAsyncEnumerable<LogBatch> ReadAsync(
        string topic, Watermark from, bool follow, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var reader = ReadFrom(topic, from);
        if (follow)
            while (true)
                yield return await reader.ReadAsync(cancellation);

        var end = (await DescribeAsync(topic, cancellation)).End;
        while (await reader.TryReadAsync(end, cancellation) is { } batch)
            yield return batch;
    }

    public async IAsyncEnumerable<LogBatch> ConsumeAsync(
        string topic, string group, Func<IReadOnlyList<LogPartition>, CancellationToken, ValueTask<Watermark>> resumeFrom,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            await using var lease = await ConsumerLease.AcquireAsync(
                _writer, topic, group, _options.LeaseDuration, _time, _logger, cancellation);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lease.Lost);
            var reader = ReadFrom(topic, await resumeFrom(lease.Partitions, cancellation));
            while (await UnlessLostAsync(reader, lease, either.Token) is { } batch)
                yield return batch;
        }
    }

    public async ValueTask CommitAsync(string topic, string group, Watermark next, CancellationToken cancellation) =>
        await _writer.WriteAsync(
            updates =>
            {
                updates.Advance(topic, group, next);
                return true;
            },
            cancellation);

    public ValueTask<TopicState> DescribeAsync(string topic, CancellationToken cancellation) =>
        _reads.AskAsync(queries => queries.Describe(topic, _writer.Fault), cancellation);

    public ValueTask<long> CountAsync(string topic, PositionRange range, CancellationToken cancellation) =>
        _reads.AskAsync(queries => queries.Count(topic, range), cancellation);

    public ValueTask<Watermark> FindAsync(string topic, Instant moment, CancellationToken cancellation) =>
        _reads.AskAsync(queries => queries.Find(topic, moment), cancellation);

    public async ValueTask TrimAsync(string topic, Watermark before, CancellationToken cancellation)
    {
        // In small transactions, so that appends get in between.
        while (await _writer.WriteAsync(updates => updates.Trim(topic, before, TrimBatchesMax), cancellation))
        {
        }
    }

    public async ValueTask HoldAsync(string topic, string? why, CancellationToken cancellation) =>
        await _writer.WriteAsync(
            updates =>
            {
                updates.Hold(topic, why);
                return true;
            },
            cancellation);

    public ValueTask<LogPartition> NewEpochAsync(string topic, Watermark taken, CancellationToken cancellation) =>
        _writer.WriteAsync(updates => updates.BeginEpoch(topic, taken), cancellation);

    public async ValueTask DisposeAsync()
    {
        // The writer's connection goes last: closing the last one moves the write-ahead file into the database file and removes it.
        _reads.Dispose();
        await _writer.DisposeAsync();
    }

    TopicReader ReadFrom(string topic, Watermark from) => new(_reads, _arrivals, _options, _time, topic, from);

    /// <summary>The next batch, or null once the lease is another's: then this consumer queues up again.</summary>
    static async ValueTask<LogBatch?> UnlessLostAsync(TopicReader reader, ConsumerLease lease, CancellationToken either)
    {
        try
        {
            return await reader.ReadAsync(either);
        }
        catch (OperationCanceledException) when (lease.Lost.IsCancellationRequested)
        {
            return null;
        }
    }
}
