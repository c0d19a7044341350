using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Tests.Batch;

/// <summary>A log whose every call goes through a fault plan.</summary>
sealed class FaultyLog(ITransactionLog log, FaultPlan plan) : ITransactionLog
{
    public ValueTask<AppendReceipt> AppendAsync(string topic, IReadOnlyList<LogMessage> messages, CancellationToken cancellation) =>
        plan.CallAsync(() => log.AppendAsync(topic, messages, cancellation));

    public IAsyncEnumerable<LogBatch> ReadAsync(string topic, Watermark from, bool follow, CancellationToken cancellation) =>
        plan.StreamAsync(log.ReadAsync(topic, from, follow, cancellation), cancellation);

    public IAsyncEnumerable<LogBatch> ConsumeAsync(
        string topic, string group, Func<IReadOnlyList<LogPartition>, CancellationToken, ValueTask<Watermark>> resumeFrom,
        CancellationToken cancellation) => plan.StreamAsync(log.ConsumeAsync(topic, group, resumeFrom, cancellation), cancellation);

    public ValueTask CommitAsync(string topic, string group, Watermark next, CancellationToken cancellation) =>
        plan.CallAsync(() => log.CommitAsync(topic, group, next, cancellation));

    public ValueTask<TopicState> DescribeAsync(string topic, CancellationToken cancellation) =>
        plan.CallAsync(() => log.DescribeAsync(topic, cancellation));

    public ValueTask<long> CountAsync(string topic, PositionRange range, CancellationToken cancellation) =>
        plan.CallAsync(() => log.CountAsync(topic, range, cancellation));

    public ValueTask<Watermark> FindAsync(string topic, Instant moment, CancellationToken cancellation) =>
        plan.CallAsync(() => log.FindAsync(topic, moment, cancellation));

    public ValueTask TrimAsync(string topic, Watermark before, CancellationToken cancellation) =>
        plan.CallAsync(() => log.TrimAsync(topic, before, cancellation));

    public ValueTask HoldAsync(string topic, string? why, CancellationToken cancellation) =>
        plan.CallAsync(() => log.HoldAsync(topic, why, cancellation));

    public ValueTask<LogPartition> NewEpochAsync(string topic, Watermark taken, CancellationToken cancellation) =>
        plan.CallAsync(() => log.NewEpochAsync(topic, taken, cancellation));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A hot store whose every call goes through a fault plan.</summary>
sealed class FaultyHot(IHotStore hot, FaultPlan plan) : IHotStore
{
    public ValueTask<HotState> OpenAsync(Watermark startAt, CancellationToken cancellation) =>
        plan.CallAsync(() => hot.OpenAsync(startAt, cancellation));

    public ValueTask<HotState> GetStateAsync(CancellationToken cancellation) => plan.CallAsync(() => hot.GetStateAsync(cancellation));

    public ValueTask<IndexOutcome> IndexAsync(
        IndexBatch batch, Func<IReadOnlyList<RefusedTransaction>, CancellationToken, ValueTask> settleRefused,
        CancellationToken cancellation) =>
        plan.CallAsync(() => hot.IndexAsync(batch, settleRefused, cancellation));

    public IAsyncEnumerable<IndexedBatch> ReadAsync(PositionRange range, CancellationToken cancellation) =>
        plan.StreamAsync(hot.ReadAsync(range, cancellation), cancellation);

    public ValueTask<HotStock> TakeStockAsync(IReadOnlyList<PositionRange> ranges, CancellationToken cancellation) =>
        plan.CallAsync(() => hot.TakeStockAsync(ranges, cancellation));

    public ValueTask<RangeFigures> MeasureAsync(PositionRange range, CancellationToken cancellation) =>
        plan.CallAsync(() => hot.MeasureAsync(range, cancellation));

    public ValueTask RemoveAsync(PositionRange range, RangeFigures proven, CancellationToken cancellation) =>
        plan.CallAsync(() => hot.RemoveAsync(range, proven, cancellation));

    public TransactionQueries Queries => hot.Queries;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A history whose every call goes through a fault plan; of the journal's, only their beginning.</summary>
sealed class FaultyHistory(IHistoryStore history, FaultPlan plan) : IHistoryStore
{
    /// <summary>Awaited between reading a snapshot and staging it: where a test lets something else happen first.</summary>
    public Func<ValueTask>? BeforeStaging { get; set; }

    public RunJournal Journal
    {
        get
        {
            plan.Touch(nameof(Journal));
            return history.Journal;
        }
    }

    public TimeZoneInfo BusinessZone => history.BusinessZone;

    public ValueTask<RangeFigures> StageAsync(BatchRun run, IAsyncEnumerable<IndexedBatch> snapshot, CancellationToken cancellation) =>
        plan.CallAsync(async () =>
        {
            if (BeforeStaging is not { } pause)
                return await history.StageAsync(run, snapshot, cancellation);
            var read = await snapshot.ToListAsync(cancellation);
            await pause();
            return await history.StageAsync(run, read.ToAsyncEnumerable(), cancellation);
        });

    public ValueTask<RangeFigures> MeasureStagedAsync(BatchRun run, CancellationToken cancellation) =>
        plan.CallAsync(() => history.MeasureStagedAsync(run, cancellation));

    public ValueTask<ValidationOutcome> ValidateAsync(BatchRun run, IReadOnlyList<QualityCheck> checks, CancellationToken cancellation) =>
        plan.CallAsync(() => history.ValidateAsync(run, checks, cancellation));

    public IAsyncEnumerable<StagedRejection> ReadStagedRejectionsAsync(BatchRun run, CancellationToken cancellation) =>
        plan.StreamAsync(history.ReadStagedRejectionsAsync(run, cancellation), cancellation);

    public ValueTask LoadAsync(
        BatchRun run, IReadOnlyList<RejectedTransaction> rejections, Func<RangeFigures, BatchRun> loaded, CancellationToken cancellation) =>
        plan.CallAsync(() => history.LoadAsync(run, rejections, loaded, cancellation));

    public IAsyncEnumerable<IndexedBatch> ReadAsync(PositionRange range, CancellationToken cancellation) =>
        plan.StreamAsync(history.ReadAsync(range, cancellation), cancellation);

    public ValueTask<HistoryStock> TakeStockAsync(CancellationToken cancellation) =>
        plan.CallAsync(() => history.TakeStockAsync(cancellation));

    public ValueTask<RangeFigures> MeasureAsync(PositionRange? range, CancellationToken cancellation) =>
        plan.CallAsync(() => history.MeasureAsync(range, cancellation));

    public IAsyncEnumerable<RejectedTransaction> ReadRejectionsAsync(CancellationToken cancellation) =>
        plan.StreamAsync(history.ReadRejectionsAsync(cancellation), cancellation);

    public ValueTask DropStagingAsync(BatchRun run, CancellationToken cancellation) =>
        plan.CallAsync(() => history.DropStagingAsync(run, cancellation));

    public TransactionQueries Queries => history.Queries;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
