using Caudal.Transactions;

namespace Caudal.Querying;

/// <summary>
/// What can be asked of a store: hot, history, or both as one. Each answer is of one moment, may be asked in parallel with everything,
/// and stops at once, in the engine too, when it is cancelled. The same question has the same answer on every engine; a
/// <see cref="Query"/> says what it means, <see cref="QueryField"/> how values compare.
/// </summary>
public abstract class TransactionQueries
{
    /// <summary>The transactions in the search's order, in batches of bounded size.</summary>
    public abstract IAsyncEnumerable<IReadOnlyList<Transaction>> SearchAsync(TransactionSearch search, CancellationToken cancellation);

    /// <summary>How many there are, and their exact sum.</summary>
    public abstract ValueTask<Totals> CountAsync(Query where, CancellationToken cancellation);

    /// <summary>Count and sum of each bucket that has rows, in the order of time.</summary>
    /// <exception cref="AnswerTooLargeException">There are more than the histogram's most.</exception>
    public abstract ValueTask<IReadOnlyList<TimeBucket>> CountByTimeAsync(TimeHistogram histogram, CancellationToken cancellation);

    /// <summary>
    /// The field's values with the most rows, or the greatest sum, the first of them first; equals in the order of their code points. A
    /// list shorter than the limit has them all. Rows without the field are not among them.
    /// </summary>
    public abstract ValueTask<IReadOnlyList<ValueTotals>> CountByValueAsync(TopValues top, CancellationToken cancellation);

    /// <summary>
    /// The amounts of those rows whose digest's upper half lies below <paramref name="digestHighEnd"/>, in any order: a sample that is
    /// the same on every engine, since digests are spread evenly. Null takes all.
    /// </summary>
    public abstract ValueTask<IReadOnlyList<Money>> SampleAmountsAsync(Query where, ulong? digestHighEnd, CancellationToken cancellation);

    /// <summary>The top values, and what the rest come to.</summary>
    public async ValueTask<TopAnswer> TopAsync(TopValues top, CancellationToken cancellation)
    {
        var values = await CountByValueAsync(top, cancellation);
        var all = await CountAsync(top.Where, cancellation);
        return new(values, all - values.Aggregate(default(Totals), (sum, value) => sum + value.Totals));
    }

    /// <summary>
    /// For each percentage the least amount that so many of the amounts do not exceed. Of more than <paramref name="sampleMax"/> rows, a
    /// sample of about as many is looked at: with the usual 200,000 the true percentage of what is answered lies, in 999 of 1,000 cases,
    /// within 0.4 of the one asked for.
    /// </summary>
    public async ValueTask<PercentileAnswer> PercentilesAsync(
        Query where, IReadOnlyList<decimal> percents, CancellationToken cancellation, int sampleMax = 200_000)
    {
        var (count, _) = await CountAsync(where, cancellation);
        var end = count <= sampleMax ? null : (ulong?)((UInt128.One << 64) * (UInt128)sampleMax / (UInt128)count);
        var amounts = (await SampleAmountsAsync(where, end, cancellation)).ToArray();
        Array.Sort(amounts);
        return new(
            count, amounts.Length,
            amounts.Length == 0 ? [] : [.. percents.Select(percent => new Percentile(percent, amounts[Rank(percent, amounts.Length)]))]);
    }

    static int Rank(decimal percent, int count) => Math.Max(0, (int)Math.Ceiling(percent * count / 100) - 1);
}

/// <summary>How many rows, and the exact sum of their amounts.</summary>
public readonly record struct Totals(long Count, MoneySum Sum)
{
    /// <summary>Σ / count, rounded to four decimals, halves away from zero; null of nothing.</summary>
    public decimal? Average => Count == 0 ? null : Math.Round((decimal)Sum.Cents / 100 / Count, 4, MidpointRounding.AwayFromZero);

    public static Totals operator +(Totals left, Totals right) => new(left.Count + right.Count, left.Sum + right.Sum);

    public static Totals operator -(Totals left, Totals right) => new(left.Count - right.Count, left.Sum - right.Sum);
}

/// <summary>What is asked for can be said, but its answer is larger than the settings allow; the message says what to do.</summary>
public sealed class AnswerTooLargeException(string message) : Exception(message);

/// <summary>The <paramref name="Limit"/> first values of <paramref name="Field"/>, which is a text.</summary>
public sealed record TopValues(Query Where, QueryField Field, TopOrder By, int Limit)
{
    /// <summary>The order in which values stand.</summary>
    public int Compare(ValueTotals left, ValueTotals right)
    {
        var by = By == TopOrder.Count
            ? right.Totals.Count.CompareTo(left.Totals.Count)
            : right.Totals.Sum.CompareTo(left.Totals.Sum);
        return by != 0 ? by : Utf8Text.Of(left.Value).Span.SequenceCompareTo(Utf8Text.Of(right.Value).Span);
    }
}

public enum TopOrder
{
    Count,
    Sum,
}

/// <summary>What one value of a field comes to.</summary>
public readonly record struct ValueTotals(string Value, Totals Totals);

/// <param name="Others">All rows of other values, and those without the field.</param>
public sealed record TopAnswer(IReadOnlyList<ValueTotals> Values, Totals Others);

/// <param name="Percent">From 0 to 100.</param>
public readonly record struct Percentile(decimal Percent, Money Amount);

/// <param name="Sampled">How many of the <paramref name="Count"/> rows the answer was read from.</param>
public sealed record PercentileAnswer(long Count, long Sampled, IReadOnlyList<Percentile> Percentiles);
