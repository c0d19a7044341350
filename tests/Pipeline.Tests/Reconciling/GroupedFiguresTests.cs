using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Tests.Reconciling;

public sealed class GroupedFiguresTests
{
    [Fact]
    public void Groups_add_up_to_the_whole_whatever_the_order()
    {
        var transactions = Some.Transactions(0, 500);
        var forwards = Grouped(transactions, TimeZoneInfo.Utc);
        var backwards = Grouped(transactions.Reverse(), TimeZoneInfo.Utc);

        forwards.Values.Aggregate((left, right) => left + right).ShouldBe(Figures.Of(transactions));
        backwards.ShouldBe(forwards, ignoreOrder: true);
    }

    [Fact]
    public void A_day_is_that_of_the_business_zone()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("five west", TimeSpan.FromHours(-5), null, null);
        var lateInTheEvening = Some.Transaction(0, some => some with { Timestamp = Instant.Of(new(2025, 9, 14, 3, 0, 0, TimeSpan.Zero)) });

        Grouped([lateInTheEvening], zone).Keys.ShouldBe([new(new(2025, 9, 13), "Banca Web", "Ahorros")]);
        Grouped([lateInTheEvening], TimeZoneInfo.Utc).Keys.ShouldBe([new(new(2025, 9, 14), "Banca Web", "Ahorros")]);
    }

    [Fact]
    public void A_group_keeps_its_name_when_the_buffer_it_was_read_from_is_used_again()
    {
        var buffer = "Banca Web"u8.ToArray();
        var groups = new GroupedFigures(TimeZoneInfo.Utc);
        groups.Add(Some.Transaction(0, some => some with { App = new(buffer) }));
        "Banca Wea"u8.CopyTo(buffer);

        groups.ToDictionary().Keys.Single().App.ShouldBe("Banca Web");
    }

    static IReadOnlyDictionary<FigureGroup, Figures> Grouped(IEnumerable<Transaction> transactions, TimeZoneInfo zone)
    {
        var groups = new GroupedFigures(zone);
        foreach (var transaction in transactions)
            groups.Add(transaction);
        return groups.ToDictionary();
    }
}
