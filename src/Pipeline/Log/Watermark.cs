using System.Collections.Immutable;
using System.Text.Json;

namespace Caudal.Log;

/// <summary>
/// For each partition the next offset: everything before it is done. Immutable. A partition that it does not name stands at 0.
/// </summary>
public sealed class Watermark : IEquatable<Watermark>
{
    public static readonly Watermark Zero = new(ImmutableSortedDictionary<LogPartition, long>.Empty);

    readonly ImmutableSortedDictionary<LogPartition, long> _next;

    Watermark(ImmutableSortedDictionary<LogPartition, long> next) => _next = next;

    public static Watermark Of(LogPartition partition, long next) => Zero.With(partition, next);

    /// <summary>The next offset of a partition.</summary>
    public long this[LogPartition partition] => _next.GetValueOrDefault(partition);

    /// <summary>The partitions that stand above 0, in order.</summary>
    public IEnumerable<KeyValuePair<LogPartition, long>> Partitions => _next;

    public Watermark With(LogPartition partition, long next) =>
        new(next == 0 ? _next.Remove(partition) : _next.SetItem(partition, next));

    /// <summary>True where the position lies before this watermark: it is done.</summary>
    public bool Covers(Position position) => position.Offset < this[position.LogPartition];

    /// <summary>True where everything before <paramref name="other"/> lies before this too.</summary>
    public bool Covers(Watermark other) => other._next.All(entry => this[entry.Key] >= entry.Value);

    /// <summary>Each partition at the further of the two.</summary>
    public Watermark Furthest(Watermark other) =>
        other._next.Aggregate(this, (sum, entry) => sum[entry.Key] < entry.Value ? sum.With(entry.Key, entry.Value) : sum);

    /// <summary>Each partition at the nearer of the two.</summary>
    public Watermark Nearest(Watermark other) =>
        _next.Aggregate(this, (sum, entry) => other[entry.Key] < entry.Value ? sum.With(entry.Key, other[entry.Key]) : sum);

    /// <summary>A JSON object of <c>"epoch/partition": next</c>, the form that stores and the API keep.</summary>
    public override string ToString() => JsonSerializer.Serialize(_next.ToDictionary(entry => entry.Key.ToString(), entry => entry.Value));

    public static Watermark Parse(string json) =>
        (JsonSerializer.Deserialize<Dictionary<string, long>>(json) ?? throw new FormatException("A watermark is a JSON object."))
            .Aggregate(Zero, (sum, entry) => sum.With(LogPartition.Parse(entry.Key), entry.Value));

    public bool Equals(Watermark? other) => other is not null && Covers(other) && other.Covers(this);

    public override bool Equals(object? obj) => Equals(obj as Watermark);

    public override int GetHashCode() =>
        _next.Aggregate(0, (hash, entry) => HashCode.Combine(hash, entry.Key, entry.Value));
}

/// <summary>
/// What lies from <paramref name="From"/> (inclusive) up to <paramref name="To"/> (exclusive), in the partitions that
/// <paramref name="To"/> names.
/// </summary>
public sealed record PositionRange(Watermark From, Watermark To)
{
    public bool Contains(Position position) => To.Covers(position) && !From.Covers(position);

    public bool IsEmpty => From.Covers(To);

    /// <summary>How many offsets lie in it: its messages, except where a log has gaps.</summary>
    public long Length => Stretches.Sum(stretch => stretch.To - stretch.From);

    /// <summary>The part of this range that the watermark covers.</summary>
    public PositionRange Before(Watermark watermark) => new(From, To.Nearest(watermark));

    /// <summary>The part of this range that the watermark does not cover.</summary>
    public PositionRange After(Watermark watermark) => new(From.Furthest(watermark), To);

    /// <summary>The non-empty stretches, one a partition: first offset inclusive, last exclusive.</summary>
    public IEnumerable<(LogPartition Partition, long From, long To)> Stretches =>
        from entry in To.Partitions
        let first = From[entry.Key]
        where first < entry.Value
        select (entry.Key, first, entry.Value);
}
