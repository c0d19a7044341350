using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Dashboard.Viewing;

/// <summary>How far back a page looks: up to now, or between two moments that the reader chose.</summary>
public sealed record Reach
{
    public static readonly Reach Quarter = new() { Name = "15m", Lasts = TimeSpan.FromMinutes(15), Every = TimeUnit.Minute };
    public static readonly Reach Hour = new() { Name = "1h", Lasts = TimeSpan.FromHours(1), Every = TimeUnit.Minute };
    public static readonly Reach Day = new() { Name = "24h", Lasts = TimeSpan.FromHours(24), Every = TimeUnit.Hour };
    public static readonly Reach Week = new() { Name = "7d", Lasts = TimeSpan.FromDays(7), Every = TimeUnit.Hour };
    public static readonly Reach Month = new() { Name = "30d", Lasts = TimeSpan.FromDays(30), Every = TimeUnit.Day };
    public static readonly Reach All = new() { Name = "all", Every = TimeUnit.Day };

    public static readonly IReadOnlyList<Reach> Usual = [Quarter, Hour, Day, Week, Month, All];

    /// <summary>As an address has it; empty between two chosen moments.</summary>
    public required string Name { get; init; }

    /// <summary>Null for all there is, or where the reader chose both ends.</summary>
    public TimeSpan? Lasts { get; init; }

    public required TimeUnit Every { get; init; }

    /// <summary>Chosen ends: from inclusive, to exclusive.</summary>
    public Instant? From { get; init; }

    public Instant? To { get; init; }

    public static Reach Between(Instant from, Instant to) => new()
    {
        Name = "", From = from, To = to, Every = (to - from) switch
        {
            { TotalHours: <= 3 } => TimeUnit.Minute,
            { TotalDays: <= 10 } => TimeUnit.Hour,
            { TotalDays: <= 800 } => TimeUnit.Day,
            _ => TimeUnit.Month,
        },
    };

    /// <summary>The ends as of a moment; the first bucket is whole.</summary>
    public (Instant? From, Instant? To) EndsAt(Instant now, TimeZoneInfo zone)
    {
        if (Lasts is not { } lasts)
            return (From, To);
        var begin = now - lasts;
        if (Every == TimeUnit.Day)
            return (Instant.StartOf(begin.DayIn(zone).AddDays(1), zone), null);
        var unit = (Every == TimeUnit.Hour ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(1)).Ticks / TimeSpan.TicksPerMicrosecond;
        return (new((begin.Microseconds / unit + 1) * unit), null);
    }
}

/// <summary>Which transactions a page shows: a reach, a query in the query language, and filters that were clicked together.</summary>
public sealed record View
{
    public const string Both = "both";

    /// <summary>Where is looked: in both as one, only what no run has settled, or only what is archived.</summary>
    public static readonly IReadOnlyList<string> Stores = [Both, "hot", "history"];

    public Reach Reach { get; init; } = Reach.Hour;

    /// <summary>One of <see cref="Stores"/>.</summary>
    public string Store { get; init; } = Both;

    public string Query { get; init; } = "";

    /// <summary>Each a query of its own; all of them hold.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>The columns of a table of them, by their names; empty for the usual ones.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    public bool Equals(View? other) => other is not null && IsOfTheSame(other) && Columns.SequenceEqual(other.Columns);

    /// <summary>True where the other shows the same transactions, in whichever columns.</summary>
    public bool IsOfTheSame(View other) =>
        Reach == other.Reach && Store == other.Store && Query == other.Query && Filters.SequenceEqual(other.Filters);

    public override int GetHashCode() => Filters.Aggregate(HashCode.Combine(Reach, Query), HashCode.Combine);

    public View With(string filter) => Filters.Contains(filter) ? this : this with { Filters = [.. Filters, filter] };

    public View Without(string filter) => this with { Filters = [.. Filters.Where(each => each != filter)] };

    /// <summary>What query and filters ask for, at any time.</summary>
    /// <exception cref="QueryException">The query cannot be read; its column is that of <see cref="Query"/>.</exception>
    public Query Asked(TimeZoneInfo zone) => Querying.Query.All(
        Filters.Select(filter => QueryParser.Parse(filter, zone)).Prepend(QueryParser.Parse(Query, zone)));

    /// <summary>The same within the reach as of a moment.</summary>
    public Query Where(Instant now, TimeZoneInfo zone)
    {
        var (from, to) = Reach.EndsAt(now, zone);
        return from is null && to is null
            ? Asked(zone)
            : Querying.Query.All(Asked(zone), new Query.In(QueryField.Timestamp, from?.Microseconds, to?.Microseconds));
    }

    public TransactionQueries In(RunningPipeline pipeline) => Store switch
    {
        "hot" => pipeline.Hot.Queries,
        "history" => pipeline.History.Queries,
        _ => new BothStores(pipeline.Hot, pipeline.History),
    };

    /// <summary>A filter for one value of a text field, as a person would write it.</summary>
    public static string Is(QueryField field, string value) => new Query.TextIs(field, TextPattern.Of(value)).ToString();

    public static string Between(QueryField field, long? from, long? to) => new Query.In(field, from, to).ToString();
}
