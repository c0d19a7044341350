using Caudal.Dashboard.Api;
using Caudal.Host.Composition;

namespace Caudal.Host.Verbs;

static class VerifyVerb
{
    const string Path = "/api/verify";

    public static VerbCommand Build() => new VerbCommand(
        "verify", "Re-hash every row from its columns, and name the transactions that differ",
        "caudal verify", "caudal verify --json | jq .differences")
        .Explains(
            [
                "Reads every row of hot and history, and the log as far back as it is kept, compares all of them by digest, and narrows a "
                + "difference down to the transactions. It takes its time, shows how far it is, and may run beside everything else.",
            ],
            "something differs: each transaction at fault is named", "Batch:LogRetention")
        .Does(async (_, session, cancellation) =>
        {
            session.RequireData();
            await using var connection = await Connection.OpenAsync(session, cancellation);
            await connection.CatchUpAsync(session.Terminal, cancellation);
            await connection.Api.PostAsync(Path, cancellation);
            VerifyAnswer answer = null!;
            await session.Terminal.ProgressAsync("Verifying", async report =>
            {
                do
                {
                    answer = await connection.Api.GetAsync(Path, ApiJson.Default.VerifyAnswer, cancellation);
                    report(answer.Done, answer.Total);
                }
                while (answer.State == WorkState.Running);
            });
            session.Terminal.Result(answer.Result!, ApiJson.Default.Reconciliation, ReconciliationView.Of);
            return answer.Result!.Reconciled ? ExitCode.Done : ExitCode.NotReconciled;
        });
}
