using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Auditing;

/// <summary>
/// The topic <c>&lt;topic&gt;.audit</c>: every change and every export, with its actor. What is about to be done is noted first and what
/// came of it before it is answered, so that nothing is done that is not on record. Where the first cannot be written, nothing is done;
/// where the second cannot, the caller hears that the outcome is unknown. May be called in parallel.
/// </summary>
public sealed class AuditTrail(ITransactionLog log, string topic, TimeProvider time)
{
    readonly RecordTopic<AuditEntry> _entries = new(log, TopicOf(topic), RecordJson.Default.VersionedAuditEntry);

    /// <summary>The topic that holds a topic's audit.</summary>
    public static string TopicOf(string topic) => $"{topic}.audit";

    /// <summary>
    /// Does the work between its two entries. <paramref name="outcome"/> says what came of it, in a few words without data.
    /// </summary>
    /// <exception cref="LogUnavailableException">
    /// Nothing was done; or, with <see cref="LogUnavailableException.OutcomeUnknown"/>, it was done and could not be noted.
    /// </exception>
    public async ValueTask<T> DoAsync<T>(
        string actor, string action, string target, Func<ValueTask<T>> work, Func<T, string> outcome, CancellationToken cancellation)
    {
        await NoteAsync(actor, action, target, AuditEntry.Begun, cancellation);
        T done;
        try
        {
            done = await work();
        }
        catch (Exception fault)
        {
            await NoteFailureAsync(actor, action, target, fault);
            throw;
        }
        await NoteDoneAsync(actor, action, target, $"{AuditEntry.Done}: {outcome(done)}");
        return done;
    }

    /// <summary>Durable when it returns.</summary>
    public ValueTask NoteAsync(string actor, string action, string target, string outcome, CancellationToken cancellation) =>
        _entries.AppendAsync([new(Instant.Now(time), actor, action, target, outcome)], cancellation);

    /// <summary>Notes what was done, whoever has gone meanwhile.</summary>
    /// <exception cref="LogUnavailableException">It was done and could not be noted: the outcome is unknown.</exception>
    public async ValueTask NoteDoneAsync(string actor, string action, string target, string outcome)
    {
        try
        {
            await NoteAsync(actor, action, target, outcome, CancellationToken.None);
        }
        catch (LogUnavailableException fault)
        {
            throw new LogUnavailableException(
                $"{action} of {target} was done, but could not be noted in the audit: {fault.Message}", outcomeUnknown: true, fault);
        }
    }

    /// <summary>The newest entries that the filter names, newest first.</summary>
    public ValueTask<IReadOnlyList<AuditEntry>> ReadAsync(RecordFilter filter, CancellationToken cancellation) => _entries.ReadAsync(
        filter.From, entry => filter.Takes(entry.Time, entry.Actor, entry.Action, entry.Object, entry.Outcome), filter.Limit, cancellation);

    public ValueTask ForgetAsync(TimeSpan olderThan, CancellationToken cancellation) =>
        _entries.TrimAsync(Instant.Now(time) - olderThan, cancellation);

    /// <summary>The failure itself is thrown on, and says more than that it could not be noted: that it was begun is on record.</summary>
    async ValueTask NoteFailureAsync(string actor, string action, string target, Exception fault)
    {
        try
        {
            await NoteAsync(actor, action, target, $"{AuditEntry.Failed}: {fault.GetType().Name}", CancellationToken.None);
        }
        catch (Exception)
        {
        }
    }
}

/// <summary>What is read back of audit and events.</summary>
/// <param name="From">The time of the earliest, inclusive; null for all.</param>
/// <param name="To">The time before which they lie; null for now.</param>
/// <param name="Text">What one of an entry's texts contains, in any case; null for all.</param>
public sealed record RecordFilter(Instant? From = null, Instant? To = null, string? Text = null, int Limit = 100)
{
    public bool Takes(Instant time, params ReadOnlySpan<string?> texts)
    {
        if (From > time || To <= time)
            return false;
        if (Text is null)
            return true;
        foreach (var text in texts)
            if (text?.Contains(Text, StringComparison.OrdinalIgnoreCase) == true)
                return true;
        return false;
    }
}

/// <summary>Whoever decides against something says why, since it is kept.</summary>
public sealed class MissingReasonException() : ArgumentException("Give a reason (why): it is kept.")
{
    public static string Require(string why) => string.IsNullOrWhiteSpace(why) ? throw new MissingReasonException() : why;
}
