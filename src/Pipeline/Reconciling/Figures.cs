using System.Globalization;
using Caudal.Hot;
using Caudal.Transactions;

namespace Caudal.Reconciling;

/// <summary>
/// What a set of transactions amounts to. Two sets with equal figures hold, for every fault that we look for, the same rows.
/// </summary>
public readonly record struct Figures(long Count, MoneySum Sum, Digest Digest)
{
    public static Figures Of(Transaction transaction) => new(1, new(transaction.Amount.Cents), transaction.Digest);

    public static Figures Of(Duplicate duplicate) => new(1, new(duplicate.Amount.Cents), duplicate.Digest);

    public static Figures Of(IEnumerable<Transaction> transactions) =>
        transactions.Aggregate(default(Figures), (sum, transaction) => sum + Of(transaction));

    public static Figures operator +(Figures left, Figures right) =>
        new(left.Count + right.Count, left.Sum + right.Sum, left.Digest + right.Digest);

    public static Figures operator -(Figures left, Figures right) =>
        new(left.Count - right.Count, left.Sum - right.Sum, left.Digest - right.Digest);

    public override string ToString() => $"{Count} transactions, {Sum}, digest {Digest}";
}

/// <summary>By what figures are broken down when hops are compared. The day is that of the event in the business zone.</summary>
public readonly record struct FigureGroup(DateOnly Day, string App, string Product) : IComparable<FigureGroup>
{
    /// <summary>By day, then by the texts' code units: the same order under every culture.</summary>
    public int CompareTo(FigureGroup other)
    {
        var byDay = Day.CompareTo(other.Day);
        if (byDay != 0)
            return byDay;
        var byApp = string.CompareOrdinal(App, other.App);
        return byApp != 0 ? byApp : string.CompareOrdinal(Product, other.Product);
    }

    public static bool operator <(FigureGroup left, FigureGroup right) => left.CompareTo(right) < 0;

    public static bool operator >(FigureGroup left, FigureGroup right) => left.CompareTo(right) > 0;

    public static bool operator <=(FigureGroup left, FigureGroup right) => left.CompareTo(right) <= 0;

    public static bool operator >=(FigureGroup left, FigureGroup right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Day:yyyy-MM-dd}, {App}, {Product}");
}
