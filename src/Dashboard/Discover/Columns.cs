using Caudal.Dashboard.Languages;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Dashboard.Discover;

/// <summary>A column of the table: one field of a transaction, as a reader sees it.</summary>
/// <param name="Name">The wire name, by which queries know it too.</param>
/// <param name="Text">Its text, masked where it is a person's number.</param>
public sealed record Column(string Name, Func<Reader, Transaction, string> Text)
{
    public SortKey? Sort { get; init; }

    public bool IsNumber { get; init; }

    /// <summary>True where only its last four are shown.</summary>
    public bool IsMasked { get; init; }

    /// <summary>Set where its values can be listed, and clicked together into a filter.</summary>
    public QueryField? Values { get; init; }

    /// <summary>The value itself, for those who said why.</summary>
    public Func<Transaction, string>? Whole { get; init; }

    public static readonly IReadOnlyList<Column> All =
    [
        new(Wire.Timestamp, (reader, row) => reader.Moment(row.Timestamp)) { Sort = SortKey.Timestamp },
        new(Wire.Amount, (reader, row) => reader.Money(row.Amount)) { Sort = SortKey.Amount, IsNumber = true },
        Plain(Wire.App, row => row.App, SortKey.App, QueryField.App),
        Plain(Wire.Product, row => row.Product, SortKey.Product, QueryField.Product),
        Personal(Wire.DebtorId, row => row.DebtorId),
        Personal(Wire.DebtorAccount, row => row.DebtorAccount),
        Personal(Wire.CreditorAccount, row => row.CreditorAccount),
        Plain(Wire.Detail, row => row.Detail, null, null),
        new(Wire.Id, (_, row) => row.Id.ToString()) { Sort = SortKey.Id },
        new(Wire.IdText, (_, row) => row.IdText is { } text ? Reader.Masked(text) : "")
        {
            IsMasked = true, Whole = row => row.IdText?.ToString() ?? "",
        },
        new(Wire.BatchDate, (reader, row) => row.BatchDate is { } day ? reader.Day(day) : ""),
        new(Wire.Position, (_, row) => row.Position == default ? "" : row.Position.ToString()) { Sort = SortKey.Position },
        new(Wire.AppendedAt, (reader, row) => row.AppendedAt == default ? "" : reader.Moment(row.AppendedAt)),
        new(Wire.IndexedAt, (reader, row) => row.IndexedAt == default ? "" : reader.Moment(row.IndexedAt)),
        new(Wire.Digest, (_, row) => row.Digest.ToString()),
    ];

    /// <summary>What is shown until the reader chooses.</summary>
    public static readonly IReadOnlyList<Column> Usual = [.. All.Take(8).Where(column => column.Name != Wire.DebtorId)];

    /// <summary>Those that the names name, in the usual order; the usual ones where they name none.</summary>
    public static IReadOnlyList<Column> Named(IReadOnlyList<string> names) =>
        All.Where(column => names.Contains(column.Name)).ToArray() is { Length: > 0 } named ? named : Usual;

    static Column Plain(string name, Func<Transaction, Utf8Text> value, SortKey? sort, QueryField? values) =>
        new(name, (_, row) => value(row).ToString()) { Sort = sort, Values = values };

    static Column Personal(string name, Func<Transaction, Utf8Text> value) =>
        new(name, (_, row) => Reader.Masked(value(row))) { IsMasked = true, Whole = row => value(row).ToString() };
}
