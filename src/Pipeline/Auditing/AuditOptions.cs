namespace Caudal.Auditing;

/// <summary>How long what the audit and the events have on record is kept.</summary>
public sealed record AuditOptions
{
    /// <summary>How long entries of the audit are kept.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(400);

    /// <summary>How long events are kept.</summary>
    public TimeSpan EventRetention { get; init; } = TimeSpan.FromDays(30);
}
