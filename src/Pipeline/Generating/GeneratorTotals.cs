using Caudal.Transactions;

namespace Caudal.Generating;

/// <summary>What a generator has handed out, and what must become of it when all of it goes through an empty pipeline once.</summary>
/// <param name="Generated">Messages, those with faults among them.</param>
/// <param name="Faults">How many messages have each fault that the dial names, in the dial's order.</param>
/// <param name="Expected">What the pipeline must make of them.</param>
public sealed record GeneratorTotals(long Generated, IReadOnlyDictionary<string, long> Faults, ExpectedOutcome Expected);

/// <summary>Every message ends in exactly one of these.</summary>
/// <param name="Rows">Transactions that are taken.</param>
/// <param name="Sum">Of the amounts of the rows.</param>
/// <param name="Duplicates">Messages that repeat a row.</param>
/// <param name="Rejections">By code of <see cref="FaultCode"/>, in ordinal order.</param>
public sealed record ExpectedOutcome(long Rows, MoneySum Sum, long Duplicates, IReadOnlyDictionary<string, long> Rejections);

/// <summary>Counts while messages are made.</summary>
sealed class Tally
{
    readonly long[] _faults = new long[FaultDial.Names.Count + 1];
    readonly SortedDictionary<string, long> _rejections = new(StringComparer.Ordinal);
    Int128 _cents;
    long _rows;

    public void Row(GeneratedFault fault, long cents)
    {
        _faults[(int)fault]++;
        _rows++;
        _cents += cents;
    }

    public void Duplicate() => _faults[(int)GeneratedFault.Duplicate]++;

    public void Rejection(GeneratedFault fault, string code)
    {
        _faults[(int)fault]++;
        _rejections[code] = _rejections.GetValueOrDefault(code) + 1;
    }

    public GeneratorTotals ToTotals(FaultDial dial)
    {
        var faults = new OrderedDictionary<string, long>();
        for (var fault = GeneratedFault.Duplicate; fault <= GeneratedFault.Timestamp; fault++)
            if (dial.PerBillion(fault) > 0)
                faults.Add(FaultDial.Names[(int)fault - 1], _faults[(int)fault]);
        return new(
            _faults.Sum(), faults,
            new(
                _rows, new(_cents), _faults[(int)GeneratedFault.Duplicate],
                new SortedDictionary<string, long>(_rejections, _rejections.Comparer)));
    }
}
