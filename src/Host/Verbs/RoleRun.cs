using Caudal.Dashboard.Api;
using Caudal.Host.Composition;

namespace Caudal.Host.Verbs;

/// <summary>A process that works on the stores until it is told to stop: <c>up</c>, <c>ingest</c>, <c>serve</c>.</summary>
sealed partial class RoleRun(Session session, bool feedsItself)
{
    readonly ILogger _logger = session.Loggers.CreateLogger<RoleRun>();
    readonly Duties _duties = Duties.OfRole(session.Verb, session.Folder, session.Engines);
    readonly Readiness _readiness = new();

    /// <summary>Returns 0 once what was under way when it was told to stop is drained.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        if (!_duties.Ingests && !session.Engines.AreShared)
            throw new UsageException(
                $"`caudal {session.Verb}` runs beside processes that ingest, and {Files} keeps rows in a file that one process owns: "
                + "use `caudal up`, which serves too, or set Hot:Engine to elasticsearch and History:Engine to postgres.");
        session.MakeFolder();
        try
        {
            await using (await Probe.StartAsync(session.Settings.Probe, _readiness, session.Loggers, cancellation))
                await WorkAsync(session.Engines.AreShared ? null : await TakeAsync(cancellation), cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Told to stop before it had begun.
        }
        LogStopped(_logger, session.Verb);
        return ExitCode.Done;
    }

    /// <summary>The settings by which no other process may open the stores.</summary>
    string Files => string.Join(" and ", session.Engines.OwnedBy);

    async Task WorkAsync(OwnerLock? taken, CancellationToken cancellation)
    {
        await using var owner = await PipelineOwner.StartAsync(
            feedsItself ? session.Settings with { Schedule = session.Settings.Demo.Schedule } : session.Settings,
            session.Folder, taken, _duties, _readiness, session.Loggers, session.Events, cancellation);
        if (owner.Server?.Address is { } address)
            LogPort(_logger, address);
        LogReady(_logger, session.Verb, session.Engines.AreShared ? $"topic {owner.Pipeline.Topic}" : session.Folder.Path);
        // Not a log line: what is secret is said to the person at the terminal.
        if (owner.Server?.MakeLink() is { } link)
            session.Terminal.Say($"Open the pages with this link, which works once and for an hour: {link}");

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // Of several that ingest each would add up the same books.
        var status = session.Engines.AreShared && !_duties.OpensPort
            ? Task.CompletedTask
            : new StatusLine(owner.Pipeline, session.Terminal, session.Loggers.CreateLogger<StatusLine>()).RunAsync(over.Token);
        if (feedsItself)
            owner.Pipeline.Demo.Start(session.Actor);
        var schedule = _duties.OpensPort ? owner.Pipeline.Scheduler.RunAsync(over.Token) : Task.CompletedTask;
        // Ingest ends by itself only where it cannot go on, and then nothing can.
        await Task.WhenAny(owner.Pipeline.Ingest.Running, Task.Delay(Timeout.Infinite, cancellation));
        _readiness.Stop();
        await over.CancelAsync();
        await Task.WhenAll(status, schedule);
        if (!cancellation.IsCancellationRequested)
            await owner.Pipeline.Ingest.Running;
        else if (_duties.OpensPort)
            await Task.Delay(session.Settings.Http.StopDelay, CancellationToken.None);
    }

    /// <summary>The lock, once no short verb has it any more. Two roles never share a folder.</summary>
    async Task<OwnerLock> TakeAsync(CancellationToken cancellation)
    {
        var taken = await OwnerLock.TakeAsync(session, owner => !owner.Serves
            ? Task.FromResult(false)
            : throw new VerbException(
                $"{owner} runs over {session.Folder.Path} already, and {Files} allows no second: stop it first, or name another folder "
                + "with --data. Several processes share Hot:Engine elasticsearch and History:Engine postgres."), cancellation);
        return taken!;
    }

    [LoggerMessage(600, LogLevel.Information, "Ready: {Verb} over {Place}")]
    static partial void LogReady(ILogger logger, string verb, string place);

    [LoggerMessage(601, LogLevel.Information, "Stopped: {Verb}; nothing acknowledged is lost")]
    static partial void LogStopped(ILogger logger, string verb);

    [LoggerMessage(604, LogLevel.Information, "The API is served at {Address}; `caudal token create` makes what lets you in")]
    static partial void LogPort(ILogger logger, string address);
}
