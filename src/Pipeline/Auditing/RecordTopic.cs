using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Auditing;

/// <summary>A topic of the log that holds entries of one kind: appended, read back newest first, and forgotten by age.</summary>
sealed class RecordTopic<T>(ITransactionLog log, string topic, JsonTypeInfo<Versioned<T>> type) where T : class
{
    const int Version = 1;

    /// <summary>How many entries are looked at first; where they are not enough, twice as many before them, and so on.</summary>
    const long WindowMin = 1_024;

    public async ValueTask AppendAsync(IEnumerable<T> entries, CancellationToken cancellation) => await log.AppendAsync(
        topic, [.. from entry in entries select new LogMessage(JsonSerializer.SerializeToUtf8Bytes(new(Version, entry), type))],
        cancellation);

    /// <summary>
    /// The newest entries that are wanted, newest first, at most <paramref name="limit"/>. What was appended before
    /// <paramref name="from"/> is not looked at.
    /// </summary>
    public async ValueTask<IReadOnlyList<T>> ReadAsync(
        Instant? from, Func<T, bool> isWanted, int limit, CancellationToken cancellation)
    {
        var state = await log.DescribeAsync(topic, cancellation);
        var first = from is { } moment ? state.Start.Furthest(await log.FindAsync(topic, moment, cancellation)) : state.Start;
        var found = new List<T>();
        var end = state.End;
        for (var window = WindowMin; found.Count < limit && !first.Covers(end); window *= 2)
        {
            var begin = Back(end, window).Furthest(first);
            var newest = new Queue<T>();
            await foreach (var entry in ReadAsync(begin, end, cancellation))
            {
                if (!isWanted(entry))
                    continue;
                newest.Enqueue(entry);
                if (newest.Count > limit - found.Count)
                    newest.Dequeue();
            }
            found.AddRange(newest.Reverse());
            end = begin;
        }
        return found;
    }

    /// <summary>Forgets what was appended before a moment.</summary>
    public async ValueTask TrimAsync(Instant before, CancellationToken cancellation) =>
        await log.TrimAsync(topic, await log.FindAsync(topic, before, cancellation), cancellation);

    async IAsyncEnumerable<T> ReadAsync(
        Watermark begin, Watermark end, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var next = begin;
        await foreach (var batch in log.ReadAsync(topic, begin, follow: false, cancellation))
        {
            foreach (var record in batch.Records.Where(record => end.Covers(record.Position)))
                yield return Read(record);
            next = next.With(batch.Partition, batch.NextOffset);
            if (next.Covers(end))
                yield break;
        }
    }

    T Read(LogRecord record)
    {
        var (version, entry) = JsonSerializer.Deserialize(record.Message.Value.Span, type)
            ?? throw new InvalidDataException($"Topic {topic} holds no entry at {record.Position}.");
        return version == Version ? entry : throw new InvalidDataException(
            $"The entry of topic {topic} at {record.Position} is of version {version}, this program reads version {Version}.");
    }

    static Watermark Back(Watermark end, long count) =>
        end.Partitions.Aggregate(end, (back, entry) => back.With(entry.Key, Math.Max(0, entry.Value - count)));
}
