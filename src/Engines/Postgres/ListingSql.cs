using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Engines.Postgres;

/// <summary>A <see cref="TransactionSearch"/>'s order, page and limit in PostgreSQL's words.</summary>
static class ListingSql
{
    static readonly string[] PositionKeys = ["epoch", "partition", "\"offset\""];

    /// <summary>What a row without a position is compared as.</summary>
    static readonly string[] PositionValues =
        [$"coalesce(epoch, '{Guid.Empty}')", "coalesce(partition, 0)", "coalesce(\"offset\", 0)"];

    /// <summary>The whole statement, with its parameters in <paramref name="sql"/>.</summary>
    public static string Select(TransactionSearch search, QuerySql sql)
    {
        var condition = sql.Condition(search.Where);
        if (search.After is { } cursor)
            condition += $" AND {After(cursor, sql)}";
        var direction = search.Descending ? "DESC NULLS LAST" : "ASC NULLS FIRST";
        var order = string.Join(", ", Keys(search.Sort).Concat(PositionKeys).Append(Wire.Id).Select(key => $"{key} {direction}"));
        return $"SELECT {TransactionReader.Columns} FROM {HistorySchema.Rows} WHERE {condition} ORDER BY {order} "
            + $"LIMIT {sql.Parameter((long)search.Limit)}";
    }

    /// <summary>The key's column once more by itself, since by that alone whole blocks of rows are passed over.</summary>
    static string After(SearchCursor cursor, QuerySql sql)
    {
        var comparison = cursor.Descending ? "<" : ">";
        var (keys, values) = (Keys(cursor.Sort), (string[])[.. Values(cursor, sql)]);
        string[] place =
        [
            sql.Parameter(cursor.Position.Epoch), sql.Parameter(cursor.Position.Partition), sql.Parameter(cursor.Position.Offset),
            sql.Parameter(cursor.Id.ToGuid()),
        ];
        var coarse = keys.Select((key, index) => $"{key} {comparison}= {values[index]} AND ");
        return $"({string.Concat(coarse)}({string.Join(", ", keys.Concat(PositionValues).Append(Wire.Id))}) {comparison} "
            + $"({string.Join(", ", values.Concat(place))}))";
    }

    static string[] Keys(SortKey sort) => sort == SortKey.Position ? [] : [$"\"{sort.Name()}\""];

    static IEnumerable<string> Values(SearchCursor cursor, QuerySql sql) => cursor.Sort switch
    {
        SortKey.Position => [],
        SortKey.Timestamp => [sql.Parameter(new Instant(cursor.Number))],
        SortKey.Amount => [sql.Parameter((decimal)cursor.Number / 100)],
        SortKey.Id => [sql.Parameter(cursor.Id.ToGuid())],
        _ => [sql.Parameter(cursor.Text)],
    };
}
