using System.Runtime.CompilerServices;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>A real log with a fault where a test puts one.</summary>
sealed class FaultyLog(ITransactionLog inner) : ITransactionLog
{
    /// <summary>Given the topic; what it throws stands for a fault before anything was written.</summary>
    public Action<string> BeforeAppend { get; set; } = _ => { };

    /// <summary>Given the topic; what it throws stands for a crash or a lost reply after it became durable.</summary>
    public Action<string> AfterAppend { get; set; } = _ => { };

    public Action BeforeCommit { get; set; } = () => { };

    /// <summary>Sees every batch that the consumer is handed.</summary>
    public Action<LogBatch> HandedOut { get; set; } = _ => { };

    public async ValueTask<AppendReceipt> AppendAsync(string topic, IReadOnlyList<LogMessage> messages, CancellationToken cancellation)
    {
        BeforeAppend(topic);
        var receipt = await inner.AppendAsync(topic, messages, cancellation);
        AfterAppend(topic);
        return receipt;
    }

    public IAsyncEnumerable<LogBatch> ReadAsync(string topic, Watermark from, bool follow, CancellationToken cancellation) =>
        inner.ReadAsync(topic, from, follow, cancellation);

    public async IAsyncEnumerable<LogBatch> ConsumeAsync(
        string topic, string group, Func<IReadOnlyList<LogPartition>, CancellationToken, ValueTask<Watermark>> resumeFrom,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var batch in inner.ConsumeAsync(topic, group, resumeFrom, cancellation))
        {
            HandedOut(batch);
            yield return batch;
        }
    }

    public ValueTask CommitAsync(string topic, string group, Watermark next, CancellationToken cancellation)
    {
        BeforeCommit();
        return inner.CommitAsync(topic, group, next, cancellation);
    }

    public ValueTask<TopicState> DescribeAsync(string topic, CancellationToken cancellation) => inner.DescribeAsync(topic, cancellation);

    public ValueTask<long> CountAsync(string topic, PositionRange range, CancellationToken cancellation) =>
        inner.CountAsync(topic, range, cancellation);

    public ValueTask<Watermark> FindAsync(string topic, Instant moment, CancellationToken cancellation) =>
        inner.FindAsync(topic, moment, cancellation);

    public ValueTask TrimAsync(string topic, Watermark before, CancellationToken cancellation) =>
        inner.TrimAsync(topic, before, cancellation);

    public ValueTask HoldAsync(string topic, string? why, CancellationToken cancellation) => inner.HoldAsync(topic, why, cancellation);

    public ValueTask<LogPartition> NewEpochAsync(string topic, Watermark taken, CancellationToken cancellation) =>
        inner.NewEpochAsync(topic, taken, cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>A real hot store with a fault where a test puts one.</summary>
sealed class FaultyHot(IHotStore inner) : IHotStore
{
    /// <summary>Awaited before the store is given the batch.</summary>
    public Func<IndexBatch, Task> BeforeIndex { get; set; } = _ => Task.CompletedTask;

    /// <summary>After what was refused was settled, before the commit.</summary>
    public Action AfterSettling { get; set; } = () => { };

    /// <summary>After the commit: what it throws stands for a lost reply.</summary>
    public Action<IndexBatch> AfterIndex { get; set; } = _ => { };

    public ValueTask<HotState> OpenAsync(Watermark startAt, CancellationToken cancellation) => inner.OpenAsync(startAt, cancellation);

    public ValueTask<HotState> GetStateAsync(CancellationToken cancellation) => inner.GetStateAsync(cancellation);

    public async ValueTask<IndexOutcome> IndexAsync(
        IndexBatch batch, Func<IReadOnlyList<RefusedTransaction>, CancellationToken, ValueTask> settleRefused,
        CancellationToken cancellation)
    {
        await BeforeIndex(batch).WaitAsync(cancellation);
        var outcome = await inner.IndexAsync(
            batch,
            async (refused, token) =>
            {
                await settleRefused(refused, token);
                AfterSettling();
            },
            cancellation);
        AfterIndex(batch);
        return outcome;
    }

    public IAsyncEnumerable<IndexedBatch> ReadAsync(PositionRange range, CancellationToken cancellation) =>
        inner.ReadAsync(range, cancellation);

    public ValueTask<HotStock> TakeStockAsync(IReadOnlyList<PositionRange> ranges, CancellationToken cancellation) =>
        inner.TakeStockAsync(ranges, cancellation);

    public ValueTask<RangeFigures> MeasureAsync(PositionRange range, CancellationToken cancellation) =>
        inner.MeasureAsync(range, cancellation);

    public ValueTask RemoveAsync(PositionRange range, RangeFigures proven, CancellationToken cancellation) =>
        inner.RemoveAsync(range, proven, cancellation);

    public TransactionQueries Queries => inner.Queries;

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
