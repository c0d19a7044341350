using Caudal.Dashboard;
using Caudal.Reconciling;
using Spectre.Console;

namespace Caudal.Host.Verbs;

/// <summary>What a role does, at a glance: a line that moves where a person watches, else a log line now and then.</summary>
sealed partial class StatusLine(RunningPipeline pipeline, Terminal terminal, ILogger<StatusLine> logger)
{
    static readonly TimeSpan WatchedEvery = TimeSpan.FromSeconds(1);
    static readonly TimeSpan LoggedEvery = TimeSpan.FromSeconds(30);

    /// <summary>Returns when it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            if (Terminal.IsWatched)
                await terminal.Error.Live(new Text("")).AutoClear(true).StartAsync(live =>
                    RepeatAsync(WatchedEvery, books => live.UpdateTarget(Line(books)), cancellation));
            else
                await RepeatAsync(LoggedEvery, Log, cancellation);
        }
        catch (OperationCanceledException)
        {
        }
    }

    async Task RepeatAsync(TimeSpan every, Action<Reconciliation> show, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(every);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                show(await pipeline.Reconciler.StatusAsync(cancellation));
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // A store that does not answer now is told of by those who need it; the line only stands still.
                LogNoStatus(logger, failure);
            }
        }
    }

    void Log(Reconciliation books) => LogStatus(
        logger, books.Log.Messages, books.Log.Messages - books.Log.Lag, books.Hot.Count, books.History.Count, books.Rejections.Count,
        books.Log.Lag, books.Reconciled);

    Markup Line(Reconciliation books)
    {
        var verdict = pipeline.IngestFault is { } fault ? $"[red]{Markup.Escape(fault)}[/]"
            : books.Reconciled ? "[green]reconciled[/]"
            : "[red]NOT reconciled[/]";
        return new(
            $"appended [bold]{Numbers.Format(books.Log.Messages)}[/] · "
            + $"ingested [bold]{Numbers.Format(books.Log.Messages - books.Log.Lag)}[/] · "
            + $"hot [bold]{Numbers.Format(books.Hot.Count)}[/] · history [bold]{Numbers.Format(books.History.Count)}[/] · "
            + $"rejected [bold]{Numbers.Format(books.Rejections.Count)}[/] · lag [bold]{Numbers.Format(books.Log.Lag)}[/] · {verdict}");
    }

    [LoggerMessage(602, LogLevel.Information,
        "Appended {Appended}, ingested {Ingested}, hot {Hot}, history {History}, rejected {Rejected}, lag {Lag}, reconciled {Reconciled}")]
    static partial void LogStatus(
        ILogger logger, long appended, long ingested, long hot, long history, long rejected, long lag, bool reconciled);

    [LoggerMessage(603, LogLevel.Warning, "No status now")]
    static partial void LogNoStatus(ILogger logger, Exception failure);
}
