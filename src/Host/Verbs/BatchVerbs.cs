using System.CommandLine;
using Caudal.Batch;
using Caudal.Dashboard.Api;
using Caudal.Host.Composition;

namespace Caudal.Host.Verbs;

static class BatchVerbs
{
    const string Path = "/api/batch/runs";

    static readonly Option<int> Limit = new("--limit")
    {
        Description = "The most rows", HelpName = "N", CustomParser = WholeNumber.Parse<int>, DefaultValueFactory = _ => 100,
    };

    static readonly Argument<long> Id = new("ID") { Description = "The run's number", CustomParser = WholeNumber.Parse<long> };

    public static VerbCommand Build() => new(
        "batch", "Settle transactions into history: extract, validate, load, reconcile, purge",
        "caudal batch run", "caudal batch list", "caudal batch show 3", "caudal batch approve 3")
    {
        BatchRunVerb.Build(), BatchStepVerb.Build(), BatchBackfillVerb.Build(), List(), Show(), Approve(), Decline(),
    };

    /// <summary>Prints the run; a run that waits for a person is not done, and says what the person can do.</summary>
    public static int Finish(RunAnswer run, Session session)
    {
        session.Terminal.Result(run, ApiJson.Default.RunAnswer, BatchView.Of);
        return run.State == RunState.WaitingForApproval ? Wait(run, session) : ExitCode.Done;
    }

    /// <summary>Says what the person can do for whom the run waits.</summary>
    public static int Wait(RunAnswer run, Session session)
    {
        session.Terminal.Warn($"Run {run.Run} waits for a person: `caudal batch show {run.Run} --failing` lists the rows that failed its "
            + $"checks, `caudal batch approve {run.Run}` or `caudal batch decline {run.Run} --why TEXT` decides.");
        return ExitCode.NotReconciled;
    }

    static VerbCommand List() => new VerbCommand(
        "list", "List the latest runs, newest first", "caudal batch list", "caudal batch list --limit 5 --json")
    {
        Limit,
    }.Does(async (parse, session, cancellation) =>
    {
        session.RequireData();
        await using var connection = await Connection.OpenAsync(session, cancellation);
        var runs = await connection.Api.GetAsync($"{Path}?limit={parse.GetValue(Limit)}", ApiJson.Default.RunAnswerArray, cancellation);
        session.Terminal.Results(runs, ApiJson.Default.RunAnswer, BatchView.Of);
        return ExitCode.Done;
    });

    static VerbCommand Show()
    {
        var failing = new Option<bool>("--failing")
        {
            Description = "List the rows of a waiting run that become rejections where it is declined",
        };
        return new VerbCommand(
            "show", "Show a run with its checks and steps, or the rows that keep it waiting",
            "caudal batch show 3", "caudal batch show 3 --failing --limit 20")
        {
            Id, failing, Limit,
        }.Does(async (parse, session, cancellation) =>
        {
            session.RequireData();
            await using var connection = await Connection.OpenAsync(session, cancellation);
            var path = $"{Path}/{parse.GetValue(Id)}";
            if (parse.GetValue(failing))
            {
                await using var rows = await connection.Api.GetLinesAsync(
                    $"{path}/failing?limit={parse.GetValue(Limit)}", cancellation);
                await session.Terminal.LinesAsync(rows, BatchView.Failing, cancellation);
                return ExitCode.Done;
            }
            var run = await connection.Api.GetAsync(path, ApiJson.Default.RunDetail, cancellation);
            session.Terminal.Result(run, ApiJson.Default.RunDetail, BatchView.Of);
            return ExitCode.Done;
        });
    }

    static VerbCommand Approve() => new VerbCommand("approve", "Let a waiting run go on with all its rows", "caudal batch approve 3")
    {
        Id,
    }.Does(async (parse, session, cancellation) =>
    {
        session.RequireData();
        await using var connection = await Connection.OpenAsync(session, cancellation);
        var run = await connection.Api.PostAsync($"{Path}/{parse.GetValue(Id)}/approve", null, ApiJson.Default.RunAnswer, cancellation);
        return Decided(run, session);
    });

    static VerbCommand Decline()
    {
        var why = new Option<string>("--why")
        {
            Description = "The reason, which is kept with each rejection", HelpName = "TEXT", Required = true,
        };
        return new VerbCommand(
            "decline", "Let a waiting run go on without the rows that failed its checks: they become rejections",
            "caudal batch decline 3 --why \"amounts of a test system\"")
        {
            Id, why,
        }.Does(async (parse, session, cancellation) =>
        {
            session.RequireData();
            await using var connection = await Connection.OpenAsync(session, cancellation);
            var run = await connection.Api.PostAsync(
                $"{Path}/{parse.GetValue(Id)}/decline", new Decision(parse.GetRequiredValue(why)), ApiJson.Default.Decision,
                ApiJson.Default.RunAnswer, cancellation);
            return Decided(run, session);
        });
    }

    static int Decided(RunAnswer run, Session session)
    {
        session.Terminal.Result(run, ApiJson.Default.RunAnswer, BatchView.Of);
        if (run.State != RunState.Purged)
            session.Terminal.Say($"Run {run.Run} may go on: `caudal batch run` takes it through its remaining steps.");
        return ExitCode.Done;
    }
}
