using System.Text.Json;
using Caudal.Batch;
using Caudal.Dashboard.Api;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Caudal.Host.Verbs;

/// <summary>Runs, for people.</summary>
static class BatchView
{
    static readonly string[] FailingMembers = ["code", "sentence", "transaction", "id"];

    public static IRenderable Of(RunAnswer run) => Of([run]);

    public static IRenderable Of(IReadOnlyList<RunAnswer> runs)
    {
        var listing = new Listing(
            "run", "state", Listing.Number("extracted"), Listing.Number("loaded"), Listing.Number("rejected"), Listing.Number("duplicates"),
            Listing.Number("purged"), Listing.Number("sum"));
        foreach (var run in runs)
            listing.Add([
                ($"{run.Run}", null), ($"{run.State}", StyleOf(run.State)),
                .. new[] { run.Extracted, run.Loaded, run.Rejected, run.Duplicates, run.Purged }.Select(count =>
                    (Numbers.Format(count), (Style?)null)),
                (Numbers.Format(run.Sum), null)]);
        return listing;
    }

    public static IRenderable Of(RunDetail run)
    {
        var facts = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        void Fact(string name, string? value) => facts.AddRow(new Text(name, new(decoration: Decoration.Dim)), new Text(value ?? ""));
        Fact("key", run.Key);
        Fact("day", $"{run.Day:yyyy-MM-dd}");
        Fact("made by", run.Actor);
        Fact("made at", run.CreatedAt.ToString());
        Fact("finished at", run.FinishedAt?.ToString());
        Fact("cutoff", run.Cutoff.ToString());
        Fact("messages", Numbers.Format(run.Messages));
        Fact("duplicates", $"{Numbers.Format(run.Duplicates - run.DuplicatesOfHistory)} found by ingest, "
            + $"{Numbers.Format(run.DuplicatesOfHistory)} by validate");
        Fact("digest", run.Digest.ToString());
        Fact("decision", run.Decision);
        var checks = new Table().Border(TableBorder.Simple).AddColumns("check", "failing", "of", "allowed per million", "");
        foreach (var check in run.Checks)
            checks.AddRow(
                new Text($"{check.Rule}"), Count(check.Failing), Count(check.Rows), Count(check.FailingPerMillionMax),
                check.OverThreshold ? new Text("over its threshold", new(Color.Yellow)) : new Text("ok", new(Color.Green)));
        var steps = new Listing("step", "attempt", "by", "started", "finished", "error");
        foreach (var step in run.Steps)
            steps.Add(
                ($"{step.Name}", null), ($"{step.Attempt}", null), (step.Actor, null), ($"{step.StartedAt}", null),
                ($"{step.FinishedAt}", null), (step.Error ?? "", new Style(Color.Red)));
        var brief = new RunAnswer(
            run.Run, run.State, run.Extracted, run.Loaded, run.Rejected, run.Duplicates, run.Purged, run.Sum, run.Digest);
        return new Rows(Of(brief), facts, checks, steps);
    }

    public static IRenderable Failing(IReadOnlyList<JsonElement> rows)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("code", "sentence", "transaction", "position");
        foreach (var row in rows)
            table.AddRow(from name in FailingMembers select new Text(row.GetProperty(name).ToString()));
        return table;
    }

    static Text Count(long count) => new(Numbers.Format(count));

    static Style StyleOf(RunState state) => state switch
    {
        RunState.Purged => Color.Green,
        RunState.WaitingForApproval => Color.Yellow,
        _ => Style.Plain,
    };
}
