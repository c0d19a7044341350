namespace Caudal.Generating;

/// <summary>What real feeds do wrong. The names on the command line are those of <see cref="FaultDial.Names"/>.</summary>
public enum GeneratedFault
{
    None,

    /// <summary>A message of before once more, byte for byte: a duplicate.</summary>
    Duplicate,

    /// <summary>The id of a message of before with another amount: rejected, and an alarm.</summary>
    Conflict,

    /// <summary>A transaction that happened one hour to three days before it was sent: a row as any other.</summary>
    Late,

    /// <summary>A transaction that happened just before one that was sent earlier: a row as any other.</summary>
    OutOfOrder,

    /// <summary>No JSON, no UTF-8, no object, or one that JSON's readers disagree about: rejected.</summary>
    Malformed,

    /// <summary>A required field is not there: rejected.</summary>
    Missing,

    /// <summary>A field's value is of another type: rejected.</summary>
    Type,

    /// <summary>An amount that is none: below zero, with three decimals, with a comma, too large. Rejected.</summary>
    Amount,

    /// <summary>A time that is none, or is outside the years that stores keep: rejected.</summary>
    Timestamp,
}

/// <summary>How many messages of a billion have each fault. A message has one at most.</summary>
public sealed class FaultDial
{
    const int Billion = 1_000_000_000;

    /// <summary>The names of the faults, in the order of <see cref="GeneratedFault"/> without its first.</summary>
    public static readonly IReadOnlyList<string> Names =
        ["duplicate", "conflict", "late", "out_of_order", "malformed", "missing", "type", "amount", "timestamp"];

    public static readonly FaultDial None = new(new int[Names.Count]);

    readonly int[] _perBillion;

    FaultDial(int[] perBillion) => _perBillion = perBillion;

    public bool IsNone => Array.TrueForAll(_perBillion, rate => rate == 0);

    public int PerBillion(GeneratedFault fault) => _perBillion[(int)fault - 1];

    /// <summary>Reads <c>duplicate=0.01,late=0.02</c>: each between 0 and 1 with at most nine decimals, together 1 at most.</summary>
    /// <exception cref="FormatException">With a sentence that says what is wrong and what is known.</exception>
    public static FaultDial Parse(string text)
    {
        var perBillion = new int[Names.Count];
        var given = new HashSet<string>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                throw new FormatException($"'{part}' names no rate; write fault=rate, as in duplicate=0.01.");
            var name = part[..equals].TrimEnd();
            var place = Array.IndexOf([.. Names], name);
            if (place < 0)
                throw new FormatException($"There is no fault '{name}'; the faults are {string.Join(", ", Names)}.");
            if (!given.Add(name))
                throw new FormatException($"The fault '{name}' is given twice.");
            perBillion[place] = ParseShare(name, part[(equals + 1)..].TrimStart());
        }
        if (perBillion.Sum(rate => (long)rate) > Billion)
            throw new FormatException("The rates of the faults add up to more than 1, and a message has one fault at most.");
        return new(perBillion);
    }

    /// <summary>Which fault a message gets.</summary>
    internal GeneratedFault Pick(ref Dice dice)
    {
        var thrown = dice.Below(Billion);
        for (var i = 0; i < _perBillion.Length; i++)
        {
            thrown -= _perBillion[i];
            if (thrown < 0)
                return (GeneratedFault)(i + 1);
        }
        return GeneratedFault.None;
    }

    static int ParseShare(string name, string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text : text[..point];
        var decimals = point < 0 ? "" : text[(point + 1)..];
        var valid = whole is "0" or "1" && decimals.Length <= 9 && decimals.All(char.IsAsciiDigit) && point != text.Length - 1;
        var perBillion = 0L;
        if (valid)
            foreach (var digit in whole + decimals.PadRight(9, '0'))
                perBillion = perBillion * 10 + (digit - '0');
        return valid && perBillion <= Billion
            ? (int)perBillion
            : throw new FormatException($"'{text}' is not a rate for '{name}'; write 0 to 1 with at most nine decimals, as 0.01.");
    }
}
