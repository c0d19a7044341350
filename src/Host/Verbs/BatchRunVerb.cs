using System.CommandLine;
using Caudal.Dashboard.Api;
using Caudal.Host.Composition;

namespace Caudal.Host.Verbs;

static class BatchRunVerb
{
    public static VerbCommand Build()
    {
        var cutoff = new Option<string?>("--cutoff")
        {
            Description = "Settle what was appended before this time [default: all that is ingested by now]", HelpName = "T",
        };
        var key = new Option<string?>("--key")
        {
            Description = "The caller's name for the run: the same key finds the same run", HelpName = "K",
        };
        return new VerbCommand(
            "run", "Make a run, or go on with the unfinished one, and take it through its steps",
            "caudal batch run", "caudal batch run --cutoff 2025-09-14 --key daily-2025-09-13", "caudal batch run --json")
        {
            cutoff, key,
        }.Explains(
            [
                "A run settles what lies between the last receipt and its cutoff. It may be killed and started again at any point: its "
                + "state lies in history, and each step ends as if it had run once. Nothing leaves hot before history was read back equal.",
            ],
            "a check is over its threshold and the run waits for a person, or history and hot do not agree",
            "Batch").Does(async (parse, session, cancellation) =>
        {
            session.RequireData();
            await using var connection = await Connection.OpenAsync(session, cancellation);
            await connection.CatchUpAsync(session.Terminal, cancellation);
            var run = new NewRun(parse.GetValue(key), parse.GetValue(cutoff));
            return BatchVerbs.Finish(await RunAsync(connection, run, "Settling", session.Terminal, cancellation), session);
        });
    }

    /// <summary>Makes the run, or finds it by its key, and takes it as far as it goes.</summary>
    public static async Task<RunAnswer> RunAsync(
        Connection connection, NewRun wanted, string label, Terminal terminal, CancellationToken cancellation)
    {
        var run = await connection.Api.PostAsync(
            "/api/batch/runs", wanted, ApiJson.Default.NewRun, ApiJson.Default.RunAnswer, cancellation);
        return await WorkAsync(connection, $"/api/batch/runs/{run.Run}/run", $"{label}: run {run.Run}", terminal, cancellation);
    }

    /// <summary>Starts the work at the path and shows how far it has come until it is done.</summary>
    public static async Task<RunAnswer> WorkAsync(
        Connection connection, string path, string label, Terminal terminal, CancellationToken cancellation)
    {
        await connection.Api.PostAsync(path, cancellation);
        RunProgress progress = null!;
        await terminal.ProgressAsync(label, async report =>
        {
            do
            {
                progress = await connection.Api.GetAsync(path, ApiJson.Default.RunProgress, cancellation);
                report(progress.Done, progress.Rows);
            }
            while (progress.State == WorkState.Running);
        });
        return progress.Run;
    }
}
