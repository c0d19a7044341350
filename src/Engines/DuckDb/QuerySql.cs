using System.Globalization;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// A <see cref="Query"/> in DuckDB's words, for one table. Every value is a parameter; the text is made of column names and operators
/// only. No condition is ever NULL, so that NOT and OR mean what the tree means.
/// </summary>
/// <param name="hasRuns">True for history, which alone has <c>batch_date</c> and <c>run_id</c>.</param>
sealed class QuerySql(bool hasRuns)
{
    readonly List<object> _parameters = [];

    /// <summary>For $1, $2 … in the order in which they were used.</summary>
    public ReadOnlySpan<object> Parameters => _parameters.ToArray();

    public string Parameter(object value)
    {
        _parameters.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"${_parameters.Count}");
    }

    /// <summary>For WHERE.</summary>
    public string Condition(Query query) => query switch
    {
        Query.Both { Parts.IsEmpty: true } => "true",
        Query.Both both => $"({string.Join(" AND ", both.Parts.Select(Condition))})",
        Query.Either either => OfEither(either),
        Query.Not not => $"(NOT {Condition(not.Part)})",
        Query.Beyond beyond => $"(epoch IS NOT NULL AND NOT ({FigureSql.Within(new(Log.Watermark.Zero, beyond.Watermark))}))",
        Query.Has has => IsMissing(has.Field) ? "false" : has.Field.MayBeAbsent ? $"({Column(has.Field)} IS NOT NULL)" : "true",
        Query.IdIs id => OnValue(id.Field, column => $"{column} = {Parameter(id.Value.ToString("D"))}::UUID"),
        Query.TextIs text => OnValue(text.Field, column => OfPattern(column, text.Pattern)),
        Query.In range => OnValue(range.Field, column => OfRange(column, range)),
        _ => throw new NotSupportedException($"DuckDB does not know {query.GetType().Name}."),
    };

    /// <summary>The column that is compared: of a folded text the folded one.</summary>
    public static string Column(QueryField field) =>
        field == QueryField.Run ? "run_id"
        : field == QueryField.Detail ? TransactionColumns.FoldedDetail
        : $"\"{field.Name}\"";

    /// <summary>Many values of one field become one list, which is looked up and not gone through.</summary>
    string OfEither(Query.Either either)
    {
        var literals = either.Parts.OfType<Query.TextIs>().Where(text => text.Pattern.IsLiteral)
            .GroupBy(text => text.Field).Where(same => same.Count() > 1 && !IsMissing(same.Key)).ToDictionary(same => same.Key);
        var lists = literals.Select(same => OnValue(
            same.Key, column => $"{column} IN ({string.Join(", ", same.Value.Select(text => Parameter(text.Pattern.Pieces[0])))})"));
        var rest = either.Parts.Where(part =>
            part is not Query.TextIs { Pattern.IsLiteral: true } text || !literals.ContainsKey(text.Field));
        return $"({string.Join(" OR ", lists.Concat(rest.Select(Condition)))})";
    }

    string OfPattern(string column, TextPattern pattern) => pattern.Pieces switch
    {
        [var whole] => $"{column} = {Parameter(whole)}",
        [var start, ""] => $"starts_with({column}, {Parameter(start)})",
        ["", var end] => $"ends_with({column}, {Parameter(end)})",
        ["", var part, ""] => $"contains({column}, {Parameter(part)})",
        var pieces => $"{column} LIKE {Parameter(string.Join('%', pieces.Select(Escape)))} ESCAPE '\\'",
    };

    static string Escape(string piece) => piece.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    string OfRange(string column, Query.In range)
    {
        var (from, to) = (range.From, range.To);
        if (range.Field.Kind == FieldKind.Amount)
        {
            // The column's type holds no other amounts, and a wider one would be compared far more slowly.
            if (from > Money.Max.Cents || to <= 0)
                return "false";
            (from, to) = (from <= 0 ? null : from, to > Money.Max.Cents ? null : to);
        }
        string[] bounds =
        [
            .. from is { } least ? [$"{column} >= {Bound(range.Field.Kind, least)}"] : Array.Empty<string>(),
            .. to is { } end ? [$"{column} < {Bound(range.Field.Kind, end)}"] : Array.Empty<string>(),
        ];
        return bounds is [] ? "true" : string.Join(" AND ", bounds);
    }

    string Bound(FieldKind kind, long value) => kind switch
    {
        FieldKind.Amount => $"{Parameter(new Money(value).ToString())}::DECIMAL(18,2)",
        FieldKind.Time => Parameter(new Instant(value)),
        FieldKind.Date => $"(DATE '1970-01-01' + {Parameter(value)}::INTEGER)",
        _ => Parameter(value),
    };

    string OnValue(QueryField field, Func<string, string> condition) =>
        IsMissing(field) ? "false"
        : field.MayBeAbsent ? $"({Column(field)} IS NOT NULL AND {condition(Column(field))})"
        : $"({condition(Column(field))})";

    bool IsMissing(QueryField field) => !hasRuns && (field == QueryField.BatchDate || field == QueryField.Run);
}
