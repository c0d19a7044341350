using System.Runtime.CompilerServices;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// The embedded hot store: one DuckDB file, a projection of the log. Ingest writes through one kept connection, a purge through another;
/// each read takes a connection and one transaction of its own, so it sees one moment. DuckDB's work is done on pool threads.
/// </summary>
public sealed partial class DuckDbHotStore(string path, DuckDbOptions options, TimeProvider time, ILogger<DuckDbHotStore> logger)
    : IHotStore
{
    readonly string _path = Path.GetFullPath(path);
    readonly SemaphoreSlim _writing = new(1);
    readonly SemaphoreSlim _removing = new(1);
    DuckDbFile? _file;
    HotWriter? _writer;
    IdFilter? _ids;
    HotState? _state;

    public async ValueTask<HotState> OpenAsync(Watermark startAt, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            if (_file is null)
                await Task.Run(() => Open(startAt), CancellationToken.None);
            return _state!;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>
    /// Read from the file: what is kept in memory follows a commit only after its rows can be seen, so that who measures and then asks
    /// would be told of a state that lacks what was measured.
    /// </summary>
    public async ValueTask<HotState> GetStateAsync(CancellationToken cancellation)
    {
        var committed = await LookAsync(HotSchema.Read, cancellation);
        return committed with { RebuiltFrom = _state?.RebuiltFrom };
    }

    public async ValueTask<IndexOutcome> IndexAsync(
        IndexBatch batch, Func<IReadOnlyList<RefusedTransaction>, CancellationToken, ValueTask> settleRefused,
        CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            var writer = _writer ??= await Task.Run(() => Rejoin(_state!.Start), CancellationToken.None);
            var state = _state!;
            // The same batch again, as after a commit whose outcome its caller never heard: nothing of it counts twice.
            if (state.Next.Covers(batch.Next))
                return new(0, 0, 0, batch.Transactions.Count);
            var intake = await Task.Run(() => Sort(writer, batch, state), CancellationToken.None);
            if (intake.Conflicts.Count > 0)
                await settleRefused([.. intake.Conflicts.Select(each => new RefusedTransaction(each, Fault.IdConflict))], cancellation);
            await Task.Run(() => Commit(writer, batch, intake), CancellationToken.None);
            return intake.Outcome;
        }
        catch (Exception fault) when (fault is DuckDBException or IOException)
        {
            Recover(fault);
            throw;
        }
        finally
        {
            _writing.Release();
        }
    }

    public IAsyncEnumerable<IndexedBatch> ReadAsync(PositionRange range, CancellationToken cancellation) => StreamAsync(
        (connection, token) =>
            new RangeReader(connection, HotSchema.Rows, TransactionColumns.Names, HotSchema.Duplicates).Read(range, token),
        cancellation);

    public ValueTask<RangeFigures> MeasureAsync(PositionRange range, CancellationToken cancellation) =>
        LookAsync(connection => Measure(connection, range, cancellation), cancellation);

    public ValueTask<HotStock> TakeStockAsync(IReadOnlyList<PositionRange> ranges, CancellationToken cancellation) => LookAsync(
        connection =>
        {
            var state = HotSchema.Read(connection) with { RebuiltFrom = _state?.RebuiltFrom };
            return new HotStock(
                state, Measure(connection, new(Watermark.Zero, state.Next), cancellation),
                [.. ranges.Select(range => Measure(connection, range, cancellation))],
                FigureSql.Measure(connection, HotSchema.Rows, "true", cancellation).Count);
        }, cancellation);

    public async ValueTask RemoveAsync(PositionRange range, RangeFigures proven, CancellationToken cancellation)
    {
        await _removing.WaitAsync(cancellation);
        try
        {
            await QueryAsync(
                connection =>
                {
                    HotRemoval.Remove(connection, range, proven, _state!.Start, Instant.Now(time), cancellation);
                    return true;
                }, cancellation);
            await SettleRemovalAsync();
        }
        finally
        {
            _removing.Release();
        }
    }

    public TransactionQueries Queries => field ??= new DuckDbQueries(
        HotSchema.Rows, TransactionColumns.Names, hasRuns: false, () => (_file ?? throw NotOpen()).Connect(),
        fault => _file?.LetGoAfter(fault));

    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync();
        _writer?.Dispose();
        _file?.Dispose();
        (_writer, _file, _state) = (null, null, null);
        _writing.Release();
    }

    void Open(Watermark startAt)
    {
        (_file, var setAside) = HotFile.Open(_path, options, time, logger);
        Rejoin(startAt);
        if (!_state!.Next.Covers(startAt))
        {
            // Restored from an old backup. What it lacks is in history already and may be gone from the log; filled from where it
            // stands, it would take again what runs have settled.
            _writer!.Dispose();
            _file.Dispose();
            setAside = HotFile.SetAside(_path, time);
            LogBehind(logger, setAside);
            (_file, _) = HotFile.Open(_path, options, time, logger);
            Rejoin(startAt);
        }
        _state = _state with { RebuiltFrom = setAside };
    }

    /// <summary>Makes the writing connection, and takes the state that is committed for the state that is.</summary>
    HotWriter Rejoin(Watermark startAt)
    {
        var writer = HotWriter.Make(_file ?? throw NotOpen(), startAt);
        _state = writer.State with { RebuiltFrom = _state?.RebuiltFrom };
        return _writer = writer;
    }

    HotIntake Sort(HotWriter writer, IndexBatch batch, HotState state)
    {
        // An id that was removed since stays in the filter, which costs a lookup when it comes again, until the filter is full.
        if (_ids?.HasRoomFor(batch.Transactions.Count) is not true)
        {
            _ids = null;
            _ids = writer.ReadIds(batch.Transactions.Count);
        }
        return HotIntake.Sort(batch, state.Next, _ids, writer.FindDigests);
    }

    void Commit(HotWriter writer, IndexBatch batch, HotIntake intake)
    {
        var before = _state!;
        var after = before with
        {
            Next = before.Next.Furthest(batch.Next),
            Messages = before.Messages + batch.Messages,
            Rejected = before.Rejected + batch.Rejected + intake.Conflicts.Count,
            Taken = before.Taken + new RangeFigures(Figures.Of(intake.Rows), Figures.Of(intake.Duplicates)),
            Anchor = before.Anchor.Furthest(batch.Anchor),
        };
        writer.Commit(intake, after, Instant.Now(time));
        _state = after;
    }

    /// <summary>
    /// A writer that failed may have committed or not: the next reads from the file what is true. The ids that the filter has learnt
    /// meanwhile do no harm.
    /// </summary>
    void Recover(Exception fault)
    {
        _writer?.Dispose();
        _writer = null;
        _file?.LetGoAfter(fault);
    }

    /// <summary>
    /// Takes a removal into the account, from the file, where it stands already; then frees the space, for which ingest waits. One that
    /// cannot be freed now, since a reader still looks at it, is freed by a later checkpoint.
    /// </summary>
    async ValueTask SettleRemovalAsync()
    {
        await _writing.WaitAsync(CancellationToken.None);
        try
        {
            var writer = _writer ??= await Task.Run(() => Rejoin(_state!.Start), CancellationToken.None);
            _state = _state! with { Removed = writer.SumRemoved() };
            await Task.Run(writer.Checkpoint, CancellationToken.None);
        }
        catch (DuckDBException fault)
        {
            LogNotFreed(logger, fault);
            Recover(fault);
        }
        finally
        {
            _writing.Release();
        }
    }

    static RangeFigures Measure(DuckDBConnection connection, PositionRange range, CancellationToken cancellation) =>
        FigureSql.Measure(connection, HotSchema.Rows, HotSchema.Duplicates, FigureSql.Within(range), cancellation);

    /// <summary>Asks in a transaction of its own: all that is answered is of one moment.</summary>
    ValueTask<T> LookAsync<T>(Func<DuckDBConnection, T> question, CancellationToken cancellation) => QueryAsync(
        connection =>
        {
            using var snapshot = connection.BeginTransaction();
            return question(connection);
        }, cancellation);

    async ValueTask<T> QueryAsync<T>(Func<DuckDBConnection, T> query, CancellationToken cancellation)
    {
        var file = _file ?? throw NotOpen();
        try
        {
            return await Task.Run(
                () =>
                {
                    using var connection = file.Connect();
                    return query(connection);
                }, cancellation);
        }
        catch (Exception fault)
        {
            file.LetGoAfter(fault);
            throw;
        }
    }

    async IAsyncEnumerable<T> StreamAsync<T>(
        Func<DuckDBConnection, CancellationToken, IEnumerable<T>> read, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var connection = (_file ?? throw NotOpen()).Connect();
        using var snapshot = connection.BeginTransaction();
        using var items = read(connection, cancellation).GetEnumerator();
        while (await Task.Run(items.MoveNext, cancellation))
            yield return items.Current;
    }

    static InvalidOperationException NotOpen() => new("The hot store is not open: OpenAsync comes first.");

    [LoggerMessage(
        302, LogLevel.Warning,
        "The hot store's file is older than the last receipt and was set aside as {File}; it begins anew and is filled from the log.")]
    static partial void LogBehind(ILogger logger, string file);

    [LoggerMessage(303, LogLevel.Warning, "What a run removed is gone, but its space could not be freed yet.")]
    static partial void LogNotFreed(ILogger logger, Exception fault);
}
