using System.Runtime.CompilerServices;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;
using Microsoft.Extensions.Logging;

namespace Caudal.Engines.Elasticsearch;

/// <summary>
/// The hot store on Elasticsearch 7.17 or OpenSearch 2. Rows are written first, made to show, and then count with one change of the
/// account: whoever reads takes the account's word for what counts. Several processes may ingest, each its own partitions.
/// </summary>
public sealed partial class ElasticsearchHotStore(
    ElasticsearchOptions options, TimeProvider time, ILogger<ElasticsearchHotStore> logger) : IHotStore
{
    /// <summary>
    /// A process that has committed lets so much time go by, in which its next batch grows: others commit to the same account, and those
    /// who come too late for a change must make it anew. Without it a few busy processes keep a run from getting its change in between.
    /// </summary>
    static readonly TimeSpan CommitPause = TimeSpan.FromMilliseconds(100);

    readonly SemaphoreSlim _opening = new(1);
    readonly SemaphoreSlim _writing = new(1);
    readonly SemaphoreSlim _removing = new(1);
    Parts? _parts;

    /// <summary>Where this process's last batch ended, or what the account said when it was last opened.</summary>
    HotAccount? _taken;

    long? _committedAt;

    /// <summary>What works on the cluster, once it was reached.</summary>
    sealed record Parts(SearchCluster Cluster, HotIndices Indices, AccountBook Book, HotIntake Intake, HotRemoval Removal);

    public async ValueTask<HotState> OpenAsync(Watermark startAt, CancellationToken cancellation)
    {
        await _opening.WaitAsync(cancellation);
        try
        {
            _parts ??= await ReachAsync(cancellation);
            var account = await _parts.Book.ReadOrBeginAsync(HotAccount.Begin(startAt), cancellation);
            if (!account.State.Next.Covers(startAt))
                throw new ElasticsearchException(
                    $"The hot store {options.Index} is older than the last receipt: its indices were restored from an old snapshot. "
                    + $"Restore a newer one, or delete the indices {options.Index}-* and caudal-{options.Index}-*: what history does not "
                    + "hold is then filled from the log.");
            _taken = account;
            return account.State;
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask<HotState> GetStateAsync(CancellationToken cancellation) => (await Open.Book.ReadAsync(cancellation)).State;

    public async ValueTask<IndexOutcome> IndexAsync(
        IndexBatch batch, Func<IReadOnlyList<RefusedTransaction>, CancellationToken, ValueTask> settleRefused,
        CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            var (cluster, _, book, intake, _) = Open;
            var from = _taken!.State.Next;
            // The same batch again, as after a commit whose outcome its caller never heard: nothing of it counts twice.
            if (from.Covers(batch.Next))
                return new(0, 0, 0, batch.Transactions.Count);
            var fresh = batch.Unseen(from);
            await PauseAsync(cancellation);
            var found = new Intake([], [], []);
            if (fresh.Count > 0)
            {
                await book.ChangeAsync(account => account.Reserve(batch.Next), cancellation);
                found = await intake.WriteRowsAsync(fresh, cancellation);
                if (found.Refused.Count > 0)
                    await settleRefused(found.Refused, cancellation);
                await intake.WriteDuplicatesAsync(found.Duplicates, cancellation);
                if (intake.TouchedBy(found).ToList() is { Count: > 0 } touched)
                    await cluster.RefreshAsync(touched, cancellation);
            }
            _taken = await book.ChangeAsync(
                account => account.Take(from, batch, found.Taken, batch.Rejected + found.Refused.Count), cancellation);
            _committedAt = time.GetTimestamp();
            return new(found.Rows.Count, found.Duplicates.Count, found.Refused.Count, batch.Transactions.Count - fresh.Count);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async IAsyncEnumerable<IndexedBatch> ReadAsync(
        PositionRange range, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (cluster, indices, book, _, _) = Open;
        var (account, pointInTime, _) = await LookAsync(
            _ => cluster.OpenPointInTimeAsync(indices.RowsAndDuplicates, cancellation), book, cancellation);
        await using (pointInTime)
            await foreach (var batch in new RangeReader(pointInTime, indices, account.Removing?.Range)
                .ReadAsync(range.Before(account.State.Next), cancellation))
                yield return batch;
    }

    public async ValueTask<RangeFigures> MeasureAsync(PositionRange range, CancellationToken cancellation) =>
        (await MeasureAsync([range], cancellation)).Ranges[0];

    public async ValueTask<HotStock> TakeStockAsync(IReadOnlyList<PositionRange> ranges, CancellationToken cancellation) =>
        await MeasureAsync(ranges, cancellation);

    public async ValueTask RemoveAsync(PositionRange range, RangeFigures proven, CancellationToken cancellation)
    {
        await _removing.WaitAsync(cancellation);
        try
        {
            await Open.Removal.RemoveAsync(new(range, proven), cancellation);
        }
        finally
        {
            _removing.Release();
        }
    }

    public TransactionQueries Queries => field ??= new ElasticsearchQueries(() => Open.Cluster, options.Index);

    public ValueTask DisposeAsync()
    {
        _parts?.Cluster.Dispose();
        (_parts, _taken) = (null, null);
        return default;
    }

    async ValueTask PauseAsync(CancellationToken cancellation)
    {
        if (_committedAt is { } at && CommitPause - time.GetElapsedTime(at) is var left && left > TimeSpan.Zero)
            await Task.Delay(left, time, cancellation);
    }

    Parts Open => _parts ?? throw new InvalidOperationException("The hot store is not open: OpenAsync comes first.");

    async Task<Parts> ReachAsync(CancellationToken cancellation)
    {
        var connection = new ClusterConnection(options, time);
        try
        {
            var cluster = await SearchCluster.ReachAsync(connection, cancellation);
            if (!cluster.Dialect.WasRun)
                LogNeverRun(logger, cluster.Dialect);
            var indices = new HotIndices(cluster, options);
            await indices.EnsureAsync(cancellation);
            var book = new AccountBook(cluster, indices);
            return new(cluster, indices, book, new(cluster, indices, options, time), new(cluster, indices, book, options, time));
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// One search counts everything. Rows that a batch is just writing are neither held nor strangers; where one began after the account
    /// was read, that cannot be told, and is looked at again.
    /// </summary>
    async Task<HotStock> MeasureAsync(IReadOnlyList<PositionRange> ranges, CancellationToken cancellation)
    {
        var (cluster, indices, book, _, _) = Open;
        while (true)
        {
            var look = await LookAsync(
                account => cluster.SearchAsync(
                    indices.RowsAndDuplicates, StockTaking.Search(account, ranges, indices), cancellation), book, cancellation);
            var stock = StockTaking.Read(look.Before, ranges, look.Seen.Aggregations);
            if (stock.Rows == stock.Held.Rows.Count || look.Before.Pending.Equals(look.After.Pending))
                return stock;
        }
    }

    /// <summary>
    /// What was looked at, between two readings of the account. By the first it is to be read: all that it covers was there to be seen.
    /// Where a removal began or ended meanwhile, it is looked at again.
    /// </summary>
    static async Task<(HotAccount Before, T Seen, HotAccount After)> LookAsync<T>(
        Func<HotAccount, Task<T>> look, AccountBook book, CancellationToken cancellation)
    {
        for (var before = await book.ReadAsync(cancellation); ;)
        {
            var seen = await look(before);
            var after = await book.ReadAsync(cancellation);
            if (before.HasSameRemovals(after))
                return (before, seen, after);
            if (seen is IAsyncDisposable unused)
                await unused.DisposeAsync();
            before = after;
        }
    }

    [LoggerMessage(
        2300, LogLevel.Warning,
        "The hot store's cluster runs {Version}. Caudal is tested on Elasticsearch 7.17 and OpenSearch 2; what is different here is "
        + "handled as its documentation says, but was never run.")]
    static partial void LogNeverRun(ILogger logger, object version);
}
