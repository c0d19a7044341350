using Caudal.Auditing;
using Caudal.Host.Options;
using Caudal.Host.Composition;
using Caudal.Log;

namespace Caudal.Host.Verbs;

/// <summary>One verb at work.</summary>
sealed class Session(string verb, EffectiveSettings effective, Terminal terminal, EventRecord events) : IDisposable
{
    /// <summary>As it is typed: <c>batch run</c>.</summary>
    public string Verb { get; } = verb;

    public EffectiveSettings Effective { get; } = effective;

    public CaudalSettings Settings => Effective.Settings;

    public Terminal Terminal { get; } = terminal;

    public DataFolder Folder { get; } = new(effective.Settings.Data);

    /// <summary>What stands behind the ports.</summary>
    public EngineChoice Engines => new(Settings, Folder, TimeProvider.System, Loggers);

    /// <summary>Who is held to have done what this verb does: it, and the person at it.</summary>
    public string Actor { get; } = $"{verb} by {Environment.UserName}";

    /// <summary>What went wrong, for the log's events. Whoever owns the data carries it there.</summary>
    public EventRecord Events { get; } = events;

    /// <summary>Roles tell what they do; verbs tell only what went wrong.</summary>
    public ILoggerFactory Loggers { get; } = new LoggerFactory([new TerminalLog(terminal), events], new LoggerFilterOptions
    {
        MinLevel = Owner.IsRole(verb) ? LogLevel.Information : LogLevel.Warning,
        Rules =
        {
            new(providerName: null, categoryName: "Microsoft", LogLevel.Warning, filter: null),
            // What keeps the server from starting is thrown too, and told once.
            new(providerName: null, categoryName: "Microsoft.Extensions.Hosting", LogLevel.None, filter: null),
        },
    });

    /// <summary>
    /// A verb that only looks makes no folder: a mistyped one would otherwise answer that nothing is there and all is well.
    /// </summary>
    public void RequireData()
    {
        if (Engines.KeepFiles && !Folder.Exists)
            throw new VerbException(
                $"There is no data folder '{Folder.Path}'; name another with --data, or let `caudal up` or `caudal import` make it.");
    }

    /// <summary>Makes the data folder where something is kept in it.</summary>
    public void MakeFolder()
    {
        if (Engines.KeepFiles)
            Folder.Create();
    }

    /// <summary>The log alone: several processes may append to it, whoever owns the folder.</summary>
    public ValueTask<ITransactionLog> OpenLogAsync(CancellationToken cancellation) => Engines.OpenLogAsync(cancellation);

    /// <summary>The audit of what a verb does to the log by itself.</summary>
    public AuditTrail AuditIn(ITransactionLog log) => new(log, Settings.Ingest.Topic, TimeProvider.System);

    public void Dispose() => Loggers.Dispose();
}
