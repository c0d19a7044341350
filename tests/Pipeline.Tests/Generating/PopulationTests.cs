using System.Text.Json;
using Caudal.Generating;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>The population behaves as people do: a month of 200,000 payments with a fixed seed, so that nothing here can flicker.</summary>
public sealed class PopulationTests
{
    static readonly IReadOnlyList<Payment> Payments = [.. GenerateMonth()];

    [Fact]
    public void Apps_and_products_are_those_of_the_original()
    {
        Payments.Select(payment => payment.App).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(["Banca Móvil", "Banca Web", "DeUna", "Otras Aplicaciones"]);
        Payments.Select(payment => payment.Product).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(["Ahorros", "Corriente", "Inversiones", "Tarjeta Crédito", "Tarjeta Débito"]);
    }

    [Fact]
    public void Noon_is_busy_and_the_night_is_not() =>
        CountWhere(payment => payment.Time.Hour is 12).ShouldBeGreaterThan(10 * CountWhere(payment => payment.Time.Hour is 3));

    [Fact]
    public void Fridays_are_busier_than_sundays() =>
        CountWhere(payment => payment.Time.DayOfWeek == DayOfWeek.Friday)
            .ShouldBeGreaterThan(3 * CountWhere(payment => payment.Time.DayOfWeek == DayOfWeek.Sunday) / 2);

    [Fact]
    public void Salaries_are_paid_on_the_fifteenth_and_at_the_end_of_the_month()
    {
        var salaries = Payments.Where(IsSalary).ToList();

        salaries.Count(payment => payment.Time.Day is 15 or 30).ShouldBeGreaterThan(8 * salaries.Count / 10);
        salaries.Count.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void A_salary_is_the_same_every_payday_and_comes_from_the_same_employer() =>
        Payments.Where(IsSalary).GroupBy(payment => payment.CreditorAccount)
            .Count(account => account.Select(salary => (salary.Cents, salary.DebtorAccount)).Distinct().Count() > 1).ShouldBe(0);

    [Fact]
    public void Amounts_are_positive_and_their_tail_is_heavy()
    {
        var cents = Payments.Select(payment => payment.Cents).Order().ToList();
        var total = cents.Sum();

        cents[0].ShouldBePositive();
        (cents[cents.Count / 2] * 5).ShouldBeLessThan(total / cents.Count);
        cents.TakeLast(cents.Count / 100).Sum().ShouldBeGreaterThan(total / 4);
        cents[^1].ShouldBeLessThan(Money.Max.Cents / 1_000_000);
    }

    [Fact]
    public void Round_figures_and_odd_cents_both_occur()
    {
        CountWhere(payment => payment.Cents % 100 == 0).ShouldBeInRange(Payments.Count / 4, 3 * Payments.Count / 4);
        CountWhere(payment => payment.Cents % 100 == 99).ShouldBeGreaterThan(Payments.Count / 40);
        CountWhere(payment => payment.Cents % 10 != 0).ShouldBeGreaterThan(Payments.Count / 4);
    }

    [Fact]
    public void Investments_are_larger_than_top_ups() =>
        Median(payment => payment.Product == "Inversiones")
            .ShouldBeGreaterThan(50 * Median(payment => payment.Detail == "Recarga celular"));

    [Fact]
    public void Few_customers_pay_often_and_they_pay_the_same_people_again()
    {
        var payers = Payments.Where(payment => payment.Detail.StartsWith("Transferencia a cuenta", StringComparison.Ordinal))
            .GroupBy(payment => payment.DebtorId).OrderByDescending(payer => payer.Count()).ToList();

        payers.Take(payers.Count / 10).Sum(payer => payer.Count()).ShouldBeGreaterThan(payers.Sum(payer => payer.Count()) / 5);
        payers[0].Select(payment => payment.CreditorAccount).Distinct().Count().ShouldBeLessThanOrEqualTo(10);
        payers[0].Count().ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Customers_have_a_home_app()
    {
        var shares = Payments.GroupBy(payment => payment.DebtorId).Where(customer => customer.Count() > 50)
            .Select(customer => 100 * customer.GroupBy(payment => payment.App).Max(app => app.Count()) / customer.Count()).ToList();

        shares.Average().ShouldBeGreaterThan(60);
    }

    [Fact]
    public void Ids_and_accounts_have_ten_digits_and_each_account_one_owner()
    {
        Payments.ShouldAllBe(payment => payment.DebtorId.Length == 10 && payment.DebtorId.All(char.IsAsciiDigit));
        Payments.GroupBy(payment => payment.DebtorAccount)
            .ShouldAllBe(account => account.Select(payment => payment.DebtorId).Distinct().Count() == 1);
    }

    static bool IsSalary(Payment payment) =>
        payment.Detail.StartsWith("Pago nómina", StringComparison.Ordinal)
        || payment.Detail.StartsWith("Acreditación de sueldo", StringComparison.Ordinal);

    static int CountWhere(Func<Payment, bool> predicate) => Payments.Count(predicate);

    static long Median(Func<Payment, bool> predicate)
    {
        var cents = Payments.Where(predicate).Select(payment => payment.Cents).Order().ToList();
        return cents[cents.Count / 2];
    }

    static IEnumerable<Payment> GenerateMonth()
    {
        var start = Instant.Of(new(2025, 9, 1, 0, 0, 0, TimeSpan.Zero));
        var options = new GeneratorOptions { Count = 200_000, From = start, To = start + TimeSpan.FromDays(30), Customers = 5_000 };
        var generator = new TransactionGenerator(options, TimeProvider.System);
        foreach (var batch in generator.RunAsync(CancellationToken.None).ToBlockingEnumerable())
            foreach (var message in batch)
            {
                using var document = JsonDocument.Parse(message.Value);
                var root = document.RootElement;
                string Text(string name) => root.GetProperty(name).GetString()!;
                yield return new(
                    Text("app"), Text("id_ordenante"), (long)(root.GetProperty("valor").GetDecimal() * 100), Text("producto"),
                    Text("cuenta_ordenante"), Text("cuenta_beneficiario"), Text("detalle"),
                    root.GetProperty("timestamp").GetDateTimeOffset());
            }
    }

    sealed record Payment(
        string App, string DebtorId, long Cents, string Product, string DebtorAccount, string CreditorAccount, string Detail,
        DateTimeOffset Time);
}
