using Caudal.Host.Composition;
using Caudal.Log;

namespace Caudal.Host.Verbs;

/// <summary>Where generated messages go: the log, standard output, or a file.</summary>
sealed class GeneratorSink : IAsyncDisposable
{
    readonly ITransactionLog? _log;
    readonly string _topic;
    readonly Stream? _lines;

    GeneratorSink(ITransactionLog? log, string topic, Stream? lines) => (_log, _topic, _lines) = (log, topic, lines);

    public static async Task<GeneratorSink> OpenAsync(string output, Session session, CancellationToken cancellation)
    {
        if (output is "-")
            return new(null, "", new BufferedStream(Console.OpenStandardOutput(), 64 * 1024));
        if (output is not "log")
            return new(null, "", new FileStream(output, FileMode.Create, FileAccess.Write, FileShare.Read, 64 * 1024));
        await Connection.GuardLogAsync(session, cancellation);
        return new(await session.OpenLogAsync(cancellation), session.Settings.Ingest.Topic, null);
    }

    public async ValueTask WriteAsync(IReadOnlyList<LogMessage> messages, CancellationToken cancellation)
    {
        if (_log is not null)
            await _log.AppendAsync(_topic, messages, cancellation);
        else
            foreach (var message in messages)
            {
                await _lines!.WriteAsync(message.Value, cancellation);
                _lines.WriteByte((byte)'\n');
            }
    }

    public async ValueTask DisposeAsync()
    {
        if (_lines is not null)
            await _lines.DisposeAsync();
        if (_log is not null)
            await _log.DisposeAsync();
    }
}
