using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// A <see cref="TransactionSearch"/> in DuckDB's words, over any table that begins with <see cref="TransactionColumns"/>.
/// </summary>
static class SearchSql
{
    /// <param name="columns">What to select, for <see cref="TransactionReader"/>.</param>
    public static IEnumerable<IReadOnlyList<Transaction>> Search(
        DuckDBConnection connection, string table, string columns, TransactionSearch search, CancellationToken cancellation)
    {
        var (condition, parameters) = Filter(search);
        var direction = search.Descending ? "DESC" : "ASC";
        var order = string.Join(", ", KeysOf(search.Sort).Select(key => $"{key} {direction}"));
        var sql = $"SELECT {columns} FROM {table} WHERE {condition} ORDER BY {order} LIMIT ${parameters.Length + 1}";
        return TransactionReader.Read(connection, sql, [.. parameters, (long)search.Limit], cancellation);
    }

    public static Figures Count(DuckDBConnection connection, string table, TransactionSearch search, CancellationToken cancellation)
    {
        var (condition, parameters) = Filter(search);
        return FigureSql.Measure(connection, table, condition, cancellation, parameters);
    }

    static string[] KeysOf(SortKey sort) => sort switch
    {
        SortKey.Timestamp => [Wire.Timestamp, .. PositionKeys],
        SortKey.Amount => [Wire.Amount, .. PositionKeys],
        SortKey.Position => PositionKeys,
        _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, "No such sort key."),
    };

    static readonly string[] PositionKeys = ["epoch", "partition", "\"offset\""];

    static (string Condition, object[] Parameters) Filter(TransactionSearch search)
    {
        var parameters = new List<object>();
        var conditions = new List<string> { "true" };
        if (search.From is { } from)
            Add($"{Wire.Timestamp} >= ", from);
        if (search.To is { } to)
            Add($"{Wire.Timestamp} < ", to);
        if (search.Id is { } id)
            Add($"{Wire.Id} = ", id, "::UUID");
        return (string.Join(" AND ", conditions), [.. parameters]);

        void Add(string comparison, object value, string cast = "")
        {
            parameters.Add(value);
            conditions.Add($"{comparison}${parameters.Count}{cast}");
        }
    }
}
