using System.Collections.Concurrent;
using Caudal.Log;

namespace Caudal.Engines.Kafka;

/// <summary>
/// What a group has read without meeting a gap, kept where Kafka keeps positions: as those of two groups that nobody joins. So a process
/// that was just started counts what earlier ones have read without reading it again.
/// </summary>
sealed class ReadMarks(GroupPositions groups, KnownStretches known)
{
    const string FromSuffix = ".whole-from";
    const string ToSuffix = ".whole-to";

    /// <summary>What was read since is read again to be counted, where a process dies.</summary>
    static readonly TimeSpan NoteEvery = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<(string Topic, string Group), long> _notedAt = new();

    public static bool IsMark(string group) =>
        group.EndsWith(FromSuffix, StringComparison.Ordinal) || group.EndsWith(ToSuffix, StringComparison.Ordinal);

    public bool IsDue(string topic, string group) =>
        !_notedAt.TryGetValue((topic, group), out var at) || TimeProvider.System.GetElapsedTime(at) >= NoteEvery;

    /// <summary>Adds what is noted to what is known here.</summary>
    public async Task LearnAsync(KafkaTopic topic, string group, CancellationToken cancellation)
    {
        var from = await groups.ReadAsync(topic, group + FromSuffix, cancellation);
        var to = await groups.ReadAsync(topic, group + ToSuffix, cancellation);
        foreach (var partition in topic.Partitions)
            // A mark lies one further than it means, so that none is none, and not the beginning.
            if (from[partition] > 0)
                known.Add(partition, from[partition] - 1, to[partition], []);
    }

    /// <summary>
    /// Notes what is known to be whole before the watermark, or less, as while the brokers are away. Where from comes first: at no time it
    /// claims too much.
    /// </summary>
    public async Task NoteAsync(
        KafkaTopics topics, string topic, string group, Watermark next, CancellationToken cancellation)
    {
        _notedAt[(topic, group)] = TimeProvider.System.GetTimestamp();
        try
        {
            if (await topics.FindAsync(topic, cancellation) is { } found)
                await MoveAsync(found, group, next, cancellation);
        }
        catch (LogUnavailableException)
        {
        }
    }

    async Task MoveAsync(KafkaTopic topic, string group, Watermark next, CancellationToken cancellation)
    {
        await LearnAsync(topic, group, cancellation);
        var (from, to) = (Watermark.Zero, Watermark.Zero);
        foreach (var partition in topic.Partitions)
            if (known.WholeBefore(partition, next[partition]) is { } begins)
                (from, to) = (from.With(partition, begins + 1), to.With(partition, next[partition]));
        await groups.CommitAsync(topic, group + FromSuffix, from, cancellation);
        await groups.CommitAsync(topic, group + ToSuffix, to, cancellation);
    }
}
