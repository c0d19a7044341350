using Caudal.Generating;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>What the generator says must become of its messages is what the decoder makes of them.</summary>
public sealed class FaultOutcomeTests
{
    static readonly Instant September = Instant.Of(new(2025, 9, 1, 0, 0, 0, TimeSpan.Zero));
    static readonly TransactionDecoder Decoder = new(TimeZoneInfo.Utc);

    public static TheoryData<string> Faults => [.. FaultDial.Names];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_message_without_a_fault_is_accepted(bool originalForm)
    {
        var (messages, totals) = Generate("", originalForm);

        var accepted = messages.Select(message => Judge(message).Accepted.ShouldNotBeNull()).ToList();

        accepted.ShouldAllBe(transaction => transaction.Extra == null && transaction.IdText == null);
        accepted.Aggregate(default(MoneySum), (sum, transaction) => sum + transaction.Amount).ShouldBe(totals.Expected.Sum);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Each_fault_alone_becomes_what_was_said(string fault) => CheckOutcome($"{fault}=0.25", fault);

    [Fact]
    public void All_faults_together_become_what_was_said() =>
        CheckOutcome(string.Join(',', FaultDial.Names.Select(name => $"{name}=0.05")), [.. FaultDial.Names]);

    [Fact]
    public void A_fault_that_needs_an_earlier_message_waits_for_one()
    {
        var (messages, totals) = Generate("duplicate=1");

        totals.Expected.Rows.ShouldBe(1);
        totals.Faults["duplicate"].ShouldBe(messages.Count - 1);
        messages.Count(message => message.Value.Span.SequenceEqual(messages[0].Value.Span)).ShouldBe(messages.Count);
    }

    [Fact]
    public void Late_transactions_happened_long_before_their_neighbours_and_disorder_is_small()
    {
        Backwards("late=0.1").ShouldBeInRange(TimeSpan.FromHours(40), TimeSpan.FromHours(73));
        Backwards("out_of_order=0.1").ShouldBeInRange(TimeSpan.FromMinutes(1), TimeSpan.FromHours(39));

        static TimeSpan Backwards(string faults)
        {
            var times = Generate(faults).Messages.Select(message => Judge(message).Accepted!.Timestamp).ToList();
            return times.Zip(times.Skip(1), (earlier, later) => earlier - later).Max();
        }
    }

    [Fact]
    public void No_message_holds_a_line_end_so_that_a_file_has_one_a_line() =>
        Generate(string.Join(',', FaultDial.Names.Select(name => $"{name}=0.1"))).Messages
            .Count(message => message.Value.Span.ContainsAny((byte)'\n', (byte)'\r')).ShouldBe(0);

    [Fact]
    public void The_original_form_refuses_faults_that_need_an_id() =>
        Should.Throw<ArgumentException>(() => Generate("duplicate=0.1", originalForm: true)).Message.ShouldContain("without an id");

    /// <summary>Settles the messages as a pipeline does: taken once, again equal is a duplicate, again different a conflict.</summary>
    static void CheckOutcome(string dial, params string[] faults)
    {
        var (messages, totals) = Generate(dial);
        var taken = new Dictionary<TransactionId, Transaction>();
        var rejections = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var duplicates = 0;
        foreach (var message in messages)
        {
            var (accepted, fault) = Judge(message);
            if (accepted is not null && !taken.TryAdd(accepted.Id, accepted))
            {
                var isDuplicate = taken[accepted.Id].Digest == accepted.Digest;
                duplicates += isDuplicate ? 1 : 0;
                fault = isDuplicate ? null : new(FaultCode.IdConflict, Wire.Id, "");
            }
            if (fault is not null)
                rejections[fault.Code] = rejections.GetValueOrDefault(fault.Code) + 1;
        }

        rejections.ShouldBe(totals.Expected.Rejections);
        duplicates.ShouldBe((int)totals.Expected.Duplicates);
        taken.Count.ShouldBe((int)totals.Expected.Rows);
        taken.Values.Aggregate(default(MoneySum), (sum, transaction) => sum + transaction.Amount).ShouldBe(totals.Expected.Sum);
        totals.Generated.ShouldBe(messages.Count);
        totals.Faults.Keys.ShouldBe(faults);
        totals.Faults.Values.ShouldAllBe(count => count > 0);
        (totals.Expected.Rows + totals.Expected.Duplicates + totals.Expected.Rejections.Values.Sum()).ShouldBe(messages.Count);
    }

    static (List<LogMessage> Messages, GeneratorTotals Totals) Generate(string faults, bool originalForm = false)
    {
        var options = new GeneratorOptions
        {
            Seed = 7, Count = 4_000, From = September, To = September + TimeSpan.FromDays(30), Customers = 500,
            Faults = FaultDial.Parse(faults), OriginalForm = originalForm,
        };
        var generator = new TransactionGenerator(options, TimeProvider.System);
        return ([.. generator.RunAsync(CancellationToken.None).ToBlockingEnumerable().SelectMany(batch => batch)], generator.Totals);
    }

    static Judgement Judge(LogMessage message) => Decoder.Decode(message.Value, Some.Origin(0));
}
