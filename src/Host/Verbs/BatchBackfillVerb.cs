using System.CommandLine;
using Caudal.Batch;
using Caudal.Dashboard.Api;
using Caudal.Host.Composition;
using Caudal.Scheduling;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Caudal.Host.Verbs;

static class BatchBackfillVerb
{
    public static VerbCommand Build()
    {
        var from = Day("--from", "The first day");
        var to = Day("--to", "The last day");
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what each day holds and what would be done" };
        return new VerbCommand(
            "backfill", "Settle days that are over, one run each, oldest first",
            "caudal batch backfill --from 2025-09-01 --to 2025-09-30 --dry-run", "caudal batch backfill --from 2025-09-01 --to 2025-09-30")
        {
            from, to, dryRun,
        }.Explains(
            ["What settles a day is when its messages were logged. A span that would leave an older day behind is refused."],
            "a run waits for a person, or history and hot do not agree", "Batch", "Schedule", "History:BusinessZone")
        .Does(async (parse, session, cancellation) =>
        {
            session.RequireData();
            await using var connection = await Connection.OpenAsync(session, cancellation);
            await connection.CatchUpAsync(session.Terminal, cancellation);
            var days = await connection.Api.GetAsync(
                $"/api/batch/days?from={parse.GetRequiredValue(from)}&to={parse.GetRequiredValue(to)}", ApiJson.Default.LogDayArray,
                cancellation);
            if (!parse.GetValue(dryRun))
                return await SettleAsync(connection, [.. days.Where(day => day.State == DayState.Due)], session, cancellation);
            session.Terminal.Results(days, ApiJson.Default.LogDay, Table);
            return ExitCode.Done;
        });
    }

    /// <summary>Runs that were done before a failure or Ctrl-C stay done: the same command again goes on with the rest.</summary>
    static async Task<int> SettleAsync(
        Connection connection, IReadOnlyList<LogDay> due, Session session, CancellationToken cancellation)
    {
        var done = new List<RunAnswer>();
        foreach (var day in due)
        {
            var run = await BatchRunVerb.RunAsync(
                connection, new(day.Key, day.Cutoff.ToString()), $"{day.Day:yyyy-MM-dd} ({done.Count + 1} of {due.Count})",
                session.Terminal, cancellation);
            done.Add(run);
            if (run.State == RunState.WaitingForApproval)
                break;
        }
        session.Terminal.Results(done, ApiJson.Default.RunAnswer, BatchView.Of);
        if (due.Count == 0)
            session.Terminal.Say("There is nothing to do: no day of these is over and waits for its run.");
        return done is [.., { State: RunState.WaitingForApproval } waiting] ? BatchVerbs.Wait(waiting, session) : ExitCode.Done;
    }

    static Option<string> Day(string name, string description) =>
        new(name) { Description = description + ", by the log's clock in the business zone", HelpName = "D", Required = true };

    static IRenderable Table(IReadOnlyList<LogDay> days)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("day", "state").AddColumn(new TableColumn("messages").RightAligned())
            .AddColumns("run", "up to");
        foreach (var day in days)
            table.AddRow(
                new Text($"{day.Day:yyyy-MM-dd}"), new Text(Words(day.State)), new Text(Numbers.Format(day.Messages)),
                new Text(day.State == DayState.Due ? day.Key : ""), new Text(day.State == DayState.Due ? $"{day.Cutoff}" : ""));
        return table;
    }

    static string Words(DayState state) => state switch
    {
        DayState.Settled => "settled",
        DayState.Due => "to be settled",
        _ => "not over yet",
    };
}
