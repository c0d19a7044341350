using System.Text.Json.Serialization;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Dashboard.Api;

/// <summary>Which transactions are meant. What is left out bounds nothing.</summary>
public abstract record Asked
{
    /// <summary>In the query language.</summary>
    public string? Query { get; init; }

    /// <summary>hot, history or both; both where left out.</summary>
    public string? Store { get; init; }

    /// <summary>Event time, inclusive; without an offset in the business zone.</summary>
    public string? From { get; init; }

    /// <summary>Event time, exclusive.</summary>
    public string? To { get; init; }

    internal Query Where(TimeZoneInfo zone)
    {
        var from = From is null ? default(Instant?) : Moments.Parse(From, "from", zone);
        var to = To is null ? default(Instant?) : Moments.Parse(To, "to", zone);
        if (from > to)
            throw ApiProblemException.BadRequest($"From {From} is later than to {To}: swap them.");
        var where = QueryParser.Parse(Query ?? "", zone);
        return from is null && to is null ? where : Querying.Query.All(
            where, new Query.In(QueryField.Timestamp, from?.Microseconds, to?.Microseconds));
    }

    internal TransactionQueries In(RunningPipeline pipeline) => Store switch
    {
        null or "both" => new BothStores(pipeline.Hot, pipeline.History),
        "hot" => pipeline.Hot.Queries,
        "history" => pipeline.History.Queries,
        _ => throw ApiProblemException.BadRequest("The store is hot, history or both."),
    };
}

/// <summary>Asks for one page of rows.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SearchRequest : Asked
{
    /// <summary>timestamp where left out.</summary>
    public string? Sort { get; init; }

    /// <summary>The greatest first; true where left out.</summary>
    public bool? Descending { get; init; }

    public int? Limit { get; init; }

    /// <summary>The <c>next</c> of the page before, asked with everything else alike.</summary>
    public string? After { get; init; }

    internal TransactionSearch ToSearch(TimeZoneInfo zone, ApiLimits limits)
    {
        var search = new TransactionSearch
        {
            Where = Where(zone),
            Sort = SortKeys.ByName.TryGetValue(Sort ?? Wire.Timestamp, out var key)
                ? key
                : throw ApiProblemException.BadRequest($"Rows are sorted by {string.Join(", ", SortKeys.ByName.Keys)}; not by {Sort}."),
            Descending = Descending ?? true,
            Limit = limits.Rows(Limit, 100),
        };
        return After is null ? search : search with { After = ReadCursor(search) };
    }

    SearchCursor ReadCursor(TransactionSearch search)
    {
        try
        {
            var cursor = SearchCursor.Parse(After!);
            return cursor.Sort == search.Sort && cursor.Descending == search.Descending
                ? cursor
                : throw ApiProblemException.BadRequest("The cursor is of another order: ask for the first page without one.");
        }
        catch (FormatException malformed)
        {
            throw ApiProblemException.BadRequest(malformed.Message);
        }
    }
}

/// <summary>Asks how many there are, and their sum.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CountRequest : Asked;

/// <summary>Asks for count and sum by time.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HistogramRequest : Asked
{
    /// <summary>minute, hour, day or month.</summary>
    public required TimeUnit Every { get; init; }

    /// <summary>Whose clock is meant, by its IANA name; the business zone where left out.</summary>
    public string? Zone { get; init; }
}

/// <summary>Asks for the values of a field that have the most rows, or the greatest sum.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TopRequest : Asked
{
    /// <summary>A text field.</summary>
    public required string Field { get; init; }

    /// <summary>count or sum; count where left out.</summary>
    public TopOrder By { get; init; }

    public int? Limit { get; init; }
}

/// <summary>Asks below which amounts so many percent of the rows lie.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PercentilesRequest : Asked
{
    /// <summary>From 0 to 100; 50, 90, 95 and 99 where left out.</summary>
    public IReadOnlyList<decimal>? Percents { get; init; }
}

/// <param name="Average">Σ / count to four decimals, halves away from zero; null of nothing.</param>
public sealed record CountAnswer(long Count, MoneySum Sum, string? Average)
{
    public static CountAnswer Of(Totals totals) =>
        new(totals.Count, totals.Sum, totals.Average?.ToString("F4", System.Globalization.CultureInfo.InvariantCulture));
}

/// <summary>Buckets that have no rows are left out.</summary>
public sealed record HistogramAnswer(TimeUnit Every, string Zone, IReadOnlyList<HistogramBucket> Buckets);

public sealed record HistogramBucket(Instant From, Instant To, long Count, MoneySum Sum);

/// <param name="Others">All rows of other values, and those without the field.</param>
public sealed record TopValuesAnswer(string Field, TopOrder By, IReadOnlyList<TopValue> Values, CountAnswer Others);

public sealed record TopValue(string Value, long Count, MoneySum Sum);

/// <param name="Approximate">Always true: of many rows, only a sample is looked at.</param>
/// <param name="Sampled">How many of the rows were.</param>
public sealed record PercentilesAnswer(bool Approximate, long Count, long Sampled, IReadOnlyList<PercentileValue> Values);

public sealed record PercentileValue(decimal Percent, MoneySum Amount);
