using System.Text.Json.Nodes;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Engines.Elasticsearch;

/// <summary>A <see cref="Query"/> in Elasticsearch's words. Every condition is a filter: nothing is scored.</summary>
static class QueryDsl
{
    /// <summary>The most values of one list, as every cluster allows.</summary>
    const int TermsMax = 65_536;

    static readonly Instant TimeEnd = Instant.Of(new(2262, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public static JsonObject Of(Query query) => query switch
    {
        Query.Both { Parts.IsEmpty: true } => Everything,
        Query.Both both => All(both.Parts.Select(Of)),
        Query.Either either => OfEither(either),
        Query.Not not => Not(Of(not.Part)),
        Query.Beyond beyond => Not(Within(new(Watermark.Zero, beyond.Watermark))),
        Query.Has has => IsMissing(has.Field) ? Nothing : has.Field.MayBeAbsent ? Exists(has.Field.Name) : Everything,
        Query.IdIs id => Term(id.Field.Name, id.Value.ToString("D")),
        Query.TextIs text => OfPattern(FieldOf(text.Field), text.Pattern),
        Query.In range => IsMissing(range.Field) ? Nothing : OfRange(range),
        _ => throw new NotSupportedException($"Elasticsearch does not know {query.GetType().Name}."),
    };

    public static JsonObject Everything => new() { ["match_all"] = new JsonObject() };

    public static JsonObject Nothing => new() { ["match_none"] = new JsonObject() };

    public static JsonObject All(params IEnumerable<JsonObject> parts) => Bool("filter", parts);

    public static JsonObject Any(params IEnumerable<JsonObject> parts) => Bool("should", parts);

    public static JsonObject Not(JsonObject part) => Bool("must_not", [part]);

    public static JsonObject Term(string field, JsonNode value) => new() { ["term"] = new JsonObject { [field] = value } };

    public static JsonObject Range(string field, JsonNode? from, JsonNode? to)
    {
        var bounds = new JsonObject();
        if (from is not null)
            bounds["gte"] = from;
        if (to is not null)
            bounds["lt"] = to;
        return new() { ["range"] = new JsonObject { [field] = bounds } };
    }

    /// <summary>What lies in the range: the same of rows and duplicates.</summary>
    public static JsonObject Within(PositionRange range)
    {
        var stretches = range.Stretches.Select(stretch => Within(stretch.Partition, stretch.From, stretch.To)).ToList();
        return stretches is [] ? Nothing : Any(stretches);
    }

    public static JsonObject Within(LogPartition partition, long from, long to) => All(
        Term(TransactionDocument.Epoch, partition.Epoch.ToString("D")), Term(TransactionDocument.Partition, partition.Number),
        Range(TransactionDocument.Offset, from, to));

    /// <summary>The field that is compared.</summary>
    public static string FieldOf(QueryField field) =>
        field == QueryField.Detail ? TransactionDocument.FoldedDetail
        : field == QueryField.Amount ? TransactionDocument.Cents
        : field.Name;

    /// <summary>Many values of one field become one list, which is looked up and not gone through.</summary>
    static JsonObject OfEither(Query.Either either)
    {
        var literals = either.Parts.OfType<Query.TextIs>().Where(text => text.Pattern.IsLiteral).GroupBy(text => text.Field)
            .Where(same => same.Count() is > 1 and <= TermsMax).ToDictionary(same => same.Key);
        var lists = literals.Select(same => new JsonObject
        {
            ["terms"] = new JsonObject
            {
                [FieldOf(same.Key)] = new JsonArray([.. same.Value.Select(text => (JsonNode)text.Pattern.Pieces[0])]),
            },
        });
        var rest = either.Parts.Where(part =>
            part is not Query.TextIs { Pattern.IsLiteral: true } text || !literals.ContainsKey(text.Field));
        return Any([.. lists, .. rest.Select(Of)]);
    }

    static JsonObject OfPattern(string field, TextPattern pattern) => pattern.Pieces switch
    {
        [var whole] => Term(field, whole),
        [var start, ""] => new() { ["prefix"] = new JsonObject { [field] = start } },
        var pieces => new()
        {
            ["wildcard"] = new JsonObject
            {
                [field] = new JsonObject { ["value"] = string.Join('*', pieces.Select(Escape)) },
            },
        },
    };

    static string Escape(string piece) => piece.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal);

    static JsonObject OfRange(Query.In range)
    {
        var field = FieldOf(range.Field);
        if (range.Field.Kind != FieldKind.Time)
            return Range(field, range.From, range.To);
        // Of a time outside its span the field would not know what is meant.
        if (range.From >= TimeEnd.Microseconds || range.To <= 0)
            return Nothing;
        return range is { From: <= 0 or null, To: null } || range.From is null && range.To >= TimeEnd.Microseconds
            ? Exists(field)
            : Range(field, Moment(range.From > 0 ? range.From : null), Moment(range.To < TimeEnd.Microseconds ? range.To : null));
    }

    static JsonNode? Moment(long? microseconds) => microseconds is { } moment ? new Instant(moment).ToString() : null;

    static JsonObject Exists(string field) => new() { ["exists"] = new JsonObject { ["field"] = field } };

    /// <summary>Without "must", one "should" has to hold.</summary>
    static JsonObject Bool(string occurrence, IEnumerable<JsonObject> parts) =>
        new() { ["bool"] = new JsonObject { [occurrence] = new JsonArray([.. parts]) } };

    static bool IsMissing(QueryField field) => field == QueryField.BatchDate || field == QueryField.Run;
}
