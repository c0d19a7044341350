using System.Threading.Channels;
using Caudal.Log;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Caudal.Engines.Sqlite;

/// <summary>
/// The one place where this process writes to the log. Writes queue up; all that wait are committed together with one sync, and
/// each caller is answered after it. After a failed commit nothing is acknowledged until the file was opened anew and everything in its
/// write-ahead file has reached the database file.
/// </summary>
sealed class LogWriter : IAsyncDisposable
{
    static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(1);
    static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan OthersRemembered = TimeSpan.FromSeconds(10);
    static readonly TimeSpan BusyWarning = TimeSpan.FromSeconds(5);
    static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(2);
    static readonly TimeSpan SettlePatience = TimeSpan.FromSeconds(30);

    readonly LogFile _file;
    readonly SqliteLogOptions _options;
    readonly TimeProvider _time;
    readonly ILogger _logger;
    readonly Action _committed;
    readonly SqliteConnection _anchor;
    readonly Channel<PendingWrite> _queue;
    readonly ByteBudget _budget;
    readonly CancellationTokenSource _closing = new();
    readonly Task _running;
    LogUpdates _updates;
    long _checkpointedAt;
    long? _othersWroteAt;
    long _gaveWayAt;
    volatile string? _fault;

    LogWriter(LogFile file, SqliteConnection connection, SqliteLogOptions options, TimeProvider time, ILogger logger, Action committed)
    {
        (_file, _options, _time, _logger, _committed) = (file, options, time, logger, committed);
        _anchor = file.OpenAnchor();
        _updates = new(connection, time);
        _queue = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(options.QueueAppendsMax) { SingleReader = true });
        _budget = new(options.QueueBytesMax);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Why writes are refused now, or null.</summary>
    public string? Fault => _fault;

    /// <summary>Opens the file and settles what an earlier process may have left unsynced, before anybody reads it.</summary>
    /// <param name="committed">Called after every commit.</param>
    public static async Task<LogWriter> OpenAsync(
        LogFile file, SqliteLogOptions options, TimeProvider time, ILogger logger, Action committed, CancellationToken cancellation)
    {
        var connection = file.OpenWriter();
        try
        {
            var begun = time.GetTimestamp();
            while (!LogFile.Settle(connection, truncate: false))
            {
                if (time.GetElapsedTime(begun) > SettlePatience)
                    throw new LogUnavailableException(
                        $"The log {file.Path} cannot be brought into order: for {SettlePatience.TotalSeconds} s another process has been "
                        + "in the way. Look which processes have it open.", outcomeUnknown: false);
                await Task.Delay(BusyPause, time, cancellation);
            }
        }
        catch (SqliteException fault) when (LogFile.IsFull(fault))
        {
            // The write-ahead file was synced before the database file had no room: reading is safe, and the first write will say it.
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        return new(file, connection, options, time, logger, committed);
    }

    /// <summary>Does the work in a transaction and returns its result when that is durable.</summary>
    /// <exception cref="LogUnavailableException">It was refused or failed, or it is unknown whether it did.</exception>
    public ValueTask<T> WriteAsync<T>(Func<LogUpdates, T> work, CancellationToken cancellation) => WriteAsync(0, () => work, cancellation);

    /// <summary>The same for work that holds <paramref name="bytes"/>: it is prepared once there is room for it.</summary>
    public async ValueTask<T> WriteAsync<T>(long bytes, Func<Func<LogUpdates, T>> prepare, CancellationToken cancellation)
    {
        await _budget.TakeAsync(bytes, cancellation);
        PendingWrite<T> write;
        try
        {
            if (Fault is { } fault)
                throw Refused(fault);
            write = new(prepare(), bytes);
            await _queue.Writer.WriteAsync(write, cancellation);
        }
        catch (ChannelClosedException)
        {
            _budget.Return(bytes);
            throw Refused("It is being closed.");
        }
        catch
        {
            _budget.Return(bytes);
            throw;
        }
        return await write.Result.WaitAsync(cancellation);
    }

    async Task RunAsync()
    {
        var writes = new List<PendingWrite>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            var committing = false;
            try
            {
                if (!await TryBeginAsync())
                {
                    RefuseWaiting();
                    continue;
                }
                TakeWaiting(writes);
                foreach (var write in writes)
                    write.Do(_updates);
                _updates.Finish();
                committing = true;
                _updates.Commit();
                Answer(writes, write => write.Succeed());
                _committed();
                CheckpointWhenDue();
                await GiveWayAsync();
            }
            catch (Exception exception)
            {
                var fault = Stop(exception);
                Answer(writes, write => write.Fail(committing
                    ? new(
                        $"Whether the log {_file.Path} kept the messages is not known: {fault} Send them again under the same id or key.",
                        outcomeUnknown: true, exception)
                    : Refused(fault, exception)));
                await RecoverAsync();
            }
        }
        _anchor.Dispose();
        _updates.Dispose();
    }

    /// <summary>Waits while another process writes, but not for long when closing. What arrives meanwhile joins the commit.</summary>
    async Task<bool> TryBeginAsync()
    {
        var begun = _time.GetTimestamp();
        var warned = false;
        while (!_updates.TryBegin())
        {
            await Task.Delay(BusyPause, _time);
            var waited = _time.GetElapsedTime(begun);
            if (_closing.IsCancellationRequested && waited > ClosingPatience)
                return false;
            if (warned || waited < BusyWarning)
                continue;
            warned = true;
            _logger.WritesWait(_file.Path, (long)waited.TotalSeconds);
        }
        return true;
    }

    /// <summary>
    /// SQLite's lock goes to who happens to ask when it is free, and that is who has just had it. So while another process writes too, this
    /// one leaves it alone every now and then for long enough that the other, which asks every <see cref="BusyPause"/>, gets it.
    /// </summary>
    async Task GiveWayAsync()
    {
        if (_updates.OthersWrote)
            _othersWroteAt = _gaveWayAt = _time.GetTimestamp();
        if (_othersWroteAt is not { } seen || _time.GetElapsedTime(seen) > OthersRemembered || _time.GetElapsedTime(_gaveWayAt) < Turn)
            return;
        await Task.Delay(BusyPause * 3, _time);
        _gaveWayAt = _time.GetTimestamp();
    }

    void TakeWaiting(List<PendingWrite> writes)
    {
        var bytes = 0L;
        while (bytes < _options.CommitBytesMax && _queue.Reader.TryRead(out var write))
        {
            writes.Add(write);
            bytes += write.Bytes;
        }
    }

    void Answer(List<PendingWrite> writes, Action<PendingWrite> answer)
    {
        foreach (var write in writes)
        {
            answer(write);
            _budget.Return(write.Bytes);
        }
        writes.Clear();
    }

    /// <summary>
    /// The write-ahead file starts over only when all of it was moved at a moment without new commits. The writer has that moment
    /// between two commits, after its callers were answered.
    /// </summary>
    void CheckpointWhenDue()
    {
        if (_updates.BytesWritten - _checkpointedAt < _options.CheckpointBytes)
            return;
        // Readers that are in the way are waited for only where the file has grown too long.
        if (LogFile.Settle(_updates.Connection, truncate: _file.WalLength > _options.WalBytesMax))
            _checkpointedAt = _updates.BytesWritten;
    }

    string Stop(Exception exception)
    {
        var fault = Explain(exception);
        _fault = fault;
        // Whatever the transaction still holds is let go at once, for other processes too.
        _updates.Dispose();
        _logger.WritesStopped(_file.Path, fault, exception);
        return fault;
    }

    string Explain(Exception exception) => exception is SqliteException fault ? _file.Explain(fault).Message : exception.Message;

    async Task RecoverAsync()
    {
        var pause = TimeSpan.FromMilliseconds(20);
        for (var attempt = 1; !_closing.IsCancellationRequested; attempt++)
        {
            RefuseWaiting();
            await Task.Delay(pause, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < _options.RecoveryPauseMax ? pause * 2 : _options.RecoveryPauseMax;
            if (!TryReopen())
                continue;
            _fault = null;
            _logger.WritesResumed(_file.Path, attempt);
            return;
        }
        RefuseWaiting();
    }

    /// <summary>
    /// A failed sync is never repeated on what it failed for: the system may have dropped those pages and call the next sync a success.
    /// A new connection sees the commits before it, and copying them into the database file writes and syncs them once more.
    /// </summary>
    bool TryReopen()
    {
        try
        {
            _updates.Dispose();
            _updates = new(_file.OpenWriter(), _time);
            _checkpointedAt = 0;
            return LogFile.Settle(_updates.Connection, truncate: true);
        }
        catch (Exception exception)
        {
            _fault = Explain(exception);
            return false;
        }
    }

    void RefuseWaiting()
    {
        var waiting = new List<PendingWrite>();
        while (_queue.Reader.TryRead(out var write))
            waiting.Add(write);
        Answer(waiting, write => write.Fail(Refused(_fault ?? "It is being closed.")));
    }

    LogUnavailableException Refused(string fault, Exception? inner = null) =>
        new($"The log {_file.Path} takes no writes now, nothing was written: {fault}", outcomeUnknown: false, inner);

    /// <summary>Commits what is queued, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        // Only waiting for the lock or for better times is cut short.
        await _closing.CancelAsync();
        await _running;
        _closing.Dispose();
    }
}
