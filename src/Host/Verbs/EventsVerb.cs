using System.CommandLine;
using System.Text.Json;
using Caudal.Auditing;
using Caudal.Host.Composition;

namespace Caudal.Host.Verbs;

static class EventsVerb
{
    static readonly Option<string?> Level = new Option<string?>("--level")
    {
        Description = "Only those as serious as this: warning, error or critical [default: all]", HelpName = "LEVEL",
    }.AcceptOnlyFromAmong([.. Enum.GetNames<EventLevel>().Select(level => level.ToLowerInvariant())]);

    static readonly Option<string?> From = new("--from") { Description = "Only what happened at this time or later", HelpName = "T" };
    static readonly Option<string?> To = new("--to") { Description = "Only what happened before this time", HelpName = "T" };
    static readonly Option<string?> Text = new("--text") { Description = "Only what contains this text, in any case", HelpName = "TEXT" };
    static readonly Option<bool> Audit = new("--audit") { Description = "Who did what to what, in place of events" };
    static readonly Option<int> Limit = new("--limit")
    {
        Description = "The most rows", HelpName = "N", CustomParser = WholeNumber.Parse<int>, DefaultValueFactory = _ => 100,
    };

    static readonly string[] EventMembers = ["time", "level", "message", "fault", "category"];
    static readonly string[] AuditMembers = ["time", "actor", "action", "object", "outcome"];

    public static VerbCommand Build() => new VerbCommand(
        "events", "List warnings, errors and alarms, or with --audit who did what, newest first",
        "caudal events --level error", "caudal events --from 2025-09-13 --text \"run 3\"", "caudal events --audit --json")
    {
        Level, From, To, Text, Audit, Limit,
    }.Does(async (parse, session, cancellation) =>
    {
        session.RequireData();
        var audit = parse.GetValue(Audit);
        if (audit && parse.GetValue(Level) is not null)
            throw new UsageException("The audit has no levels: leave out --level or --audit.");
        await using var connection = await Connection.OpenAsync(session, cancellation);
        await using var rows = await connection.Api.GetLinesAsync((audit ? "/api/audit" : "/api/events") + Query(parse), cancellation);
        await session.Terminal.LinesAsync(rows, entries => Listed(entries, audit ? AuditMembers : EventMembers), cancellation);
        return ExitCode.Done;
    });

    static QueryString Query(ParseResult parse)
    {
        var query = new QueryString().Add("limit", $"{parse.GetValue(Limit)}");
        foreach (var option in new[] { Level, From, To, Text })
            if (parse.GetValue(option) is { } value)
                query = query.Add(option.Name.TrimStart('-'), value);
        return query;
    }

    static Listing Listed(IReadOnlyList<JsonElement> entries, string[] members)
    {
        var listing = new Listing([.. members.Select(name => new Listing.Column(name))]);
        foreach (var entry in entries)
            listing.Add(members.Select(name => entry.GetProperty(name).ToString()));
        return listing;
    }
}
