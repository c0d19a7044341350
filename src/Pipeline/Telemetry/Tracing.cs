using System.Diagnostics;
using System.Text;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Telemetry;

/// <summary>
/// What a trace shows: a batch run with a span a step, and a sampled transaction from the door to the hot store. Where nobody listens
/// nothing is made. Whether a span is kept is the listener's to say; names and ids go into it, and never a transaction's contents.
/// </summary>
public static class Tracing
{
    public const string SourceName = "Caudal";

    /// <summary>The names of the spans that begin a trace.</summary>
    public const string Run = "batch.run";
    public const string Append = "transactions.append";
    public const string Index = "transactions.index";

    /// <summary>The header of a message whose transaction is traced, in W3C's form.</summary>
    const string Header = "traceparent";

    static readonly ActivitySource Source = new(SourceName);

    public static bool IsOn => Source.HasListeners();

    /// <summary>A run is a trace of its own, whoever asked for it.</summary>
    internal static Activity? StartRun(long run, string actor)
    {
        // Local to the calling method: its caller keeps what it had.
        Activity.Current = null;
        return Source.StartActivity(Run)?.SetTag("caudal.run", run).SetTag("caudal.actor", actor);
    }

    internal static Activity? StartStep(string name) => Source.StartActivity($"batch.{name}");

    internal static Activity? StartAppend(int rows) => Source.StartActivity(Append)?.SetTag("caudal.rows", rows);

    /// <summary>Lets the span follow a message through the log: one of a request's stands for all of them.</summary>
    internal static LogMessage Carry(this Activity append, LogMessage message) => append.Recorded && append.Id is { } id
        ? message with { Headers = [.. message.Headers, new(Header, Encoding.ASCII.GetBytes(id))] }
        : message;

    /// <summary>The trace that a message belongs to, or null.</summary>
    internal static ActivityContext? Of(in LogMessage message) =>
        message.Header(Header) is { } id && ActivityContext.TryParse(Encoding.ASCII.GetString(id.Span), null, out var context)
            ? context
            : null;

    /// <summary>A message's way from the log to where it is searchable, now that it is.</summary>
    internal static void Indexed(ActivityContext trace, Position position, Instant appendedAt) =>
        Source.StartActivity(
            ActivityKind.Consumer, trace, [new("caudal.position", position.ToString())], null, appendedAt.ToDateTimeOffset(), Index)
            ?.Dispose();

    internal static void Fail(this Activity activity, Exception fault) =>
        activity.SetStatus(ActivityStatusCode.Error, fault.GetType().Name);
}
