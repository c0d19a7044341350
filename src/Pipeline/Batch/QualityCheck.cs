using Caudal.Transactions;

namespace Caudal.Batch;

/// <summary>What a run's rows are looked at for before they are loaded. Each engine says it in its own words.</summary>
public enum QualityRule
{
    /// <summary>The event is said to have happened more than a day after the log took it.</summary>
    FutureTimestamp,

    /// <summary>Same parties, amount and time as another row of the run under another id. All but the first by position count.</summary>
    SuspectedDuplicate,

    /// <summary>An amount above <c>Batch:AmountMax</c>.</summary>
    AmountAboveMax,

    /// <summary>An amount of zero.</summary>
    AmountZero,
}

/// <summary>The rules in words.</summary>
public static class QualityRules
{
    /// <summary>What a row that fails is like, without its values; the middle of a sentence.</summary>
    public static string Describe(this QualityRule rule) => rule switch
    {
        QualityRule.FutureTimestamp => $"'{Wire.Timestamp}' lies more than a day after the log took the message",
        QualityRule.SuspectedDuplicate => $"the parties, '{Wire.Amount}' and '{Wire.Timestamp}' are those of an earlier row",
        QualityRule.AmountAboveMax => $"'{Wire.Amount}' is above the greatest amount that is allowed",
        QualityRule.AmountZero => $"'{Wire.Amount}' is zero",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, null),
    };
}

/// <summary>A rule with the share of the run's rows, in parts per million, that may fail it before a person is asked.</summary>
/// <param name="AmountMax">For <see cref="QualityRule.AmountAboveMax"/>.</param>
public sealed record QualityCheck(QualityRule Rule, long FailingPerMillionMax, Money? AmountMax = null);

/// <summary>How many of how many rows fail a rule.</summary>
public sealed record CheckResult(QualityRule Rule, long Failing, long Rows, long FailingPerMillionMax)
{
    /// <summary>True where the share of failing rows is above what the check allows.</summary>
    public bool OverThreshold => (Int128)Failing * 1_000_000 > (Int128)FailingPerMillionMax * Rows;
}
