using System.Net;
using System.Net.Sockets;

namespace Caudal.Tests;

/// <summary>
/// Stands between a client and the server and cuts a commit off: the server gets it and does it, or does not, and the client never hears.
/// </summary>
sealed class AnswerlessCommit : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _stopping = new();
    readonly int _server;
    readonly Task _accepting;
    int _until;
    Action? _first;
    bool _arrives;

    public AnswerlessCommit(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many commits were cut off.</summary>
    public int Cut { get; private set; }

    /// <summary>Cuts off the n-th commit from now on, counted from 1.</summary>
    /// <param name="first">What is done to the client before the commit goes on.</param>
    /// <param name="arrives">Whether the server gets it.</param>
    public void CutOff(int nth, Action? first = null, bool arrives = true)
    {
        (_first, _arrives) = (first, arrives);
        Interlocked.Exchange(ref _until, nth);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    async Task AcceptAsync()
    {
        while (true)
            _ = CarryAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
    }

    async Task CarryAsync(TcpClient client)
    {
        using var given = client;
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, _server, _stopping.Token);
        var (there, back) = (client.GetStream(), server.GetStream());
        var answers = back.CopyToAsync(there, _stopping.Token);
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await there.ReadAsync(buffer, _stopping.Token)) > 0)
        {
            if (buffer.AsSpan(0, read).IndexOf("COMMIT\0"u8) >= 0 && Interlocked.Decrement(ref _until) == 0)
            {
                Cut++;
                _first?.Invoke();
                client.Close();
                if (!_arrives)
                    return;
                await back.WriteAsync(buffer.AsMemory(0, read), _stopping.Token);
                // It does what it was sent before it sees that nobody is there any more.
                server.Client.Shutdown(SocketShutdown.Send);
                await answers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }
            await back.WriteAsync(buffer.AsMemory(0, read), _stopping.Token);
        }
    }
}
