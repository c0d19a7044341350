using Caudal.Transactions;

namespace Caudal.Tests;

public sealed class SomeTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(12_345)]
    public void Some_message_decodes_to_the_transaction_of_its_number(int n)
    {
        var judgement = new TransactionDecoder(TimeZoneInfo.Utc).Decode(Some.Message(n), Some.Origin(n));

        judgement.Fault.ShouldBeNull();
        judgement.Accepted.ShouldBe(Some.Transaction(n));
    }
}
