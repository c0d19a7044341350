using Caudal.Generating;

namespace Caudal.Tests;

public sealed class FaultDialTests
{
    [Theory]
    [InlineData("duplicate=0.01", GeneratedFault.Duplicate, 10_000_000)]
    [InlineData(" late = 0.000000001 ", GeneratedFault.Late, 1)]
    [InlineData("malformed=1", GeneratedFault.Malformed, 1_000_000_000)]
    [InlineData("malformed=1.000", GeneratedFault.Malformed, 1_000_000_000)]
    [InlineData("type=0,out_of_order=0.5", GeneratedFault.OutOfOrder, 500_000_000)]
    [InlineData("", GeneratedFault.Missing, 0)]
    public void A_rate_is_read_exactly(string text, GeneratedFault fault, int perBillion) =>
        FaultDial.Parse(text).PerBillion(fault).ShouldBe(perBillion);

    [Fact]
    public void Every_name_has_its_fault()
    {
        for (var i = 0; i < FaultDial.Names.Count; i++)
            FaultDial.Parse(FaultDial.Names[i] + "=0.5").PerBillion((GeneratedFault)(i + 1)).ShouldBe(500_000_000);
        FaultDial.Names.Count.ShouldBe(Enum.GetValues<GeneratedFault>().Length - 1);
    }

    [Theory]
    [InlineData("duplicates=0.01", "There is no fault 'duplicates'; the faults are duplicate, conflict, late,")]
    [InlineData("duplicate", "write fault=rate")]
    [InlineData("duplicate=", "'' is not a rate for 'duplicate'")]
    [InlineData("duplicate=1.5", "'1.5' is not a rate")]
    [InlineData("duplicate=-0.1", "'-0.1' is not a rate")]
    [InlineData("duplicate=0.", "'0.' is not a rate")]
    [InlineData("duplicate=.5", "'.5' is not a rate")]
    [InlineData("duplicate=1e-3", "'1e-3' is not a rate")]
    [InlineData("duplicate=1%", "'1%' is not a rate")]
    [InlineData("duplicate=0.0000000001", "at most nine decimals")]
    [InlineData("duplicate=0.1,duplicate=0.1", "given twice")]
    [InlineData("duplicate=0.6,late=0.6", "add up to more than 1")]
    public void What_is_no_rate_is_refused_with_what_to_write(string text, string sentence) =>
        Should.Throw<FormatException>(() => FaultDial.Parse(text)).Message.ShouldContain(sentence);
}
