using System.Net.Sockets;
using Caudal.Dashboard.Api;
using Caudal.Host.Options;
using Caudal.Host.Verbs;
using Caudal.Log;

namespace Caudal.Host.Composition;

/// <summary>
/// A verb's way to the data. Where <c>up</c> or <c>ingest</c> owns the folder, the verb is its client. Where nobody does, the verb takes
/// the lock, serves itself, and is its own client. Where another short verb does, it waits for its turn. Where the stores are shared,
/// nobody owns them: each verb serves itself beside the others.
/// </summary>
sealed class Connection : IAsyncDisposable
{
    /// <summary>How long a fault may keep ingest where it is before a verb stops waiting for it.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    readonly PipelineOwner? _own;

    Connection(ApiClient api, PipelineOwner? own) => (Api, _own) = (api, own);

    public ApiClient Api { get; }

    public static async Task<Connection> OpenAsync(Session session, CancellationToken cancellation)
    {
        session.MakeFolder();
        if (session.Engines.AreShared)
            return await ServeItselfAsync(session, null, cancellation);
        var client = (ApiClient?)null;
        var taken = await OwnerLock.TakeAsync(
            session, async owner => owner.Serves && (client = await TryConnectAsync(session, cancellation)) is not null, cancellation);
        return taken is null ? new(client!, null) : await ServeItselfAsync(session, taken, cancellation);
    }

    /// <summary>
    /// Returns once an owner has looked whether the log still is the one that was ingested from, and held it if not: before that, a verb
    /// that appends to the log by itself must not. Whoever serves has looked; where nobody does, the verb looks.
    /// </summary>
    public static async Task GuardLogAsync(Session session, CancellationToken cancellation)
    {
        session.MakeFolder();
        if (session.Engines is { AreShared: true, LogGivesPositionsOnce: true })
            return;
        var taken = session.Engines.AreShared ? null : await OwnerLock.TakeAsync(session, async _ =>
        {
            using var client = await TryConnectAsync(session, cancellation);
            return client is not null;
        }, cancellation);
        if (taken is not null || session.Engines.AreShared)
            await PipelineOwner.GuardLogAsync(session.Settings, session.Folder, taken, session.Loggers, cancellation);
    }

    /// <summary>
    /// A verb alone waits until ingest has taken what the log holds, so that it answers as it would beside <c>up</c>, which has taken it
    /// long since. A fault that keeps ingest back is told, and does not keep the verb from answering with what there is. Where others
    /// ingest, what they have taken by now is what there is.
    /// </summary>
    public async Task CatchUpAsync(Terminal terminal, CancellationToken cancellation)
    {
        if (_own is not { Pipeline.Ingest.IsHere: true })
            return;
        if (await WaitForIngestAsync(null, terminal, cancellation) is { Reached: false, Fault: var fault })
            terminal.Warn($"Ingest is not getting on: {fault}");
    }

    /// <summary>
    /// Waits until ingest has come to the goal (null: the log's end as it is now). Gives up where ingest has stopped, or where a fault
    /// has kept it from getting any further for a while.
    /// </summary>
    public async Task<IngestAnswer> WaitForIngestAsync(Watermark? goal, Terminal terminal, CancellationToken cancellation)
    {
        var state = await AskAsync(goal, cancellation);
        if (state.Reached)
            return state;
        var (total, lastLag, moved) = (state.Lag, state.Lag, TimeProvider.System.GetTimestamp());
        await terminal.ProgressAsync("Ingesting", async report =>
        {
            while (!state.Reached && !state.Stopped && (state.Fault is null || TimeProvider.System.GetElapsedTime(moved) < Patience))
            {
                report(total - state.Lag, total);
                if (state.Lag < lastLag || state.Fault is null)
                    (lastLag, moved) = (state.Lag, TimeProvider.System.GetTimestamp());
                state = await AskAsync(state.Goal, cancellation);
            }
        });
        return state;
    }

    Task<IngestAnswer> AskAsync(Watermark? goal, CancellationToken cancellation) => Api.GetAsync(
        goal is null ? "/api/ingest/wait" : $"/api/ingest/wait?watermark={Uri.EscapeDataString(goal.ToString())}",
        ApiJson.Default.IngestAnswer, cancellation);

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        if (_own is not null)
            await _own.DisposeAsync();
    }

    static async Task<Connection> ServeItselfAsync(Session session, OwnerLock? taken, CancellationToken cancellation)
    {
        var duties = Duties.OfVerb(session.Verb, session.Folder, session.Engines);
        var own = await PipelineOwner.StartAsync(
            session.Settings, session.Folder, taken, duties, new(), session.Loggers, session.Events, cancellation);
        return new(new(duties.Socket!, session.Actor), own);
    }

    static async Task<ApiClient?> TryConnectAsync(Session session, CancellationToken cancellation)
    {
        var client = new ApiClient(session.Folder.Socket, session.Actor);
        try
        {
            await client.GetAsync("/api/owner", ApiJson.Default.OwnerAnswer, cancellation);
            return client;
        }
        catch (HttpRequestException unreachable) when (unreachable.InnerException is SocketException or IOException)
        {
            // It holds the lock but does not serve yet, or not any more.
            client.Dispose();
            return null;
        }
    }
}
