using Caudal.Transactions;

namespace Caudal.Querying;

/// <summary>How a field's values are written and compared.</summary>
public enum FieldKind
{
    /// <summary>A UUID, compared as a whole.</summary>
    Uuid,

    /// <summary>Text, compared exactly: case, accents and spaces count.</summary>
    Keyword,

    /// <summary>Text, compared with case and accents removed (<see cref="FoldedText"/>).</summary>
    Folded,

    /// <summary>Compared in whole cents.</summary>
    Amount,

    /// <summary>Compared in microseconds since 1970; a day, minute or second without the rest stands for all of it.</summary>
    Time,

    /// <summary>Compared in days since 1970.</summary>
    Date,

    /// <summary>A whole number.</summary>
    Number,
}

/// <summary>A field that a query may name.</summary>
/// <param name="Name">As people write it: the wire name.</param>
/// <param name="Kind">Says what is written after it and how that is compared.</param>
/// <param name="MayBeAbsent">True where not every transaction has it, in some store.</param>
public sealed record QueryField(string Name, FieldKind Kind, bool MayBeAbsent = false)
{
    /// <summary>The name of a position as a whole: short for its epoch, partition and offset.</summary>
    public const string Position = Wire.Position;

    public bool IsText => Kind is FieldKind.Keyword or FieldKind.Folded;

    public static readonly QueryField Id = new(Wire.Id, FieldKind.Uuid);
    public static readonly QueryField IdText = new(Wire.IdText, FieldKind.Keyword, MayBeAbsent: true);
    public static readonly QueryField App = new(Wire.App, FieldKind.Keyword);
    public static readonly QueryField DebtorId = new(Wire.DebtorId, FieldKind.Keyword);
    public static readonly QueryField Amount = new(Wire.Amount, FieldKind.Amount);
    public static readonly QueryField Product = new(Wire.Product, FieldKind.Keyword);
    public static readonly QueryField DebtorAccount = new(Wire.DebtorAccount, FieldKind.Keyword);
    public static readonly QueryField CreditorAccount = new(Wire.CreditorAccount, FieldKind.Keyword);
    public static readonly QueryField Detail = new(Wire.Detail, FieldKind.Folded);
    public static readonly QueryField Timestamp = new(Wire.Timestamp, FieldKind.Time);

    /// <summary>Only history has it.</summary>
    public static readonly QueryField BatchDate = new(Wire.BatchDate, FieldKind.Date, MayBeAbsent: true);

    /// <summary>The number of the run that settled it; only history has it.</summary>
    public static readonly QueryField Run = new("run", FieldKind.Number, MayBeAbsent: true);

    public static readonly QueryField Epoch = new("epoch", FieldKind.Uuid, MayBeAbsent: true);
    public static readonly QueryField Partition = new("partition", FieldKind.Number, MayBeAbsent: true);
    public static readonly QueryField Offset = new("offset", FieldKind.Number, MayBeAbsent: true);
    public static readonly QueryField AppendedAt = new(Wire.AppendedAt, FieldKind.Time, MayBeAbsent: true);
    public static readonly QueryField IndexedAt = new(Wire.IndexedAt, FieldKind.Time, MayBeAbsent: true);

    /// <summary>In the order in which help lists them.</summary>
    public static readonly IReadOnlyList<QueryField> All =
    [
        Id, IdText, App, DebtorId, Amount, Product, DebtorAccount, CreditorAccount, Detail, Timestamp, BatchDate, Run, Epoch, Partition,
        Offset, AppendedAt, IndexedAt,
    ];

    /// <summary>What can be written before an operator.</summary>
    public static IEnumerable<string> Names => All.Select(known => known.Name).Append(Position);

    public static QueryField? Find(string name) =>
        name == Wire.TimestampAlias ? Timestamp : All.FirstOrDefault(field => field.Name == name);

    public override string ToString() => Name;
}
