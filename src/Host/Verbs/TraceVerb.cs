using System.CommandLine;
using Caudal.Dashboard.Api;
using Caudal.Host.Composition;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Caudal.Host.Verbs;

static class TraceVerb
{
    public static VerbCommand Build()
    {
        var id = new Argument<string>("ID") { Description = "A transaction's id (a UUID), or a position: epoch/partition/offset" };
        return new VerbCommand(
            "trace", "Follow one transaction from the log to the receipt that vouches for it", "caudal trace ID", "caudal trace ID --json")
        {
            id,
        }.Does(async (parse, session, cancellation) =>
        {
            session.RequireData();
            await using var connection = await Connection.OpenAsync(session, cancellation);
            await connection.CatchUpAsync(session.Terminal, cancellation);
            var named = parse.GetRequiredValue(id);
            var place = named.Contains('/', StringComparison.Ordinal) ? $"at/{named}" : Uri.EscapeDataString(named);
            var journey = await connection.Api.GetAsync(
                $"/api/transactions/{place}/journey", ApiJson.Default.JourneyAnswer, cancellation);
            session.Terminal.Result(journey, ApiJson.Default.JourneyAnswer, Of);
            return ExitCode.Done;
        });
    }

    static IRenderable Of(JourneyAnswer journey)
    {
        var facts = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        foreach (var (name, value) in new (string, string?)[]
        {
            ("id", $"{journey.Id}"), ("position", $"{journey.Position}"), ("counts in", $"{journey.Place}"),
            ("rejected", journey.Rejection?.Sentence), ("run", journey.Run is { } run ? $"{run.Run} ({run.State})" : null),
            ("receipt", journey.Receipt),
        })
            if (!string.IsNullOrEmpty(value))
                facts.AddRow(new Text(name, new(decoration: Decoration.Dim)), new Text(value));
        var stops = new Listing("stop", "at", Listing.Number("took"));
        foreach (var stop in journey.Stops)
            stops.Add(
                ($"{stop.Milestone}", null), ($"{stop.At}", null),
                (stop.TookMicroseconds is { } took ? $"{Numbers.Format(took / 1000)} ms" : "", null));
        return new Rows(facts, stops);
    }
}
