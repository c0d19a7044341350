namespace Caudal.Generating;

/// <summary>Lays a number of transactions over a past period, in order of time, more of them where the calendar is busy.</summary>
sealed class Period(ulong seed, Calendar calendar, long from, long to, long count)
{
    /// <summary>The moments, in microseconds since 1970; as many as were asked for.</summary>
    public IEnumerable<long> Moments()
    {
        Int128 total = 0;
        foreach (var (_, _, weight) in Cells())
            total += weight;
        Int128 reached = 0;
        long index = 0;
        foreach (var (start, length, weight) in Cells())
        {
            reached += weight;
            var first = index;
            var inCell = (long)(count * reached / total) - first;
            for (; index < first + inCell; index++)
            {
                // Each in a slot of its own, at a place that chance decides: in order, and not in step.
                var dice = Dice.For(seed, Throw.Moment, index);
                yield return start + (long)(((Int128)length * (index - first) + dice.Below(length)) / inCell);
            }
        }
    }

    /// <summary>The minutes of the period, the first and the last cut to what lies in it. No minute weighs nothing.</summary>
    IEnumerable<(long Start, long Length, long Weight)> Cells()
    {
        for (var start = from; start < to;)
        {
            var minute = start / Calendar.MicrosecondsPerMinute;
            var end = long.Min(to, (minute + 1) * Calendar.MicrosecondsPerMinute);
            yield return (start, end - start, calendar.WeightOf(minute) * (end - start));
            start = end;
        }
    }
}
