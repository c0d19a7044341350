using Caudal.Querying;

namespace Caudal.Dashboard.Discover;

/// <summary>What may come next in a query that is being written at its end.</summary>
static class Completion
{
    const int Most = 8;

    static readonly string[] Joiners = ["and", "or", "and not"];

    /// <summary>The field after whose colon the query ends, with what is written of its value; null where it ends elsewhere.</summary>
    public static (QueryField Field, string Begun)? ValueOf(string query)
    {
        var colon = query.LastIndexOf(':');
        if (colon < 0 || Field(query[..colon].TrimEnd()) is not { } field)
            return null;
        var begun = query[(colon + 1)..].TrimStart();
        var isOver = begun.Length > 1 && begun[0] == '"' ? begun.IndexOf('"', 1) > 0 : begun.Contains(' ', StringComparison.Ordinal);
        return isOver ? null : (field, begun);
    }

    /// <summary>Whole queries, each the one begun with one word more.</summary>
    public static IReadOnlyList<(string Word, string Query)> Next(string query, IReadOnlyList<string> values)
    {
        if (ValueOf(query) is var (_, begun))
            return Ending(query, begun, values.Where(value => Begins(value, begun.TrimStart('"'))).Select(Quote), " ");
        var word = query[(query.LastIndexOfAny([' ', '(']) + 1)..];
        var isAfterCondition = word.Length == 0 && IsWhole(query);
        return isAfterCondition
            ? Ending(query, "", Joiners, " ")
            : Ending(query, word, QueryField.All.Select(field => field.Name).Where(name => Begins(name, word) && name != word), ": ");
    }

    static List<(string, string)> Ending(string query, string begun, IEnumerable<string> words, string after) =>
        [.. words.Take(Most).Select(word => (word, query[..^begun.Length] + word + after))];

    static bool Begins(string text, string begun) => text.StartsWith(begun, StringComparison.OrdinalIgnoreCase);

    static string Quote(string value) => value.Contains(' ', StringComparison.Ordinal) ? $"\"{value}\"" : value;

    static QueryField? Field(string before) => QueryField.Find(before[(before.LastIndexOfAny([' ', '(']) + 1)..]);

    static bool IsWhole(string query)
    {
        if (string.IsNullOrWhiteSpace(query))
            return false;
        try
        {
            QueryParser.Parse(query, TimeZoneInfo.Utc);
            return true;
        }
        catch (QueryException)
        {
            return false;
        }
    }
}
