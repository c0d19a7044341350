using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using Caudal.Transactions;

namespace Caudal.Log;

/// <summary>
/// By which message of each partition a log is known again: the last one that was read, with a checksum over its bytes and the time when it
/// was appended. A log that was replaced by an older one, and has grown past a watermark since, differs there. Immutable.
/// </summary>
public sealed class LogAnchor : IEquatable<LogAnchor>
{
    public static readonly LogAnchor None = new(new SortedDictionary<LogPartition, Mark>());

    readonly SortedDictionary<LogPartition, Mark> _marks;

    LogAnchor(SortedDictionary<LogPartition, Mark> marks) => _marks = marks;

    readonly record struct Mark(long Offset, UInt128 Checksum);

    /// <summary>Where the messages stand, one a partition.</summary>
    public IEnumerable<Position> Positions => _marks.Select(entry => new Position(entry.Key, entry.Value.Offset));

    /// <summary>The last of these records in each partition.</summary>
    public static LogAnchor At(IEnumerable<LogRecord> records)
    {
        var last = new Dictionary<LogPartition, LogRecord>();
        foreach (var record in records)
            if (!last.TryGetValue(record.Position.LogPartition, out var other) || other.Position < record.Position)
                last[record.Position.LogPartition] = record;
        return Of(last.ToDictionary(entry => entry.Key, entry => MarkOf(entry.Value)));
    }

    /// <summary>Each partition's later message of the two.</summary>
    public LogAnchor Furthest(LogAnchor other)
    {
        var marks = new SortedDictionary<LogPartition, Mark>(_marks);
        foreach (var (partition, mark) in other._marks)
            if (!marks.TryGetValue(partition, out var own) || own.Offset <= mark.Offset)
                marks[partition] = mark;
        return new(marks);
    }

    /// <summary>False where the record stands at a position of the anchor and is not the message that stood there.</summary>
    public bool Fits(LogRecord record) =>
        !_marks.TryGetValue(record.Position.LogPartition, out var mark) || mark.Offset != record.Position.Offset || mark == MarkOf(record);

    /// <summary>A JSON object of <c>"epoch/partition": "offset:checksum"</c>, the form that stores keep.</summary>
    public override string ToString() => JsonSerializer.Serialize(_marks.ToDictionary(
        entry => entry.Key.ToString(),
        entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Value.Offset}:{entry.Value.Checksum:x32}")));

    public static LogAnchor Parse(string json)
    {
        var texts = JsonSerializer.Deserialize<Dictionary<string, string>>(json)
            ?? throw new FormatException("An anchor is a JSON object.");
        return Of(texts.ToDictionary(entry => LogPartition.Parse(entry.Key), entry => ParseMark(entry.Value)));
    }

    public bool Equals(LogAnchor? other) => other is not null && _marks.SequenceEqual(other._marks);

    public override bool Equals(object? obj) => Equals(obj as LogAnchor);

    public override int GetHashCode() => _marks.Aggregate(0, (hash, entry) => HashCode.Combine(hash, entry.Key, entry.Value));

    static LogAnchor Of(Dictionary<LogPartition, Mark> marks) => new(new SortedDictionary<LogPartition, Mark>(marks));

    static Mark ParseMark(string text) => text.Split(':') is [var offset, var checksum]
        ? new(
            long.Parse(offset, CultureInfo.InvariantCulture),
            UInt128.Parse(checksum, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
        : throw new FormatException("An anchor's mark is offset:checksum.");

    static Mark MarkOf(LogRecord record)
    {
        Span<byte> appendedAt = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(appendedAt, record.AppendedAt.Microseconds);
        var hash = new XxHash128();
        hash.Append(appendedAt);
        hash.Append(record.Message.Value.Span);
        return new(record.Position.Offset, hash.GetCurrentHashAsUInt128());
    }
}
