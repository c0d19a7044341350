using Caudal.Dashboard.Api;
using Caudal.Host.Composition;

namespace Caudal.Host.Verbs;

static class StatusVerb
{
    public static VerbCommand Build() => new VerbCommand(
        "status", "Say whether every message is accounted for, from stored digests and receipts",
        "caudal status", "caudal status --json | jq .reconciled")
        .Explains(
            [
                "messages = hot + history + rejections + duplicates + lag, and count, sum and digest agree hop by hop. Fast, since it "
                + "trusts the digests that the stores keep; `caudal verify` does not.",
            ],
            "the books do not agree: each difference is named", "Data")
        .Does(async (_, session, cancellation) =>
        {
            session.RequireData();
            await using var connection = await Connection.OpenAsync(session, cancellation);
            await connection.CatchUpAsync(session.Terminal, cancellation);
            var status = await connection.Api.GetAsync("/api/status", ApiJson.Default.StatusAnswer, cancellation);
            session.Terminal.Result(status, ApiJson.Default.StatusAnswer, ReconciliationView.Of);
            return status.Reconciled ? ExitCode.Done : ExitCode.NotReconciled;
        });
}
