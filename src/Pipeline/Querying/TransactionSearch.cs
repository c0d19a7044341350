using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Querying;

/// <summary>
/// A listing: a filter, an order and a limit. Equals are ordered by position, then by id, in the same direction, so that every row has
/// one place, in every store; those without a position come before the others.
/// </summary>
public sealed record TransactionSearch
{
    public Query Where { get; init; } = Query.Everything;

    public SortKey Sort { get; init; } = SortKey.Timestamp;

    public bool Descending { get; init; } = true;

    public int Limit { get; init; } = 100;

    /// <summary>Only what comes after this row in the listing: the next page, whatever has been added before it since.</summary>
    public SearchCursor? After { get; init; }
}

/// <summary>What a listing can be ordered by. Texts are ordered by their code points.</summary>
public enum SortKey
{
    Timestamp,
    Amount,
    Position,
    Id,
    App,
    Product,
    DebtorId,
    DebtorAccount,
    CreditorAccount,
}

/// <summary>The sort keys' names and values.</summary>
public static class SortKeys
{
    public static readonly IReadOnlyDictionary<string, SortKey> ByName = new Dictionary<string, SortKey>
    {
        [Wire.Timestamp] = SortKey.Timestamp, [Wire.Amount] = SortKey.Amount, [Wire.Position] = SortKey.Position, [Wire.Id] = SortKey.Id,
        [Wire.App] = SortKey.App, [Wire.Product] = SortKey.Product, [Wire.DebtorId] = SortKey.DebtorId,
        [Wire.DebtorAccount] = SortKey.DebtorAccount, [Wire.CreditorAccount] = SortKey.CreditorAccount,
    };

    /// <summary>True where the key is a text; the value of the others is a number, or none where position and id say it all.</summary>
    public static bool IsText(this SortKey key) => key >= SortKey.App;

    public static string Name(this SortKey key) => ByName.First(entry => entry.Value == key).Key;

    /// <summary>The row's value under the key, before position and id.</summary>
    internal static Utf8Text Text(this SortKey key, Transaction row) => key switch
    {
        SortKey.App => row.App,
        SortKey.Product => row.Product,
        SortKey.DebtorId => row.DebtorId,
        SortKey.DebtorAccount => row.DebtorAccount,
        SortKey.CreditorAccount => row.CreditorAccount,
        _ => default,
    };

    internal static long Number(this SortKey key, Transaction row) => key switch
    {
        SortKey.Timestamp => row.Timestamp.Microseconds,
        SortKey.Amount => row.Amount.Cents,
        _ => 0,
    };
}

/// <summary>A row's place in a listing of one order, as an opaque text.</summary>
/// <param name="Number">The sort key's value where it is a number: microseconds or cents.</param>
/// <param name="Text">The sort key's value where it is a text.</param>
public sealed record SearchCursor(SortKey Sort, bool Descending, long Number, string Text, Position Position, TransactionId Id)
{
    const string Version = "1";
    const char Separator = '\n';

    public static SearchCursor After(TransactionSearch search, Transaction row) => new(
        search.Sort, search.Descending, search.Sort.Number(row), search.Sort.Text(row).ToString(), row.Position, row.Id);

    /// <exception cref="FormatException">It is not one that <see cref="ToString"/> wrote.</exception>
    public static SearchCursor Parse(string cursor)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(Separator, 7) is
                [Version, var sort, var descending, var number, var position, var id, var text]
                ? new(
                    SortKeys.ByName[sort], bool.Parse(descending), long.Parse(number, CultureInfo.InvariantCulture), text,
                    Position.Parse(position), TransactionId.Parse(id))
                : throw Malformed();
        }
        catch (Exception malformed) when (malformed is FormatException or KeyNotFoundException or OverflowException or ArgumentException)
        {
            throw Malformed();
        }
    }

    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{Version}\n{Sort.Name()}\n{Descending}\n{Number}\n{Position}\n{Id}\n{Text}")));

    static FormatException Malformed() => new("The cursor is not one that a page ended with; ask for the first page without one.");
}

/// <summary>The order of a listing, as every engine has it.</summary>
sealed class SearchOrder(TransactionSearch search) : IComparer<Transaction>
{
    public int Compare(Transaction? left, Transaction? right)
    {
        var key = search.Sort switch
        {
            SortKey.Position => 0,
            SortKey.Id => left!.Id.CompareTo(right!.Id),
            _ when search.Sort.IsText() => search.Sort.Text(left!).Span.SequenceCompareTo(search.Sort.Text(right!).Span),
            _ => search.Sort.Number(left!).CompareTo(search.Sort.Number(right!)),
        };
        if (key == 0)
            key = left!.Position.CompareTo(right!.Position);
        if (key == 0)
            key = left!.Id.CompareTo(right!.Id);
        return search.Descending ? -key : key;
    }
}
