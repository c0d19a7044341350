using System.Globalization;
using Spectre.Console;

namespace Caudal.Host.Verbs;

/// <summary>Log messages as lines on standard error, between whatever else the terminal shows. Never a stack trace.</summary>
sealed class TerminalLog(Terminal terminal) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Logger(terminal);

    public void Dispose()
    {
    }

    sealed class Logger(Terminal terminal) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var (word, style) = logLevel switch
            {
                LogLevel.Critical or LogLevel.Error => ("error", new Style(Color.Red)),
                LogLevel.Warning => ("warning", new Style(Color.Yellow)),
                _ => ("info", Style.Plain),
            };
            var time = TimeProvider.System.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
            var cause = exception is null ? "" : $": {exception.Message.ReplaceLineEndings(" ")}";
            terminal.Error.Write(new Text($"{time} {word}: {formatter(state, exception)}{cause}\n", style));
        }
    }
}
