namespace Caudal.Generating;

/// <summary>
/// Amounts that look like money. The size is thrown by octave (each twice the one before), which makes the long tail; within the
/// octave every cent is alike; then people round, each kind of payment in its own way.
/// </summary>
sealed class Amounts
{
    /// <summary>Half a salary, twice a month: the amount stands with the employee.</summary>
    public static readonly Amounts Salary = new(0, [1], [1, 0, 0, 0]);

    public static readonly Amounts Transfers = new(9, [40, 100, 200, 300, 300, 220, 140, 80, 40, 20, 10, 5, 2, 1], [30, 22, 48, 0]);
    public static readonly Amounts Purchases = new(7, [60, 120, 220, 280, 200, 110, 50, 20, 8, 3, 1], [58, 20, 7, 15]);
    public static readonly Amounts CardPurchases = new(8, [40, 100, 200, 260, 220, 140, 70, 30, 12, 5, 2, 1], [60, 12, 6, 22]);
    public static readonly Amounts Services = new(9, [60, 200, 320, 240, 110, 40, 15, 6, 2, 1], [88, 8, 4, 0]);
    public static readonly Amounts TopUps = new(8, [260, 320, 260, 100, 20, 4], [0, 12, 88, 0]);
    public static readonly Amounts CardBills = new(11, [60, 150, 240, 230, 160, 90, 40, 16, 6, 2], [62, 14, 24, 0]);
    public static readonly Amounts Rents = new(13, [80, 260, 320, 200, 80, 30, 10], [6, 14, 80, 0]);
    public static readonly Amounts Investments = new(15, [60, 160, 250, 240, 160, 90, 45, 20, 10, 4, 1], [8, 12, 80, 0]);
    public static readonly Amounts Withdrawals = new(10, [200, 340, 260, 140, 50, 10], [0, 0, 100, 0]);

    // In sixteenths, by a customer's means.
    static readonly int[] MeansFactors = [8, 11, 14, 17, 21, 28, 42, 80];

    readonly int _firstOctave;
    readonly Weighted _octaves;
    readonly Weighted _roundings;

    /// <param name="firstOctave">The lowest amount, as a power of two of cents.</param>
    /// <param name="octaves">How often each octave comes, from the first on.</param>
    /// <param name="roundings">How often to the cent, to the dollar, to a round figure, to 99 cents.</param>
    Amounts(int firstOctave, int[] octaves, int[] roundings)
    {
        _firstOctave = firstOctave;
        _octaves = new(octaves);
        _roundings = new(roundings);
    }

    public long Pick(ref Dice dice, in Customer customer)
    {
        if (this == Salary)
            return customer.SalaryCents;
        var octave = 1L << (_firstOctave + _octaves.Pick(ref dice));
        var cents = (octave + dice.Below(octave)) * MeansFactors[customer.Means] / 16;
        return _roundings.Pick(ref dice) switch
        {
            0 => cents,
            1 => AtLeast(100, cents / 100 * 100),
            2 => RoundFigure(cents),
            _ => cents / 100 * 100 + 99,
        };
    }

    /// <summary>Down to half the leading digit's unit: 25, 150, 4500.</summary>
    static long RoundFigure(long cents)
    {
        var unit = 100L;
        while (cents >= unit * 10)
            unit *= 10;
        unit = unit == 100 ? 100 : unit / 2;
        return AtLeast(unit, cents / unit * unit);
    }

    static long AtLeast(long least, long cents) => cents < least ? least : cents;
}
