using Caudal.Querying;

namespace Caudal.Bench;

/// <summary>What a dashboard over a month asks, each time it looks.</summary>
static class DashboardQuestions
{
    public static readonly TimeZoneInfo Zone = TimeZoneInfo.FindSystemTimeZoneById("America/Guayaquil");

    public static readonly IReadOnlyList<(string Name, Func<TransactionQueries, Task> Ask)> Eight =
    [
        ("1 count and sum", queries => CountAsync(queries, "")),
        ("2 average amount of one app", queries => CountAsync(queries, "app: DeUna")),
        ("3 volume by minute, a day", queries => ByTimeAsync(queries, "timestamp: 2025-09-15", TimeUnit.Minute, Zone)),
        ("4 volume by hour, the month", queries => ByTimeAsync(queries, "", TimeUnit.Hour, Zone)),
        ("5 top products by sum", queries => TopAsync(queries, QueryField.Product, TopOrder.Sum)),
        ("6 percentiles of the amount", queries => queries.PercentilesAsync(Query.Everything, [50, 90, 95, 99], default).AsTask()),
        ("7 top accounts", queries => TopAsync(queries, QueryField.DebtorAccount, TopOrder.Count)),
        ("8 volume by day of a query", queries => ByTimeAsync(
            queries, "app: \"Banca Web\" and valor >= 50 and not producto: Inversiones", TimeUnit.Day, Zone)),
    ];

    public static Task CountAsync(TransactionQueries queries, string where) => queries.CountAsync(Parse(where), default).AsTask();

    public static Task ByTimeAsync(TransactionQueries queries, string where, TimeUnit every, TimeZoneInfo zone) =>
        queries.CountByTimeAsync(new(Parse(where), every, zone, 100_000), default).AsTask();

    public static Task TopAsync(TransactionQueries queries, QueryField field, TopOrder by) =>
        queries.TopAsync(new(Query.Everything, field, by, 10), default).AsTask();

    static Query Parse(string query) => QueryParser.Parse(query, Zone);
}
