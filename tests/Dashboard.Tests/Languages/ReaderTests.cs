using Caudal.Dashboard.Languages;
using Caudal.Transactions;

namespace Caudal.Tests.Languages;

/// <summary>How numbers, money and times are written for each reader.</summary>
public sealed class ReaderTests
{
    static readonly Reader Spanish = new(Language.Spanish, TimeZoneInfo.Utc, "USD");
    static readonly Reader English = new(Language.English, TimeZoneInfo.Utc, "USD");

    [Theory]
    [InlineData("0.00", "$0,00", "$0.00")]
    [InlineData("367.60", "$367,60", "$367.60")]
    [InlineData("1234.05", "$1.234,05", "$1,234.05")]
    [InlineData("-1234567.89", "−$1.234.567,89", "−$1,234,567.89")]
    [InlineData("170141183460469231731687303715884105.72", "$170.141.183.460.469.231.731.687.303.715.884.105,72",
        "$170,141,183,460,469,231,731,687,303,715,884,105.72")]
    public void Money_is_exact_in_the_readers_way(string sum, string spanish, string english)
    {
        Spanish.Money(MoneySum.Parse(sum)).ShouldBe(spanish);
        English.Money(MoneySum.Parse(sum)).ShouldBe(english);
    }

    [Theory]
    [InlineData(999, "999", "999")]
    [InlineData(9_999, "9.999", "9,999")]
    [InlineData(12_340, "12,3\u00a0k", "12.3\u00a0k")]
    [InlineData(123_456, "123\u00a0k", "123\u00a0k")]
    [InlineData(1_250_000, "1,3\u00a0M", "1.3\u00a0M")]
    public void A_rough_number_is_short(long number, string spanish, string english)
    {
        Spanish.Rough(number).ShouldBe(spanish);
        English.Rough(number).ShouldBe(english);
    }

    [Fact]
    public void A_moment_is_told_in_the_business_zone()
    {
        var moment = Instant.Of(new(2025, 9, 13, 5, 12, 15, TimeSpan.Zero));
        var ecuador = Spanish with { Zone = TimeZoneInfo.FindSystemTimeZoneById("America/Guayaquil") };

        ecuador.Moment(moment).ShouldBe("13\u00a0sep\u00a02025 00:12:15");
        English.Moment(moment).ShouldBe("13\u00a0Sep\u00a02025 05:12:15");
    }

    [Theory]
    [InlineData("1582464633", "••••4633")]
    [InlineData("12345", "••••2345")]
    [InlineData("1234", "••••")]
    [InlineData("1", "••••")]
    public void Of_an_account_the_last_four_are_shown(string number, string shown) => Reader.Masked(Utf8Text.Of(number)).ShouldBe(shown);
}
