using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Caudal.Generating;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests;

public sealed class TransactionGeneratorTests
{
    static readonly Instant September = Instant.Of(new(2025, 9, 1, 0, 0, 0, TimeSpan.Zero));

    static readonly GeneratorOptions AMonth =
        new() { Seed = 42, Count = 20_000, From = September, To = September + TimeSpan.FromDays(30) };

    /// <summary>If one of these changes, old seeds no longer give what they gave: say so in the change log.</summary>
    [Theory]
    [InlineData(42, 20_000, false, "", "797dbf52c46d990063bbe8567ebcb6503d541e93dcacacab80ceb326c0f0f0a4")]
    [InlineData(43, 20_000, false, "", "58d0c1c327988959e576725c3cf6fab97436ed6623a96b66be90f71b69288d6e")]
    [InlineData(42, 20_000, true, "", "588f36117e15d74f2212b4208abb0a9162d41df781119513d3d3c91c0f151c15")]
    [InlineData(42, 20_000, false, EveryFault, "9fbdc29194efb47fe175d25eabc5f900543977daf959fc555dc332308a65c7b2")]
    public void Same_seed_period_and_count_give_the_same_bytes(ulong seed, long count, bool originalForm, string faults, string sha256)
    {
        var options = AMonth with { Seed = seed, Count = count, OriginalForm = originalForm, Faults = FaultDial.Parse(faults) };

        Sha256Of(Generate(options).Messages).ShouldBe(sha256);
    }

    [Fact]
    public void The_culture_and_the_batch_size_change_nothing()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("ar-SA");
            Sha256Of(Generate(AMonth with { BatchRecordsMax = 7 }).Messages).ShouldBe(Sha256Of(Generate(AMonth).Messages));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Batches_hold_no_more_than_allowed_and_all_together_the_count()
    {
        var batches = Batches(new(AMonth with { Count = 25, BatchRecordsMax = 10 }, TimeProvider.System));

        batches.Select(batch => batch.Count).ShouldBe([10, 10, 5]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_count_of_few_is_met(long count) => Generate(AMonth with { Count = count }).Messages.Count.ShouldBe((int)count);

    [Fact]
    public void The_original_form_is_what_the_original_generator_writes()
    {
        var message = Text(Generate(AMonth with { OriginalForm = true, UtcOffset = TimeSpan.FromHours(-5) }).Messages[0]);

        message.ShouldMatch("""
            ^\{"app": "[^"]+", "id_ordenante": "\d{10}", "valor": \d+\.\d{1,2}, "producto": "[^"]+", "cuenta_ordenante": "\d{10}",
             "cuenta_beneficiario": "\d{10}", "detalle": "[^"]+", "timestamp": "2025-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}"\}$
            """.Replace("\n", "", StringComparison.Ordinal));
        // The period begins at midnight in UTC, when clocks five hours behind still show August.
        message.ShouldContain("\"timestamp\": \"2025-08-31T");
    }

    [Fact]
    public void Ids_are_unique_and_the_key_is_the_debtor_account()
    {
        var messages = Generate(AMonth).Messages;

        messages.Select(message => Read(message).Id).Distinct().Count().ShouldBe(messages.Count);
        foreach (var message in messages.Take(1000))
            Encoding.ASCII.GetString(message.Key.Span).ShouldBe(Read(message).DebtorAccount);
    }

    [Fact]
    public void A_transaction_made_twice_is_the_same_and_another_moment_makes_another_id()
    {
        var composer = new Composer(seed: 1, customers: 100, TimeSpan.Zero, originalForm: false);

        composer.Compose(3, 1_000_000).ShouldBe(composer.Compose(3, 1_000_000));
        composer.Compose(3, 1_000_000).IdLow.ShouldNotBe(composer.Compose(3, 1_000_001).IdLow);
    }

    [Fact]
    public void Time_goes_forward_and_stays_in_the_period()
    {
        var times = Generate(AMonth).Messages.Select(message => Read(message).Time).ToList();

        times.ShouldBe(times.Order());
        times[0].ShouldBeGreaterThanOrEqualTo(September.ToDateTimeOffset());
        times[^1].ShouldBeLessThan((September + TimeSpan.FromDays(30)).ToDateTimeOffset());
    }

    [Fact]
    public void Every_message_is_valid_json_with_a_sum_that_the_totals_know()
    {
        var (messages, totals) = Generate(AMonth);

        new MoneySum(messages.Sum(message => Read(message).Cents)).ShouldBe(totals.Expected.Sum);
        totals.Expected.Rows.ShouldBe(messages.Count);
    }

    const string EveryFault =
        "duplicate=0.02,conflict=0.02,late=0.02,out_of_order=0.02,malformed=0.02,missing=0.02,type=0.02,amount=0.02,timestamp=0.02";

    static (List<LogMessage> Messages, GeneratorTotals Totals) Generate(GeneratorOptions options)
    {
        var generator = new TransactionGenerator(options, TimeProvider.System);
        return ([.. Batches(generator).SelectMany(batch => batch)], generator.Totals);
    }

    static List<IReadOnlyList<LogMessage>> Batches(TransactionGenerator generator) =>
        generator.RunAsync(TestContext.Current.CancellationToken).ToBlockingEnumerable().ToList();

    static string Sha256Of(IEnumerable<LogMessage> messages)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var message in messages)
        {
            hash.AppendData(message.Value.Span);
            hash.AppendData("\n"u8);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static string Text(LogMessage message) => Encoding.UTF8.GetString(message.Value.Span);

    static (string Id, string DebtorAccount, long Cents, DateTimeOffset Time) Read(LogMessage message)
    {
        using var document = JsonDocument.Parse(message.Value);
        var root = document.RootElement;
        return (
            root.GetProperty("id").GetString()!, root.GetProperty("cuenta_ordenante").GetString()!,
            (long)(root.GetProperty("valor").GetDecimal() * 100), root.GetProperty("timestamp").GetDateTimeOffset());
    }
}
