using System.Globalization;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Transactions;
using Npgsql;

namespace Caudal.Engines.Postgres;

/// <summary>
/// A <see cref="Query"/> in PostgreSQL's words. Every value is a parameter; the text is made of column names and operators only. No
/// condition is ever NULL, so that NOT and OR mean what the tree means.
/// </summary>
sealed class QuerySql
{
    readonly List<object> _parameters = [];

    /// <summary>For $1, $2 … in the order in which they were used.</summary>
    public object[] Parameters => [.. _parameters];

    public string Parameter(object value)
    {
        _parameters.Add(value is Instant moment ? PostgresTime.Parameter(moment) : value);
        return string.Create(CultureInfo.InvariantCulture, $"${_parameters.Count}");
    }

    /// <summary>For WHERE.</summary>
    public string Condition(Query query) => query switch
    {
        Query.Both { Parts.IsEmpty: true } => "true",
        Query.Both both => $"({string.Join(" AND ", both.Parts.Select(Condition))})",
        Query.Either either => OfEither(either),
        Query.Not not => $"(NOT {Condition(not.Part)})",
        Query.Beyond beyond => $"(epoch IS NOT NULL AND NOT {FigureSql.Within(new(Watermark.Zero, beyond.Watermark))})",
        Query.Has has => has.Field.MayBeAbsent ? $"({Column(has.Field)} IS NOT NULL)" : "true",
        Query.IdIs id => OnValue(id.Field, column => $"{column} = {Parameter(id.Value)}"),
        Query.TextIs text => OnValue(text.Field, column => OfPattern(column, text.Pattern)),
        Query.In range => OnValue(range.Field, column => OfRange(column, range)),
        _ => throw new NotSupportedException($"PostgreSQL does not know {query.GetType().Name}."),
    };

    /// <summary>The column that is compared: of a folded text the folded one.</summary>
    static string Column(QueryField field) =>
        field == QueryField.Run ? "run_id"
        : field == QueryField.Detail ? TransactionColumns.FoldedDetail
        : $"\"{field.Name}\"";

    /// <summary>Many values of one field become one list, which is looked up and not gone through.</summary>
    string OfEither(Query.Either either)
    {
        var literals = either.Parts.OfType<Query.TextIs>().Where(text => text.Pattern.IsLiteral)
            .GroupBy(text => text.Field).Where(same => same.Count() > 1).ToDictionary(same => same.Key);
        var lists = literals.Select(same => OnValue(same.Key, column =>
            $"{column} = ANY ({Parameter(same.Value.Select(text => text.Pattern.Pieces[0]).Where(IsStorable).ToArray())})"));
        var rest = either.Parts.Where(part =>
            part is not Query.TextIs { Pattern.IsLiteral: true } text || !literals.ContainsKey(text.Field));
        return $"({string.Join(" OR ", lists.Concat(rest.Select(Condition)))})";
    }

    string OfPattern(string column, TextPattern pattern) =>
        !pattern.Pieces.All(IsStorable) ? "false"
        : pattern.IsLiteral ? $"{column} = {Parameter(pattern.Pieces[0])}"
        : $"{column} LIKE {Parameter(string.Join('%', pattern.Pieces.Select(Escape)))}";

    /// <summary>No text of the database holds NUL, and none may be sent to it.</summary>
    static bool IsStorable(string piece) => !piece.Contains('\0', StringComparison.Ordinal);

    static string Escape(string piece) => piece.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    string OfRange(string column, Query.In range)
    {
        string[] bounds =
        [
            .. range.From is { } least ? [$"{column} >= {Bound(range.Field.Kind, least)}"] : Array.Empty<string>(),
            .. range.To is { } end ? [$"{column} < {Bound(range.Field.Kind, end)}"] : Array.Empty<string>(),
        ];
        return string.Join(" AND ", bounds);
    }

    string Bound(FieldKind kind, long value) => kind switch
    {
        FieldKind.Amount => Parameter((decimal)value / 100),
        FieldKind.Time => Parameter(new Instant(value)),
        FieldKind.Date => $"(DATE '1970-01-01' + {Parameter((int)value)})",
        _ => Parameter(value),
    };

    static string OnValue(QueryField field, Func<string, string> condition) =>
        field.MayBeAbsent ? $"({Column(field)} IS NOT NULL AND {condition(Column(field))})" : $"({condition(Column(field))})";
}
