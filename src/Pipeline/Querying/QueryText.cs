using System.Globalization;
using System.Text;
using Caudal.Transactions;

namespace Caudal.Querying;

/// <summary>Writes a tree as the text that <see cref="QueryParser"/> reads the same tree from.</summary>
static class QueryText
{
    public static string Write(Query query) => query switch
    {
        Query.Both { Parts.IsEmpty: true } => "*",
        Query.Both both => string.Join(" and ", both.Parts.Select(Inner)),
        Query.Either either => string.Join(" or ", either.Parts.Select(Inner)),
        Query.Not not => $"not {Inner(not.Part)}",
        Query.Has has => $"{has.Field}: *",
        Query.IdIs id => $"{id.Field}: {id.Value:D}",
        Query.TextIs { Pattern: { IsLiteral: true } pattern } text => $"{text.Field}: {Quote(pattern.Pieces[0])}",
        Query.TextIs text => $"{text.Field}: {string.Join('*', text.Pattern.Pieces.Select(Escape))}",
        Query.In { From: { } from, To: { } to } both => $"{both.Field}: {Value(both.Field, from)}..{Value(both.Field, to - 1)}",
        Query.In { From: { } from } least => $"{least.Field} >= {Value(least.Field, from)}",
        Query.In { To: { } to } most => $"{most.Field} < {Value(most.Field, to)}",
        Query.Beyond beyond => $"beyond {beyond.Watermark}",
        _ => throw new ArgumentException("A range needs a bound.", nameof(query)),
    };

    static string Inner(Query query) =>
        query is Query.Either or Query.Both { Parts.IsEmpty: false } ? $"({Write(query)})" : Write(query);

    static string Value(QueryField field, long value) => field.Kind switch
    {
        FieldKind.Amount => new MoneySum(value).ToString(),
        FieldKind.Time => new Instant(value).ToString(),
        FieldKind.Date => QueryDate.Write(value),
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    static string Escape(string piece)
    {
        var escaped = new StringBuilder(piece.Length);
        foreach (var letter in piece)
            escaped.Append(QueryLexer.IsBare(letter) && letter is not ('*' or '\\') ? "" : "\\").Append(letter);
        return escaped.ToString();
    }
}
