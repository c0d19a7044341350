using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Caudal.Dashboard.Api;
using Caudal.Host.Composition;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Host.Verbs;

static class SearchVerb
{
    const int PageRows = 10_000;

    static readonly Argument<string> Query = new("QUERY")
    {
        Description = "Which ones, such as 'app: DeUna and valor >= 500 and detalle: *nomina*' [default: all]",
        DefaultValueFactory = _ => "",
    };

    static readonly Option<string?> Store = new Option<string?>("--store")
    {
        Description = "hot, history or both [default: both]", HelpName = "STORE",
    }.AcceptOnlyFromAmong("hot", "history", "both");

    static readonly Option<string?> From = new("--from") { Description = "Only what happened at this time or later", HelpName = "T" };
    static readonly Option<string?> To = new("--to") { Description = "Only what happened before this time", HelpName = "T" };

    static readonly Option<string?> Sort = new Option<string?>("--sort")
    {
        Description = "A field such as timestamp, valor or position, the greatest first; with + before it the least first "
            + "[default: timestamp]",
        HelpName = "F",
    }.AcceptOnlyFromAmong([.. SortKeys.ByName.Keys, .. SortKeys.ByName.Keys.Select(key => "+" + key)]);

    static readonly Option<int> Limit = new("--limit")
    {
        Description = "The most rows, or values of --top", HelpName = "N", CustomParser = WholeNumber.Parse<int>,
        DefaultValueFactory = _ => 100,
    };

    static readonly Option<bool> Count = new("--count")
    {
        Description = "Only how many there are, their sum and their average; the limit does not apply",
    };

    static readonly Option<string?> Top = new Option<string?>("--top")
    {
        Description = "Count by this field, the values with the most rows first", HelpName = "FIELD",
    };

    static readonly Option<string?> Histogram = new Option<string?>("--histogram")
    {
        Description = "Count by minute, hour, day or month of the business zone", HelpName = "UNIT",
    }.AcceptOnlyFromAmong("minute", "hour", "day", "month");

    public static VerbCommand Build() => new VerbCommand(
        "search", "List transactions, newest first, or count them",
        "caudal search --limit 5",
        "caudal search 'app: \"Banca Web\" and valor >= 500 and not producto: (Ahorros or Corriente)'",
        "caudal search 'detalle: *nomina*' --from 2025-09-13 --to 2025-09-14 --sort valor",
        "caudal search 'valor: 100..200' --top cuenta_ordenante --limit 10",
        "caudal search --histogram day --store history",
        "caudal search --store history --count --json")
    {
        Query, Store, From, To, Sort, Limit, Count, Top, Histogram,
    }.Explains(
        ["Times are ISO 8601; without an offset they are read in the business zone, and a day alone is its beginning."],
        settings: ["History:BusinessZone", "Http:ResultRowsMax"]).Does(AnswerAsync);

    static async Task<int> AnswerAsync(ParseResult parse, Session session, CancellationToken cancellation)
    {
        Check(parse.GetValue(Query)!);
        if (parse.GetValue(Limit) < 1)
            throw new UsageException("The limit must be at least 1.");
        if (new[] { parse.GetValue(Count), parse.GetValue(Top) is not null, parse.GetValue(Histogram) is not null }.Count(on => on) > 1)
            throw new UsageException("Choose one of --count, --top and --histogram.");
        session.RequireData();
        await using var connection = await Connection.OpenAsync(session, cancellation);
        await connection.CatchUpAsync(session.Terminal, cancellation);
        var (api, terminal) = (connection.Api, session.Terminal);
        if (parse.GetValue(Count))
            terminal.Result(
                await api.AskAsync(
                    "count", Ask(parse, new CountRequest()), ApiJson.Default.CountRequest, ApiJson.Default.CountAnswer, cancellation),
                ApiJson.Default.CountAnswer, SearchView.Of);
        else if (parse.GetValue(Top) is { } field)
            terminal.Result(
                await api.AskAsync(
                    "top", Ask(parse, new TopRequest { Field = field, Limit = parse.GetValue(Limit) }), ApiJson.Default.TopRequest,
                    ApiJson.Default.TopValuesAnswer, cancellation),
                ApiJson.Default.TopValuesAnswer, SearchView.Of);
        else if (parse.GetValue(Histogram) is { } unit)
            terminal.Result(
                await api.AskAsync(
                    "histogram", Ask(parse, new HistogramRequest { Every = Enum.Parse<TimeUnit>(unit, ignoreCase: true) }),
                    ApiJson.Default.HistogramRequest, ApiJson.Default.HistogramAnswer, cancellation),
                ApiJson.Default.HistogramAnswer, SearchView.Of);
        else
            await terminal.RowsAsync(ReadAsync(parse, api, cancellation), SearchView.Of);
        return ExitCode.Done;
    }

    /// <summary>Page by page, so that no answer is large, however many rows are wanted.</summary>
    static async IAsyncEnumerable<JsonElement> ReadAsync(
        ParseResult parse, ApiClient api,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var sort = parse.GetValue(Sort);
        var request = Ask(parse, new SearchRequest
        {
            Sort = sort?.TrimStart('+'), Descending = sort?.StartsWith('+') is not true,
        });
        for (var left = parse.GetValue(Limit); left > 0;)
        {
            var page = await api.AskAsync(
                "", request with { Limit = Math.Min(left, PageRows) }, ApiJson.Default.SearchRequest,
                ApiJson.Default.JsonElement, cancellation);
            foreach (var row in page.GetProperty("rows").EnumerateArray())
            {
                yield return row;
                left--;
            }
            request = request with { After = page.GetProperty("next").GetString() };
            if (request.After is null)
                yield break;
        }
    }

    static Task<T> AskAsync<TAsked, T>(
        this ApiClient api, string what, TAsked asked, JsonTypeInfo<TAsked> askedType, JsonTypeInfo<T> type,
        CancellationToken cancellation) =>
        api.PostAsync($"/api/search/{what}".TrimEnd('/'), asked, askedType, type, cancellation);

    static T Ask<T>(ParseResult parse, T request) where T : Asked => (T)(request with
    {
        Query = parse.GetValue(Query), Store = parse.GetValue(Store), From = parse.GetValue(From), To = parse.GetValue(To),
    });

    /// <summary>What cannot be read is told before anything is opened, with a caret under where it goes wrong.</summary>
    static void Check(string query)
    {
        try
        {
            // Which zone it is decides what a time means, not whether it can be read.
            QueryParser.Parse(query, TimeZoneInfo.Utc);
        }
        catch (QueryException wrong)
        {
            throw new UsageException($"{wrong.Message}\n{wrong.Point(query)}");
        }
    }
}
