using Caudal.Querying;
using Caudal.Transactions;
using CsCheck;

namespace Caudal.Tests.Querying;

/// <summary>Transactions whose texts are hard to get right, and generated queries that hit them now and then.</summary>
static class SomeQuery
{
    static readonly string[] Texts =
    [
        "Banca Web", "DeUna", "Banca Móvil", "banca web", "a*b", "a%b", "a_b", "axb", "ab", "\"q\"", "back\\slash", "and", "Ñandú pago",
        "nandu PAGO", "'; DROP TABLE transactions; --", "(x)", "<>", "a..b", "tab\there", "line\nbreak", "💸", "é", "e\u0301", "$1", "\\",
    ];

    static readonly Guid[] Epochs = [Some.Epoch, Guid.Empty];

    /// <summary>Number n, with texts, amount and time that others have too. The times lie around changes of the clock.</summary>
    public static Transaction Transaction(int n) => Some.Transaction(n, some => some with
    {
        IdText = n % 3 == 0 ? Text(n / 3) : default(Utf8Text?),
        App = Text(n),
        Product = Text(n / 5),
        DebtorId = Text(n / 7),
        DebtorAccount = Text(n % 4),
        CreditorAccount = Text(n / 11),
        Detail = $"{Texts[n % Texts.Length]} {Texts[n / 2 % Texts.Length]}",
        Amount = n % 17 == 0 ? Money.Max : new(n * n % 97 * (n % 5 == 0 ? 1000 : 1)),
        Timestamp = Clock(n),
    });

    public static readonly Gen<Query> Any = Tree(3);

    static Utf8Text Text(int n) => Texts[n % Texts.Length];

    /// <summary>Every 20 minutes about the days on which clocks are changed in New York, Lord Howe and Guayaquil.</summary>
    static Instant Clock(int n)
    {
        string[] days = ["2025-11-02", "2025-03-09", "2025-04-05", "2025-10-04", "1992-11-28", "2024-02-29", "1970-01-01"];
        var day = Instant.Of(DateTimeOffset.Parse(days[n % days.Length] + "T00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        return day + TimeSpan.FromMinutes(n * 20 % 4000) + TimeSpan.FromMicroseconds(n % 3);
    }

    static Gen<Query> Tree(int depth)
    {
        if (depth == 0)
            return Leaf();
        var part = Tree(depth - 1);
        return Gen.Frequency(
            (4, Leaf()),
            (2, part.Array[2, 3].Select(Query (parts) => new Query.Both([.. parts]))),
            (2, part.Array[2, 4].Select(Query (parts) => new Query.Either([.. parts]))),
            (2, part.Select(Query (inner) => new Query.Not(inner))));
    }

    static Gen<Query> Leaf() => Gen.Frequency(
        (1, Gen.Const(Query.Everything)),
        (2, Gen.OneOf([.. QueryField.All]).Select(Query (field) => new Query.Has(field))),
        (1, Gen.Int[0, 420].Select(Query (n) => new Query.IdIs(QueryField.Id, Some.Id(n).ToGuid()))),
        (1, Gen.OneOf(Epochs).Select(Query (epoch) => new Query.IdIs(QueryField.Epoch, epoch))),
        (8, Gen.Select(OfKind(FieldKind.Keyword), Pattern(), Query (field, pattern) => new Query.TextIs(field, pattern))),
        (4, Pattern().Select(pattern => pattern.Select(FoldedText.Fold)).Where(pattern => !pattern.IsAny)
            .Select(Query (pattern) => new Query.TextIs(QueryField.Detail, pattern))),
        (6, Gen.OneOf(
            Range(FieldKind.Amount, Gen.OneOf(
                Gen.Long[-5, 120], Gen.Long[-5, 120_000], Gen.Long[Money.Max.Cents - 2, Money.Max.Cents + 2])),
            Range(FieldKind.Time, Gen.Int[0, 420].Select(n => Clock(n).Microseconds)),
            Range(FieldKind.Date, Gen.Long[20_340, 20_350]), Range(FieldKind.Number, Gen.Long[0, 420]))));

    static Gen<QueryField> OfKind(FieldKind kind) => Gen.OneOf([.. QueryField.All.Where(field => field.Kind == kind)]);

    static Gen<Query> Range(FieldKind kind, Gen<long> bound) => Gen.Select(
        OfKind(kind), bound, bound, Gen.Int[0, 2], Query (field, a, b, form) => form switch
        {
            0 => new Query.In(field, a, null),
            1 => new Query.In(field, null, b),
            _ => new Query.In(field, Math.Min(a, b), Math.Max(a, b) + 1),
        });

    /// <summary>One of the texts, mostly with holes in it.</summary>
    static Gen<TextPattern> Pattern() => Gen.Select(
        Gen.OneOf(Texts), Gen.Int[0, 5], Gen.Int[0, 12], Gen.Int[0, 12], (text, form, a, b) =>
        {
            var (first, second) = (Math.Min(Math.Min(a, b), text.Length), Math.Min(Math.Max(a, b), text.Length));
            return form switch
            {
                0 => TextPattern.Of(text),
                1 => TextPattern.Of(Whole(text[..first]), ""),
                2 => TextPattern.Of("", Whole(text[first..])),
                3 => TextPattern.Of("", Whole(text[first..second]), "x"),
                4 => TextPattern.Of("", Whole(text[first..second]), ""),
                _ => TextPattern.Of(Whole(text[..first]), Whole(text[second..])),
            };
        }).Where(pattern => !pattern.IsAny);

    /// <summary>Without half of a surrogate pair, which is no text.</summary>
    static string Whole(string piece) => string.Concat(piece.Where(letter => !char.IsSurrogate(letter)));
}
