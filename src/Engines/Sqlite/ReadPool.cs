using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Caudal.Engines.Sqlite;

/// <summary>The reading connections, opened as they are needed. A transient fault is waited out on a new one.</summary>
sealed class ReadPool(LogFile file, TimeProvider time, ILogger logger) : IDisposable
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    readonly ConcurrentBag<LogQueries> _idle = [];
    volatile bool _isClosed;

    public async ValueTask<T> AskAsync<T>(Func<LogQueries, T> question, CancellationToken cancellation)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            cancellation.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_isClosed, this);
            LogQueries? queries = null;
            try
            {
                queries = _idle.TryTake(out var idle) ? idle : new LogQueries(file.OpenReader(), file.Path);
                var answer = question(queries);
                GiveBack(queries);
                return answer;
            }
            catch (SqliteException fault)
            {
                queries?.Dispose();
                if (LogFile.IsDamage(fault))
                    throw file.Explain(fault);
                logger.ReadFailed(file.Path, fault);
            }
            catch
            {
                queries?.Dispose();
                throw;
            }
            await Task.Delay(pause, time, cancellation);
        }
    }

    void GiveBack(LogQueries queries)
    {
        _idle.Add(queries);
        if (_isClosed)
            Dispose();
    }

    public void Dispose()
    {
        _isClosed = true;
        while (_idle.TryTake(out var queries))
            queries.Dispose();
    }
}
