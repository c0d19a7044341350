using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Ingesting;

/// <summary>Where the events of one rejection stand, and what they come to; the bytes stay in the log.</summary>
readonly record struct FoldedRejection(Position Origin, Position Event, Instant At, Decision Decision);

/// <summary>What a person has made of a rejection; the default where nobody has yet.</summary>
readonly record struct Decision(RejectionState State, string? Why);

/// <summary>
/// What the events read so far come to. An event that is repeated (a crash, a lost reply, a second click) changes nothing, so any replay
/// folds to the same. Forty-eight bytes a rejection, in order of offset, so that counting a range is two binary searches. One caller at a
/// time.
/// </summary>
sealed class RejectionFold
{
    readonly Dictionary<LogPartition, List<Entry>> _rejected = [];
    readonly List<LogPartition> _eventPartitions = [];
    readonly Dictionary<string, string> _words = [];

    /// <summary>Where reading the events goes on.</summary>
    public Watermark Next { get; private set; } = Watermark.Zero;

    /// <summary>Messages that ingest has ever rejected.</summary>
    public long Count { get; private set; }

    /// <summary>The rejections, of ingest or of runs, that people have re-sent or discarded.</summary>
    public ImmutableDictionary<Position, Decision> Decisions { get; private set; } = ImmutableDictionary<Position, Decision>.Empty;

    public void Take(LogBatch batch)
    {
        foreach (var record in batch.Records)
            Take(RejectionEvent.Read(record), record.Position);
        Next = Next.With(batch.Partition, batch.NextOffset);
    }

    public long CountIn(PositionRange range)
    {
        var count = 0L;
        foreach (var (partition, from, to) in range.Stretches)
            if (_rejected.TryGetValue(partition, out var entries))
                count += PlaceOf(entries, to) - PlaceOf(entries, from);
        return count;
    }

    public void CountIn(PositionRange range, RejectionGroups groups)
    {
        foreach (var (partition, from, to) in range.Stretches)
            if (_rejected.TryGetValue(partition, out var entries))
                for (var place = PlaceOf(entries, from); place < entries.Count && entries[place].Offset < to; place++)
                    groups.Add(entries[place].Code, entries[place].Field, new(partition, entries[place].Offset));
    }

    public IReadOnlySet<Position> PositionsFrom(Watermark from)
    {
        var positions = new HashSet<Position>();
        foreach (var (partition, entries) in _rejected)
            for (var place = PlaceOf(entries, from[partition]); place < entries.Count; place++)
                positions.Add(new(partition, entries[place].Offset));
        return positions;
    }

    public FoldedRejection? Find(Position origin)
    {
        if (!_rejected.TryGetValue(origin.LogPartition, out var entries))
            return null;
        var place = PlaceOf(entries, origin.Offset);
        return place < entries.Count && entries[place].Offset == origin.Offset ? Folded(origin, entries[place]) : null;
    }

    public RejectionGroups Group(RejectionState? state)
    {
        var groups = new RejectionGroups();
        foreach (var (partition, entries) in _rejected)
            foreach (var entry in entries)
                if (new Position(partition, entry.Offset) is var origin
                    && (state is null || Decisions.GetValueOrDefault(origin).State == state))
                    groups.Add(entry.Code, entry.Field, origin);
        return groups;
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<FoldedRejection> List(RejectionState? state, string? code)
    {
        List<FoldedRejection> found = [];
        foreach (var (partition, entries) in _rejected)
            foreach (var entry in entries)
                if ((code is null || entry.Code == code) && Folded(new(partition, entry.Offset), entry) is var folded
                    && (state is null || folded.Decision.State == state))
                    found.Add(folded);
        found.Sort((left, right) => (right.At, right.Origin).CompareTo((left.At, left.Origin)));
        return found;
    }

    void Take(RejectionEvent taken, Position at)
    {
        switch (taken.Kind)
        {
            case RejectionEventKind.Rejected:
                Insert(taken, at);
                break;
            case RejectionEventKind.Resent:
                // What was sent cannot be unsent: this outweighs a discard, whichever came first.
                Decisions = Decisions.SetItem(taken.Origin, new(RejectionState.Resent, Why: null));
                break;
            case RejectionEventKind.Discarded:
                if (!Decisions.ContainsKey(taken.Origin))
                    Decisions = Decisions.Add(taken.Origin, new(RejectionState.Discarded, taken.Why));
                break;
        }
    }

    void Insert(RejectionEvent taken, Position at)
    {
        ref var entries = ref CollectionsMarshal.GetValueRefOrAddDefault(_rejected, taken.Origin.LogPartition, out _);
        entries ??= [];
        var place = PlaceOf(entries, taken.Origin.Offset);
        if (place < entries.Count && entries[place].Offset == taken.Origin.Offset)
            return;
        var fault = taken.Fault!;
        var partition = _eventPartitions.IndexOf(at.LogPartition);
        if (partition < 0)
        {
            partition = _eventPartitions.Count;
            _eventPartitions.Add(at.LogPartition);
        }
        entries.Insert(
            place, new(taken.Origin.Offset, at.Offset, partition, taken.At, Word(fault.Code), Word(fault.Field)));
        Count++;
    }

    FoldedRejection Folded(Position origin, in Entry entry) =>
        new(origin, new(_eventPartitions[entry.EventPartition], entry.EventOffset), entry.At, Decisions.GetValueOrDefault(origin));

    /// <summary>The one copy of a code or a field's name.</summary>
    [return: NotNullIfNotNull(nameof(word))]
    string? Word(string? word)
    {
        if (word is null || _words.TryAdd(word, word))
            return word;
        return _words[word];
    }

    /// <summary>How many entries stand before the offset. Most rejections come in order, so the end is looked at first.</summary>
    static int PlaceOf(List<Entry> entries, long offset)
    {
        var (low, high) = (0, entries.Count);
        if (high > 0 && entries[^1].Offset < offset)
            return high;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (entries[middle].Offset < offset)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    readonly record struct Entry(long Offset, long EventOffset, int EventPartition, Instant At, string Code, string? Field);
}
