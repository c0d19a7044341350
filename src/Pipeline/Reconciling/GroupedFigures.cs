using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Caudal.Transactions;

namespace Caudal.Reconciling;

/// <summary>Adds up transactions per day, app and product.</summary>
/// <param name="zone">The business zone, in which days are counted.</param>
sealed class GroupedFigures(TimeZoneInfo zone)
{
    readonly Dictionary<(DateOnly Day, Utf8Text App, Utf8Text Product), Figures> _groups = [];

    public void Add(Transaction transaction)
    {
        var key = (Day: transaction.Timestamp.DayIn(zone), transaction.App, transaction.Product);
        ref var figures = ref CollectionsMarshal.GetValueRefOrNullRef(_groups, key);
        if (!Unsafe.IsNullRef(ref figures))
            figures += Figures.Of(transaction);
        else
            // Copied, since the texts are views that would keep a whole batch alive.
            _groups.Add((key.Day, Copy(key.App), Copy(key.Product)), Figures.Of(transaction));
    }

    public IReadOnlyDictionary<FigureGroup, Figures> ToDictionary() => _groups.ToDictionary(
        entry => new FigureGroup(entry.Key.Day, entry.Key.App.ToString(), entry.Key.Product.ToString()), entry => entry.Value);

    static Utf8Text Copy(Utf8Text text) => new(text.Span.ToArray());
}
