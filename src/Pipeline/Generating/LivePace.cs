using Caudal.Transactions;

namespace Caudal.Generating;

/// <summary>How a live rate is spread over time.</summary>
public enum Pace
{
    /// <summary>The rate holds over every minute; in one minute of four, six seconds run at 4.6 times the rate, the rest at 0.6.</summary>
    Bursts,

    /// <summary>Evenly.</summary>
    Steady,
}

/// <summary>
/// How many transactions are due at a live rate. After a stall it catches up at twice the rate, hands out what two seconds yield at most
/// at once, and forgives what is more than ten seconds late.
/// </summary>
sealed class LivePace(ulong seed, int rate, Pace pace, Instant start)
{
    // A transaction costs this many units, and a second of the plain rate earns rate times as many: microseconds times per mille.
    const long UnitsPerTransaction = 1_000_000_000;
    const long MicrosecondsPerSecond = 1_000_000;

    Instant _last = start;
    long _owed;

    /// <summary>
    /// How many are due between the last call and now, and from which moment on they happened. A clock that was set back earns nothing
    /// until it is past where it was.
    /// </summary>
    public (int Count, Instant Since) Due(Instant now)
    {
        if (now <= _last)
            return (0, now);
        var since = Later(_last, now - TimeSpan.FromSeconds(1));
        _owed = long.Min(_owed + Earned(Later(_last, now - TimeSpan.FromSeconds(10)), now), 10 * rate * UnitsPerTransaction);
        _last = now;
        var most = long.Max(UnitsPerTransaction, 2 * Earned(since, now));
        var count = long.Min(_owed, most) / UnitsPerTransaction;
        _owed -= count * UnitsPerTransaction;
        return ((int)count, since);
    }

    /// <summary>How long to wait until the next is due, but at least until a batch is worth sending.</summary>
    public TimeSpan Wait()
    {
        var microseconds = (UnitsPerTransaction - _owed) / (rate * PerMille(_last.Microseconds / MicrosecondsPerSecond));
        return TimeSpan.FromMicroseconds(long.Clamp(microseconds, 10_000, MicrosecondsPerSecond));
    }

    long Earned(Instant from, Instant to)
    {
        long earned = 0;
        for (var at = from.Microseconds; at < to.Microseconds;)
        {
            var second = at / MicrosecondsPerSecond;
            var end = long.Min(to.Microseconds, (second + 1) * MicrosecondsPerSecond);
            earned += (end - at) * rate * PerMille(second);
            at = end;
        }
        return earned;
    }

    /// <summary>A second's share of the rate. Those of a minute add up to 60,000 whether a burst falls into it or not.</summary>
    long PerMille(long second)
    {
        if (pace == Pace.Steady)
            return 1000;
        var dice = Dice.For(seed, Throw.Burst, second / 60);
        if (!dice.Hits(25))
            return 1000;
        var begins = dice.Below(55);
        return second % 60 >= begins && second % 60 < begins + 6 ? 4600 : 600;
    }

    static Instant Later(Instant one, Instant other) => one < other ? other : one;
}
