using System.Data.Common;
using System.Net.Sockets;
using Caudal.Log;

namespace Caudal.Ingesting;

/// <summary>Which faults pass by themselves, and how long to wait before each new attempt.</summary>
public static class StoreFault
{
    static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(10);

    /// <summary>True where trying again may help: a full disk, a server that is away, a lost reply. All else needs a person.</summary>
    public static bool IsTransient(Exception fault) => fault switch
    {
        LogTruncatedException => false,
        IOException or DbException or SocketException or HttpRequestException or TimeoutException => true,
        // Not our own cancelling, which is seen before: an engine gave up waiting.
        OperationCanceledException => true,
        _ => false,
    };

    /// <summary>Doubles with each attempt, counted from 0, up to ten seconds.</summary>
    public static TimeSpan PauseBefore(int attempt) => attempt < 7 ? PauseMin * (1 << attempt) : PauseMax;
}
