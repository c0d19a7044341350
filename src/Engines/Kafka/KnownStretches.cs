using Caudal.Log;

namespace Caudal.Engines.Kafka;

/// <summary>
/// Which stretches of a topic this process has read from end to end, and which offsets in them hold no message (transaction markers, what
/// was rolled back, what compaction took). So messages that were read are counted without reading them again; offsets alone never count.
/// Any thread may call.
/// </summary>
sealed class KnownStretches
{
    /// <summary>Sixteen bytes each. Where there are more, what lies furthest back is forgotten, and read again to be counted.</summary>
    const int GapsMax = 1 << 18;

    readonly Lock _turn = new();
    readonly Dictionary<LogPartition, List<Stretch>> _known = [];

    /// <summary>Read from <paramref name="from"/> up to <paramref name="to"/>; <paramref name="gaps"/> in order.</summary>
    public void Add(LogPartition partition, long from, long to, IReadOnlyList<(long From, long To)> gaps)
    {
        if (from >= to)
            return;
        lock (_turn)
        {
            if (!_known.TryGetValue(partition, out var stretches))
                _known[partition] = stretches = [];
            // Only what is new of it: the rest is known already, gap by gap.
            foreach (var (first, last) in Unknown(stretches, from, to).ToList())
                Insert(stretches, new(first, last, Cut(gaps, first, last)));
        }
    }

    /// <summary>How many messages lie in the known part of a stretch, and which parts are not known.</summary>
    public (long Messages, IReadOnlyList<(long From, long To)> Unknown) Count(LogPartition partition, long from, long to)
    {
        lock (_turn)
        {
            if (!_known.TryGetValue(partition, out var stretches))
                return (0, from < to ? [(from, to)] : []);
            return (stretches.Sum(stretch => stretch.CountIn(from, to)), [.. Unknown(stretches, from, to)]);
        }
    }

    /// <summary>From where on there is a message at every offset up to <paramref name="to"/>; null where that is not known.</summary>
    public long? WholeBefore(LogPartition partition, long to)
    {
        lock (_turn)
            return _known.GetValueOrDefault(partition)?.Find(stretch => stretch.From < to && to <= stretch.To)?.WholeBefore(to);
    }

    static void Insert(List<Stretch> stretches, Stretch added)
    {
        var place = stretches.FindIndex(stretch => stretch.From >= added.To);
        place = place < 0 ? stretches.Count : place;
        if (place > 0 && stretches[place - 1].To == added.From)
            stretches[place - 1].Append(added);
        else
            stretches.Insert(place++, added);
        if (place < stretches.Count && stretches[place - 1].To == stretches[place].From)
        {
            stretches[place - 1].Append(stretches[place]);
            stretches.RemoveAt(place);
        }
        foreach (var stretch in stretches)
            stretch.ForgetBeyond(GapsMax);
    }

    static IEnumerable<(long From, long To)> Unknown(List<Stretch> stretches, long from, long to)
    {
        foreach (var stretch in stretches)
        {
            if (stretch.To <= from)
                continue;
            if (stretch.From >= to)
                break;
            if (stretch.From > from)
                yield return (from, stretch.From);
            from = stretch.To;
        }
        if (from < to)
            yield return (from, to);
    }

    static List<(long From, long To)> Cut(IReadOnlyList<(long From, long To)> gaps, long from, long to)
    {
        var cut = new List<(long, long)>();
        foreach (var gap in gaps)
            if (Math.Max(gap.From, from) is var first && Math.Min(gap.To, to) is var last && first < last)
                cut.Add((first, last));
        return cut;
    }

    sealed class Stretch
    {
        /// <summary>Where each gap ends, and how many offsets it and those before it take.</summary>
        readonly List<(long End, long Missing)> _gaps = [];

        public Stretch(long from, long to, List<(long From, long To)> gaps)
        {
            (From, To) = (from, to);
            Add(gaps);
        }

        public long From { get; private set; }

        public long To { get; private set; }

        public void Append(Stretch following)
        {
            var missing = Missing;
            foreach (var (end, total) in following._gaps)
                _gaps.Add((end, missing + total));
            To = following.To;
        }

        public long CountIn(long from, long to)
        {
            (from, to) = (Math.Max(from, From), Math.Min(to, To));
            return from >= to ? 0 : to - from - (MissingBefore(to) - MissingBefore(from));
        }

        public long WholeBefore(long to) => _gaps.Select(gap => gap.End).LastOrDefault(end => end <= to, From);

        public void ForgetBeyond(int gapsMax)
        {
            if (_gaps.Count <= gapsMax)
                return;
            var forgotten = _gaps.Count / 2;
            var (end, missing) = _gaps[forgotten - 1];
            _gaps.RemoveRange(0, forgotten);
            for (var index = 0; index < _gaps.Count; index++)
                _gaps[index] = (_gaps[index].End, _gaps[index].Missing - missing);
            From = end;
        }

        long Missing => _gaps is [.., var last] ? last.Missing : 0;

        void Add(List<(long From, long To)> gaps)
        {
            foreach (var (from, to) in gaps)
                _gaps.Add((to, Missing + to - from));
        }

        long MissingBefore(long offset)
        {
            var (low, high) = (0, _gaps.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = _gaps[middle].End <= offset ? (middle + 1, high) : (low, middle);
            }
            var whole = low == 0 ? 0 : _gaps[low - 1].Missing;
            if (low == _gaps.Count)
                return whole;
            // The offset may lie within the gap that ends after it.
            var begins = _gaps[low].End - (_gaps[low].Missing - whole);
            return whole + Math.Max(0, offset - begins);
        }
    }
}
