namespace Caudal.Generating;

/// <summary>What a throw decides, so that throws for the same index do not repeat each other.</summary>
enum Throw
{
    Population = 1,
    Minute,
    Moment,
    Transaction,
    Identity,
    Fault,
    Burst,
}

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, 2014): chance that is a pure function of seed, purpose and index. Whole numbers only, so that
/// every machine throws the same.
/// </summary>
struct Dice
{
    const ulong Step = 0x9E3779B97F4A7C15;

    ulong _state;

    Dice(ulong state) => _state = state;

    public static Dice For(ulong seed, Throw purpose, long index) =>
        new(Mix(Mix(seed + Step * (ulong)purpose) + Step * (ulong)index));

    /// <summary>As the other, for what is named by two numbers.</summary>
    public static Dice For(ulong seed, Throw purpose, long index, long moment) => For(seed ^ Mix((ulong)moment + Step), purpose, index);

    public ulong Next() => Mix(_state += Step);

    /// <summary>From 0 to one below the bound, without the division and the bias that a remainder would bring.</summary>
    public long Below(long bound) => (long)((UInt128)Next() * (ulong)bound >> 64);

    public int Below(int bound) => (int)((Next() >> 32) * (ulong)bound >> 32);

    public bool Hits(int percent) => Below(100) < percent;

    static ulong Mix(ulong z)
    {
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}

/// <summary>A choice among few things by whole-number weights, made in one look-up.</summary>
sealed class Weighted
{
    const int SlotCount = 4096;

    readonly byte[] _slots = new byte[SlotCount];

    public Weighted(params ReadOnlySpan<int> weights)
    {
        long total = 0;
        foreach (var weight in weights)
            total += weight;
        long reached = 0;
        var slot = 0;
        for (var choice = 0; choice < weights.Length; choice++)
        {
            reached += weights[choice];
            for (; slot < reached * SlotCount / total; slot++)
                _slots[slot] = (byte)choice;
        }
    }

    public int Pick(ref Dice dice) => _slots[dice.Next() >> 52];
}
