using Caudal.Querying;
using CsCheck;

namespace Caudal.Tests.Querying;

public sealed class QueryProperties
{
    static readonly string[] Words =
    [
        "app", "valor", "detalle", "timestamp", "id", "position", "batch_date", ":", ">=", "<", "(", ")", "\"", "*", "\\", "and", "or",
        "not", " ", "..", "500", "2025-09-13", "DeUna", "é", "\n", "@", "=", "'", "-", "9999-12-31", "99999999999999999999", "\ud83d",
        "6e0d5f0a-4f5c/1/2",
    ];

    [Fact]
    public void What_is_written_of_a_query_is_read_as_that_query() =>
        SomeQuery.Any.Sample(query => QueryParser.Parse(query.ToString(), TimeZoneInfo.Utc).ShouldBe(query, query.ToString()), iter: 3000);

    [Fact]
    public void Any_text_is_a_query_or_is_refused_with_a_column_in_it() =>
        Gen.OneOf(Gen.OneOf(Words).Array[0, 30].Select(words => string.Concat(words)), Gen.String).Sample(text =>
        {
            try
            {
                var query = QueryParser.Parse(text, TimeZoneInfo.Utc);
                QueryParser.Parse(query.ToString(), TimeZoneInfo.Utc).ShouldBe(query);
            }
            catch (QueryException refusal)
            {
                refusal.Column.ShouldBeInRange(0, Math.Max(text.Length, 4096));
                refusal.Message.ShouldNotBeNullOrWhiteSpace();
                refusal.Point(text).ShouldEndWith("^");
            }
        }, iter: 20_000);
}
