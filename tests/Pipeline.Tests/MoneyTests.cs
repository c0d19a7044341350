using Caudal.Transactions;

namespace Caudal.Tests;

public sealed class MoneyTests
{
    [Theory]
    [InlineData(36760, "367.60")]
    [InlineData(0, "0.00")]
    [InlineData(5, "0.05")]
    public void Money_is_written_with_two_decimals(long cents, string text) => new Money(cents).ToString().ShouldBe(text);
}
