using Parlot;
using Parlot.Fluent;
using static Parlot.Fluent.Parsers;

namespace Caudal.Querying;

/// <summary>
/// Reads the query language, a subset of Kibana's KQL with ranges:
/// <c>app: "Banca Web" and valor >= 500 and not producto: (Ahorros or Corriente) and detalle: *nomina*</c>.
/// <c>not</c> binds strongest, then <c>and</c>, then <c>or</c>; outside quotes <c>*</c> stands for any text; blank, or <c>*</c> alone,
/// means everything. docs/guide/searching.md has the grammar.
/// </summary>
public static class QueryParser
{
    const int LengthMax = 4096;
    const int DepthMax = 32;
    const string ConditionExpected = "Expected a condition such as app: \"Banca Web\", valor >= 500 or (…)";
    const string ValueExpected = "Expected a value, such as Ahorros, \"Banca Web\", 367.60 or 2025-09-13";

    static readonly Parser<Query> Grammar = Build();

    /// <param name="text">What the person typed.</param>
    /// <param name="zone">The zone in which times without an offset are read: the business zone.</param>
    /// <exception cref="QueryException">With a sentence that says what is wrong, and the column.</exception>
    public static Query Parse(string text, TimeZoneInfo zone)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Query.Everything;
        RefuseWhatIsTooMuch(text);
        var context = new Context(new(text), zone);
        return Grammar.TryParse(context, out var query, out var error)
            ? query
            : throw new QueryException(error?.Message ?? ConditionExpected, error?.Position.Offset ?? 0);
    }

    internal static bool IsKeyword(ReadOnlySpan<char> word) =>
        word.Equals("and", StringComparison.OrdinalIgnoreCase)
        || word.Equals("or", StringComparison.OrdinalIgnoreCase)
        || word.Equals("not", StringComparison.OrdinalIgnoreCase);

    sealed class Context(Scanner scanner, TimeZoneInfo zone) : ParseContext(scanner)
    {
        public TimeZoneInfo Zone { get; } = zone;
    }

    static Parser<Query> Build()
    {
        var or = Terms.Keyword("or", caseInsensitive: true);
        var and = Terms.Keyword("and", caseInsensitive: true);
        var not = Terms.Keyword("not", caseInsensitive: true);
        var open = Terms.Char('(');
        var close = Terms.Char(')').ElseError("Expected ) to close the parenthesis");

        Parser<QueryValue> value = new QueryLexer();
        var list = Between(open, Separated(or, value.ElseError(ValueExpected)), close);
        var values = list.Or(value.Then<IReadOnlyList<QueryValue>>(static one => [one])).ElseError(ValueExpected);

        var field = Terms.Pattern(static c => char.IsLetterOrDigit(c) || c is '_' or '@').When(static (_, span) => !IsKeyword(span.Span));
        var comparison = OneOf(Terms.Text(">="), Terms.Text("<="), Terms.Text(">"), Terms.Text("<"));
        var equality = field.AndSkip(Terms.Char(':')).And(values)
            .Then(static (context, parts) => Either(parts.Item2.Select(one => Condition(context, parts.Item1, ":", one))));
        var inequality = field.And(comparison).And(value.ElseError(ValueExpected))
            .Then(static (context, parts) => Condition(context, parts.Item1, parts.Item2, parts.Item3));
        var missing = field.Then<Query>(static (_, span) => throw new QueryException(MissingOperator(span.ToString()!), span.Offset));

        var query = Deferred<Query>();
        var everything = Terms.Char('*').Then(static _ => Query.Everything);
        var primary = OneOf(Between(open, query, close), everything, equality, inequality, missing).ElseError(ConditionExpected);
        var negation = ZeroOrMany(not).And(primary).Then(static (context, parts) => Negate(context, parts.Item1.Count, parts.Item2));
        var conjunction = Separated(and, negation).Then(static parts => parts.Count == 1 ? parts[0] : new Query.Both([.. parts]));
        query.Parser = Separated(or, conjunction).Then(static parts => Either(parts));
        return query.AndSkip(Literals.WhiteSpace(includeNewLines: true).Optional())
            .AndSkip(Eof().ElseError("Expected and, or, or the end of the query; a value with spaces needs quotes"));
    }

    static Query Negate(ParseContext context, int times, Query query)
    {
        if (times > DepthMax)
            throw new QueryException($"A query negates at most {DepthMax} times in a row.", context.Scanner.Cursor.Offset);
        for (; times > 0; times--)
            query = new Query.Not(query);
        return query;
    }

    static Query Either(IEnumerable<Query> parts)
    {
        Query[] all = [.. parts];
        return all.Length == 1 ? all[0] : new Query.Either([.. all]);
    }

    static Query Condition(ParseContext context, TextSpan name, string comparison, QueryValue value) =>
        QueryCondition.Of(name.ToString()!, comparison, value, ((Context)context).Zone, name.Offset);

    static string MissingOperator(string name) => QueryField.Names.Contains(name)
        ? $"After {name} an operator is needed: {name}: value, not {name}: value, or {name} with >=, >, <= or < and a value."
        : Spelling.Nearest(name, QueryField.Names) is { } nearest
            ? $"There is no field {name}, and an operator is missing after it. Did you mean {nearest}: value?"
            : $"Say which field: detalle: *{name}* finds what has {name} in its detail.";

    /// <summary>Bounds what the parser, and whoever walks the tree, recurses into. What is quoted or escaped does not count.</summary>
    static void RefuseWhatIsTooMuch(string text)
    {
        if (text.Length > LengthMax)
            throw new QueryException($"A query has at most {LengthMax} characters; this one has {text.Length}.", LengthMax);
        var (depth, quoted) = (0, false);
        for (var column = 0; column < text.Length; column++)
        {
            switch (text[column])
            {
                case '\\':
                    column++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '(' when !quoted:
                    depth++;
                    break;
                case ')' when !quoted:
                    depth--;
                    break;
            }
            if (depth > DepthMax)
                throw new QueryException($"A query nests at most {DepthMax} parentheses.", column);
        }
    }
}
