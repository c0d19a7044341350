using Caudal.Auditing;
using Caudal.Host.Composition;
using Caudal.Log;

namespace Caudal.Host.Verbs;

/// <summary>Where generated messages go: the log, standard output, or a file.</summary>
sealed class GeneratorSink : IAsyncDisposable
{
    readonly Session _session;
    readonly ITransactionLog? _log;
    readonly Stream? _lines;
    long _appended;

    GeneratorSink(Session session, ITransactionLog? log, Stream? lines) => (_session, _log, _lines) = (session, log, lines);

    string Topic => _session.Settings.Ingest.Topic;

    public static async Task<GeneratorSink> OpenAsync(string output, Session session, CancellationToken cancellation)
    {
        if (output is "-")
            return new(session, null, new BufferedStream(Console.OpenStandardOutput(), 64 * 1024));
        if (output is not "log")
            return new(session, null, new FileStream(output, FileMode.Create, FileAccess.Write, FileShare.Read, 64 * 1024));
        await Connection.GuardLogAsync(session, cancellation);
        var sink = new GeneratorSink(session, await session.OpenLogAsync(cancellation), null);
        await sink.NoteAsync(AuditEntry.Begun, cancellation);
        return sink;
    }

    public async ValueTask WriteAsync(IReadOnlyList<LogMessage> messages, CancellationToken cancellation)
    {
        if (_log is not null)
        {
            await _log.AppendAsync(Topic, messages, cancellation);
            _appended += messages.Count;
        }
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
        {
            await NoteAsync($"{AuditEntry.Done}: {_appended} messages", CancellationToken.None);
            await _log.DisposeAsync();
        }
    }

    ValueTask NoteAsync(string outcome, CancellationToken cancellation) =>
        _session.AuditIn(_log!).NoteAsync(_session.Actor, AuditActions.Generate, Topic, outcome, cancellation);
}
