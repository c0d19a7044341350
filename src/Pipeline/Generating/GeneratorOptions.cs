using Caudal.Transactions;

namespace Caudal.Generating;

/// <summary>
/// What to generate. With a count and no rate: a past period at full speed, <see cref="From"/> to <see cref="To"/> or the last day.
/// Else live: transactions that happen now, at a rate.
/// </summary>
public sealed record GeneratorOptions
{
    public const int DefaultRate = 50;

    /// <summary>Same seed, period and count: the same bytes on every machine.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many messages, those with faults among them; null for as long as it is left running.</summary>
    public long? Count { get; init; }

    /// <summary>Transactions a second, on average over every minute; null for full speed where there is a count, else 50.</summary>
    public int? Rate { get; init; }

    /// <summary>How the rate is spread.</summary>
    public Pace Pace { get; init; }

    /// <summary>The first moment of the period.</summary>
    public Instant? From { get; init; }

    /// <summary>The first moment after the period.</summary>
    public Instant? To { get; init; }

    public FaultDial Faults { get; init; } = FaultDial.None;

    /// <summary>How many customers the population has.</summary>
    public int Customers { get; init; } = 20_000;

    /// <summary>How far the population's clocks are ahead of UTC, in whole minutes. Fixed: machines differ in time zone data.</summary>
    public TimeSpan UtcOffset { get; init; }

    /// <summary>
    /// Write what the original generator writes: no <c>id</c>, and the time as the population's clocks show it, without an offset.
    /// Sending such a message again makes a second transaction.
    /// </summary>
    public bool OriginalForm { get; init; }

    /// <summary>The most messages in one batch.</summary>
    public int BatchRecordsMax { get; init; } = 5_000;

    public bool IsLive => Rate is not null || Count is null;

    /// <summary>What is wrong with the options, each a sentence; empty where nothing is.</summary>
    public IReadOnlyList<string> Problems() =>
    [
        .. Problem(Count < 0, "The count must not be negative."),
        .. Problem(Rate is < 1 or > 1_000_000, "The rate must be between 1 and 1000000 transactions a second."),
        .. Problem(From is null != To is null, "A period needs both its ends: give --from and --to."),
        .. Problem(From >= To, "The period must end after it begins."),
        .. Problem(From?.Microseconds < 0 || To?.Microseconds > LastMoment, "The period must lie between 1970 and 2261."),
        .. Problem(From is not null && Rate is not null, "A past period goes at full speed: leave out either --rate or the period."),
        .. Problem(From is not null && Count is null, "A period needs a count: give --count."),
        .. Problem(Customers is < 1 or > 5_000_000, "There must be between 1 and 5000000 customers."),
        .. Problem(UtcOffset.Ticks % TimeSpan.TicksPerMinute != 0 || UtcOffset.Duration() > TimeSpan.FromHours(14),
            "The offset from UTC must be whole minutes, at most 14 hours."),
        .. Problem(BatchRecordsMax < 1, "A batch holds at least one message."),
        .. Problem(OriginalForm && (Faults.PerBillion(GeneratedFault.Duplicate) > 0 || Faults.PerBillion(GeneratedFault.Conflict) > 0),
            "Nobody can tell a duplicate without an id: leave out the faults duplicate and conflict, or the original form."),
    ];

    // The beginning of the year 2262.
    const long LastMoment = 9_214_646_400_000_000;

    static IEnumerable<string> Problem(bool found, string sentence) => found ? [sentence] : [];
}
