using Caudal.Transactions;

namespace Caudal.Batch;

/// <summary>What a run checks before it loads, and what it leaves behind. Shares are in parts per million of the run's rows.</summary>
public sealed record BatchOptions
{
    /// <summary>Rows whose event lies more than a day after the log took them.</summary>
    public long FutureTimestampPerMillionMax { get; init; } = 10_000;

    /// <summary>Rows with the same parties, amount and time as another under another id.</summary>
    public long SuspectedDuplicatePerMillionMax { get; init; } = 10_000;

    /// <summary>Rows of amount zero.</summary>
    public long AmountZeroPerMillionMax { get; init; } = 10_000;

    /// <summary>The amount above which a row fails; null for no such check.</summary>
    public Money? AmountMax { get; init; }

    /// <summary>Rows above <see cref="AmountMax"/>.</summary>
    public long AmountAboveMaxPerMillionMax { get; init; }

    /// <summary>How long the log keeps messages that a receipt covers already, so that <c>verify</c> can read them again.</summary>
    public TimeSpan LogRetention { get; init; } = TimeSpan.FromDays(7);

    public IReadOnlyList<QualityCheck> Checks =>
    [
        new(QualityRule.FutureTimestamp, FutureTimestampPerMillionMax),
        new(QualityRule.SuspectedDuplicate, SuspectedDuplicatePerMillionMax),
        new(QualityRule.AmountZero, AmountZeroPerMillionMax),
        .. AmountMax is { } max
            ? [new QualityCheck(QualityRule.AmountAboveMax, AmountAboveMaxPerMillionMax, max)]
            : Array.Empty<QualityCheck>(),
    ];
}
