namespace Caudal.Generating;

/// <summary>
/// One customer and the habits that decide when, how and whom he pays.
/// Ids and accounts are places in <see cref="Population.Number"/>.
/// </summary>
readonly record struct Customer(
    int Id, int FirstAccount, int AccountCount, int FirstBeneficiary, int BeneficiaryCount,
    byte HomeApp, byte Hours, byte Weekdays, byte Means, int Employer, int SalaryCents);

/// <summary>The people and businesses that a seed makes: ten-digit ids and accounts, home apps, habits, and who pays whom.</summary>
sealed class Population
{
    const int DigitCount = 10;
    const long Numbers = 9_000_000_000;

    static readonly Weighted HomeApps = new(27, 24, 41, 8);
    static readonly Weighted AccountCounts = new(0, 55, 33, 12);
    static readonly Weighted MeansOf = new(14, 24, 24, 16, 10, 7, 4, 1);

    // Who is awake when, in sixteenths: office hours, early, late, shop hours.
    static readonly byte[][] HourHabits =
    [
        [1, 0, 0, 0, 0, 1, 3, 7, 12, 15, 16, 15, 16, 13, 12, 13, 13, 14, 11, 8, 6, 4, 2, 1],
        [1, 1, 1, 2, 6, 12, 16, 16, 14, 12, 10, 9, 9, 8, 7, 6, 6, 6, 5, 4, 3, 2, 1, 1],
        [7, 5, 3, 2, 1, 1, 2, 3, 4, 5, 6, 6, 7, 7, 8, 8, 9, 10, 12, 14, 16, 16, 13, 10],
        [0, 0, 0, 0, 0, 0, 1, 4, 9, 13, 14, 15, 16, 15, 14, 14, 15, 16, 16, 12, 7, 3, 1, 0],
    ];

    // Sunday first, in eighths: every day, working days, weekends.
    static readonly byte[][] WeekdayHabits = [[6, 8, 8, 8, 8, 8, 7], [2, 8, 8, 8, 8, 8, 3], [8, 4, 4, 4, 5, 7, 8]];

    readonly byte[] _digits;
    readonly Customer[] _customers;
    readonly int[] _beneficiaries;
    readonly int _businesses;

    public Population(ulong seed, int customers)
    {
        _businesses = 40 + customers / 50;
        _customers = new Customer[customers];
        var beneficiaries = new List<int>(customers * 7);
        var nextNumber = customers + 2 * _businesses;
        for (var index = 0; index < customers; index++)
        {
            var dice = Dice.For(seed, Throw.Population, index);
            var accounts = AccountCounts.Pick(ref dice);
            _customers[index] = MakeCustomer(ref dice, index, nextNumber, accounts, beneficiaries.Count);
            nextNumber += accounts;
            for (var i = 0; i < _customers[index].BeneficiaryCount; i++)
                beneficiaries.Add(dice.Hits(65) ? BusinessAccount(Skewed(ref dice, _businesses)) : ~Acquaintance(ref dice, index));
        }
        // Friends were noted by customer, since their accounts had no numbers yet.
        _beneficiaries = [.. beneficiaries.Select(number => number < 0 ? _customers[~number].FirstAccount : number)];
        _digits = Digits(seed, nextNumber);
    }

    /// <summary>Ten digits that no one else of this population has.</summary>
    public ReadOnlySpan<byte> Number(int number) => _digits.AsSpan(number * DigitCount, DigitCount);

    public int BusinessId(int business) => _customers.Length + business;

    public int BusinessAccount(int business) => _customers.Length + _businesses + business;

    public int PickBusiness(ref Dice dice) => Skewed(ref dice, _businesses);

    /// <summary>Any customer, all alike: everybody is paid a salary.</summary>
    public ref readonly Customer PickEmployee(ref Dice dice) => ref _customers[dice.Below(_customers.Length)];

    /// <summary>A customer who is likely to pay at this time: few pay often, most seldom, each at hours and days of his own.</summary>
    public ref readonly Customer PickPayer(ref Dice dice, Minute now)
    {
        const int tries = 4;
        for (var i = 1; ; i++)
        {
            ref readonly var customer = ref _customers[Skewed(ref dice, _customers.Length)];
            if (i == tries
                || dice.Below(16) < HourHabits[customer.Hours][now.Hour] && dice.Below(8) < WeekdayHabits[customer.Weekdays][now.Weekday])
                return ref customer;
        }
    }

    public int PickBeneficiary(ref Dice dice, in Customer payer) =>
        _beneficiaries[payer.FirstBeneficiary + Skewed(ref dice, payer.BeneficiaryCount)];

    Customer MakeCustomer(ref Dice dice, int index, int firstAccount, int accounts, int firstBeneficiary)
    {
        var means = MeansOf.Pick(ref dice);
        var salary = 24_100 + dice.Below(6_000) + means * means * (2_500 + dice.Below(5_000));
        return new(
            index, firstAccount, accounts, firstBeneficiary, 3 + dice.Below(8), (byte)HomeApps.Pick(ref dice),
            (byte)dice.Below(HourHabits.Length), (byte)dice.Below(WeekdayHabits.Length), (byte)means,
            Skewed(ref dice, _businesses), dice.Hits(60) ? salary / 100 * 100 : salary);
    }

    /// <summary>Near the front far more often than near the back: the square of an even throw.</summary>
    static int Skewed(ref Dice dice, int bound)
    {
        var even = dice.Next() >> 32;
        return (int)((even * even >> 32) * (ulong)bound >> 32);
    }

    /// <summary>Mostly somebody of the neighbourhood, so that the network has communities.</summary>
    int Acquaintance(ref Dice dice, int index) =>
        dice.Hits(80) ? (index + 1 + dice.Below(60)) % _customers.Length : dice.Below(_customers.Length);

    /// <summary>A walk through all ten-digit numbers, in steps that share no divisor with their count, so that none comes twice.</summary>
    static byte[] Digits(ulong seed, int count)
    {
        const long stride = 5_561_498_897;
        var dice = Dice.For(seed, Throw.Population, -1);
        var number = dice.Below(Numbers);
        var digits = new byte[count * DigitCount];
        for (var i = 0; i < count; i++)
        {
            Utf8Writer.Digits(digits.AsSpan(i * DigitCount, DigitCount), 1_000_000_000 + number);
            number = (number + stride) % Numbers;
        }
        return digits;
    }
}
