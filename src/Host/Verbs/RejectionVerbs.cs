using System.CommandLine;
using System.Text;
using System.Text.Json;
using Caudal.Dashboard.Api;
using Caudal.Host.Composition;
using Caudal.Log;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Caudal.Host.Verbs;

static class RejectionVerbs
{
    const string Path = "/api/rejections";
    const string IdForm = "What `caudal rejections list` names it: epoch/partition/offset";

    static readonly string[] ListedMembers = ["rejectedAt", "state", "code", "id", "sentence"];

    public static VerbCommand Build() => new(
        "rejections", "What was not taken: look at it, send it again, or discard it",
        "caudal rejections list --state open", "caudal rejections show ID", "caudal rejections resend ID",
        "caudal rejections discard ID --why \"a test\"")
    {
        List(), Show(), Resend(), Discard(),
    };

    static VerbCommand List()
    {
        var state = new Option<string?>("--state") { Description = "open, resent or discarded [default: all]", HelpName = "STATE" }
            .AcceptOnlyFromAmong("open", "resent", "discarded");
        var code = new Option<string?>("--code") { Description = "Only those with this code", HelpName = "CODE" };
        var limit = new Option<int>("--limit")
        {
            Description = "The most rows", HelpName = "N", CustomParser = WholeNumber.Parse<int>, DefaultValueFactory = _ => 100,
        };
        return new VerbCommand("list", "List rejections, newest first", "caudal rejections list",
            "caudal rejections list --code missing_field --json")
        {
            state, code, limit,
        }.Does(async (parse, session, cancellation) =>
        {
            session.RequireData();
            var query = new QueryString().Add("limit", $"{parse.GetValue(limit)}");
            if (parse.GetValue(state) is { } only)
                query = query.Add("state", only);
            if (parse.GetValue(code) is { } word)
                query = query.Add("code", word);
            await using var connection = await Connection.OpenAsync(session, cancellation);
            await connection.CatchUpAsync(session.Terminal, cancellation);
            await using var rows = await connection.Api.GetLinesAsync(Path + query, cancellation);
            await session.Terminal.LinesAsync(rows, Listed, cancellation);
            return ExitCode.Done;
        });
    }

    static VerbCommand Show()
    {
        var id = Id();
        return new VerbCommand("show", "Show a rejection with the message that was not taken", "caudal rejections show ID") { id }
            .Does(async (parse, session, cancellation) =>
            {
                session.RequireData();
                await using var connection = await Connection.OpenAsync(session, cancellation);
                await connection.CatchUpAsync(session.Terminal, cancellation);
                var rejection = await connection.Api.GetAsync($"{Path}/{parse.GetValue(id)}", ApiJson.Default.RejectionAnswer,
                    cancellation);
                session.Terminal.Result(rejection, ApiJson.Default.RejectionAnswer, Facts);
                return ExitCode.Done;
            });
    }

    static VerbCommand Resend()
    {
        var ids = Ids();
        var edited = new Option<FileInfo?>("--edited")
        {
            Description = "Send this file's bytes in the message's place (one ID only)", HelpName = "FILE",
        };
        return new VerbCommand(
            "resend", "Append a message again under its identity: sent twice, it makes no second transaction",
            "caudal rejections resend ID", "caudal rejections resend ID --edited mended.json")
        {
            ids, edited,
        }.Does((parse, session, cancellation) => DecideAsync(parse.GetValue(ids)!, session, async (connection, id) =>
        {
            using var content = parse.GetValue(edited) is { } file ? await ReadAsync(file, parse.GetValue(ids)!, cancellation) : null;
            return await connection.Api.PostAsync($"{Path}/{id}/resend", content, ApiJson.Default.RejectionAnswer, cancellation);
        }, cancellation));
    }

    static VerbCommand Discard()
    {
        var ids = Ids();
        var why = new Option<string>("--why") { Description = "The reason, which is kept", HelpName = "TEXT", Required = true };
        return new VerbCommand("discard", "Note that a message will not be taken, and why", "caudal rejections discard ID --why \"a test\"")
        {
            ids, why,
        }.Does((parse, session, cancellation) => DecideAsync(parse.GetValue(ids)!, session, (connection, id) => connection.Api.PostAsync(
            $"{Path}/{id}/discard", new Decision(parse.GetRequiredValue(why)), ApiJson.Default.Decision,
            ApiJson.Default.RejectionAnswer, cancellation), cancellation));
    }

    static async Task<int> DecideAsync(
        Position[] ids, Session session, Func<Connection, Position, Task<RejectionAnswer>> decide, CancellationToken cancellation)
    {
        session.RequireData();
        await using var connection = await Connection.OpenAsync(session, cancellation);
        await connection.CatchUpAsync(session.Terminal, cancellation);
        var decided = new List<RejectionAnswer>();
        foreach (var id in ids)
            decided.Add(await decide(connection, id));
        session.Terminal.Results(decided, ApiJson.Default.RejectionAnswer, rows => Listed([
            .. rows.Select(row => JsonSerializer.SerializeToElement(row, ApiJson.Default.RejectionAnswer))]));
        return ExitCode.Done;
    }

    static async Task<HttpContent> ReadAsync(FileInfo file, Position[] ids, CancellationToken cancellation) =>
        ids.Length == 1
            ? new ByteArrayContent(await File.ReadAllBytesAsync(file.FullName, cancellation))
            : throw new UsageException("--edited mends one message: give one ID.");

    static Argument<Position> Id() => new("ID")
    {
        Description = IdForm, CustomParser = result => ParseId(result.Tokens[0].Value, result.AddError),
    };

    static Argument<Position[]> Ids() => new("ID")
    {
        Description = IdForm, Arity = ArgumentArity.OneOrMore,
        CustomParser = result => [.. result.Tokens.Select(token => ParseId(token.Value, result.AddError))],
    };

    static Position ParseId(string text, Action<string> refuse)
    {
        try
        {
            return Position.Parse(text);
        }
        catch (Exception malformed) when (malformed is FormatException or OverflowException or ArgumentException)
        {
            refuse($"'{text}' is no rejection's ID; one is written epoch/partition/offset, as `caudal rejections list` shows it.");
            return default;
        }
    }

    static Listing Listed(IReadOnlyList<JsonElement> rows)
    {
        var listing = new Listing("rejected at", "state", "code", "id", "sentence");
        foreach (var row in rows)
            listing.Add(ListedMembers.Select(name => row.GetProperty(name).ToString()));
        return listing;
    }

    static IRenderable Facts(RejectionAnswer rejection)
    {
        var facts = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        foreach (var (name, value) in new (string, string?)[]
        {
            ("id", rejection.Id.ToString()), ("state", rejection.State.ToString()), ("code", rejection.Code), ("field", rejection.Field),
            ("sentence", rejection.Sentence), ("rejected at", rejection.RejectedAt.ToString()), ("run", rejection.Run?.ToString()),
            ("length", $"{Numbers.Format(rejection.Length)} bytes"), ("sha256", rejection.Sha256), ("why", rejection.Why),
        })
            if (value is not null)
                facts.AddRow(new Text(name, new(decoration: Decoration.Dim)), new Text(value));
        return new Rows(facts, new Text(Encoding.UTF8.GetString((rejection.Bytes ?? default).Span)));
    }
}
