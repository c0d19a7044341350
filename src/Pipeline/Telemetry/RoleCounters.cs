using System.Diagnostics.Metrics;

namespace Caudal.Telemetry;

/// <summary>The four counters that every role keeps, in one vocabulary: the tag <c>role</c> tells them apart.</summary>
public sealed class RoleCounters(string role)
{
    public const string MeterName = "Caudal";

    static readonly Meter Meter = new(MeterName);
    static readonly Counter<long> ReceivedTotal = Meter.CreateCounter<long>("caudal.received", "{message}", "What a role was handed.");
    static readonly Counter<long> SentTotal = Meter.CreateCounter<long>("caudal.sent", "{message}", "What it handed on, durably.");
    static readonly Counter<long> RejectedTotal = Meter.CreateCounter<long>("caudal.rejected", "{message}", "What it refused.");
    static readonly Counter<long> RetriedTotal = Meter.CreateCounter<long>("caudal.retried", "{attempt}", "How often it tried again.");

    readonly KeyValuePair<string, object?> _role = new("role", role);

    public void Received(long count) => ReceivedTotal.Add(count, _role);

    public void Sent(long count) => SentTotal.Add(count, _role);

    public void Rejected(long count) => RejectedTotal.Add(count, _role);

    public void Retried() => RetriedTotal.Add(1, _role);
}
