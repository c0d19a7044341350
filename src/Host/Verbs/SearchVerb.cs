using System.CommandLine;
using System.Text.Json;
using Caudal.Dashboard.Api;
using Caudal.Host.Composition;
using Caudal.Transactions;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Caudal.Host.Verbs;

static class SearchVerb
{
    static readonly Option<string?> Store = new Option<string?>("--store")
    {
        Description = "hot, history or both [default: both]", HelpName = "STORE",
    }.AcceptOnlyFromAmong("hot", "history", "both");

    static readonly Option<string?> From = new("--from") { Description = "Only what happened at this time or later", HelpName = "T" };
    static readonly Option<string?> To = new("--to") { Description = "Only what happened before this time", HelpName = "T" };
    static readonly Option<string?> Id = new("--id") { Description = "Only the transaction with this id", HelpName = "UUID" };

    static readonly Option<string?> Sort = new Option<string?>("--sort")
    {
        Description = "timestamp, valor or position, the greatest first; with + before it the least first [default: timestamp]",
        HelpName = "F",
    }.AcceptOnlyFromAmong([.. SortKeys, .. SortKeys.Select(key => "+" + key)]);

    static readonly Option<int> Limit = new("--limit")
    {
        Description = "The most rows", HelpName = "N", CustomParser = WholeNumber.Parse<int>, DefaultValueFactory = _ => 100,
    };
    static readonly Option<bool> Count = new("--count")
    {
        Description = "Only how many there are, and their sum; the limit does not apply",
    };

    static readonly string[] Columns =
    [
        Wire.Timestamp, Wire.App, Wire.Product, Wire.Amount, Wire.DebtorAccount, Wire.CreditorAccount, Wire.Detail, Wire.BatchDate, Wire.Id,
    ];

    static string[] SortKeys => [Wire.Timestamp, Wire.Amount, Wire.Position];

    public static VerbCommand Build() => new VerbCommand(
        "search", "List transactions, newest first, or count them",
        "caudal search --limit 5", "caudal search --from 2025-09-13 --to 2025-09-14 --sort valor",
        "caudal search --store history --count --json")
    {
        Store, From, To, Id, Sort, Limit, Count,
    }.Does(async (parse, session, cancellation) =>
    {
        session.RequireData();
        var query = Query(parse);
        await using var connection = await Connection.OpenAsync(session, cancellation);
        await connection.CatchUpAsync(session.Terminal, cancellation);
        if (parse.GetValue(Count))
        {
            var count = await connection.Api.GetAsync($"/api/transactions/count{query}", ApiJson.Default.CountAnswer, cancellation);
            session.Terminal.Result(count, ApiJson.Default.CountAnswer, figures =>
                new Text($"{Numbers.Format(figures.Count)} transactions, {Numbers.Format(figures.Sum)}\n"));
            return ExitCode.Done;
        }
        await using var rows = await connection.Api.GetLinesAsync($"/api/transactions/search{query}", cancellation);
        await session.Terminal.LinesAsync(rows, Table, cancellation);
        return ExitCode.Done;
    });

    static QueryString Query(ParseResult parse)
    {
        var sort = parse.GetValue(Sort);
        var query = new QueryString();
        foreach (var (name, value) in new[]
        {
            ("store", parse.GetValue(Store)), ("from", parse.GetValue(From)), ("to", parse.GetValue(To)), ("id", parse.GetValue(Id)),
            ("sort", sort?.TrimStart('+')), ("descending", sort?.StartsWith('+') == true ? "false" : null),
            ("limit", $"{parse.GetValue(Limit)}"),
        })
            if (value is not null)
                query = query.Add(name, value);
        return query;
    }

    static Table Table(IReadOnlyList<JsonElement> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in Columns)
            table.AddColumn(new TableColumn(column) { NoWrap = true, Alignment = column == Wire.Amount ? Justify.Right : Justify.Left });
        foreach (var row in rows)
            table.AddRow(Columns.Select(IRenderable (column) => new Text(row.TryGetProperty(column, out var value) ? $"{value}" : "")));
        return table;
    }
}
