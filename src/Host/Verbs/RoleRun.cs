using Caudal.Host.Composition;

namespace Caudal.Host.Verbs;

/// <summary>A process that owns the data and serves until it is told to stop: <c>up</c>, <c>ingest</c>.</summary>
sealed partial class RoleRun(Session session, bool opensPort, bool feedsItself)
{
    readonly ILogger _logger = session.Loggers.CreateLogger<RoleRun>();

    /// <summary>Returns 0 once what was under way when it was told to stop is drained.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        session.Folder.Create();
        await ServeAsync(await TakeAsync(cancellation), cancellation);
        LogStopped(_logger, session.Verb);
        return ExitCode.Done;
    }

    async Task ServeAsync(OwnerLock taken, CancellationToken cancellation)
    {
        await using var owner = await PipelineOwner.StartAsync(
            feedsItself ? session.Settings with { Schedule = session.Settings.Demo.Schedule } : session.Settings,
            session.Folder, taken, session.Verb, opensPort, session.Loggers, session.Events, cancellation);
        if (owner.Server.Address is { } address)
            LogPort(_logger, address);
        LogReady(_logger, session.Verb, session.Folder.Path);
        // Not a log line: what is secret is said to the person at the terminal.
        if (owner.Server.MakeLink() is { } link)
            session.Terminal.Say($"Open the pages with this link, which works once and for an hour: {link}");

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var status = new StatusLine(owner.Pipeline, session.Terminal, session.Loggers.CreateLogger<StatusLine>()).RunAsync(over.Token);
        if (feedsItself)
            owner.Pipeline.Demo.Start(session.Actor);
        var schedule = opensPort ? owner.Pipeline.Scheduler.RunAsync(over.Token) : Task.CompletedTask;
        // Ingest ends by itself only where it cannot go on, and then nothing can.
        await Task.WhenAny(owner.Pipeline.IngestTask, Task.Delay(Timeout.Infinite, cancellation));
        await over.CancelAsync();
        await Task.WhenAll(status, schedule);
        if (!cancellation.IsCancellationRequested)
            await owner.Pipeline.IngestTask;
    }

    /// <summary>The lock, once no short verb has it any more. Two roles never share a folder.</summary>
    async Task<OwnerLock> TakeAsync(CancellationToken cancellation)
    {
        var taken = await OwnerLock.TakeAsync(session, owner => !owner.Serves
            ? Task.FromResult(false)
            : throw new VerbException(
                $"{owner} runs over {session.Folder.Path} already; stop it first, or name another folder with --data."), cancellation);
        return taken!;
    }

    [LoggerMessage(600, LogLevel.Information, "Ready: {Verb} over {Folder}")]
    static partial void LogReady(ILogger logger, string verb, string folder);

    [LoggerMessage(601, LogLevel.Information, "Stopped: {Verb}; nothing acknowledged is lost")]
    static partial void LogStopped(ILogger logger, string verb);

    [LoggerMessage(604, LogLevel.Information, "The API is served at {Address}; `caudal token create` makes what lets you in")]
    static partial void LogPort(ILogger logger, string address);
}
