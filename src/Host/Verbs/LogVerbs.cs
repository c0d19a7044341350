using System.CommandLine;
using Caudal.Dashboard.Api;
using Caudal.Host.Composition;
using Caudal.Ingesting;
using Spectre.Console;

namespace Caudal.Host.Verbs;

static class LogVerbs
{
    public static VerbCommand Build() => new("log", "Look after the log", "caudal log new-epoch") { NewEpoch() };

    static VerbCommand NewEpoch()
    {
        var yes = new Option<bool>("--yes") { Description = "Do it without asking" };
        return new VerbCommand(
            "new-epoch", "Go on after the log was restored from a backup that is older than what was ingested from it",
            "caudal log new-epoch", "caudal log new-epoch --yes --json")
        {
            yes,
        }.Explains(
            [
                "A log that ends before what was ingested from it takes nothing until this is said, so that no position is given twice. "
                + "What hot and history hold of the messages it has lost stays and is counted; what was acknowledged after the backup "
                + "and not ingested yet is gone. docs/guide/recovering.md says it all.",
            ]).Does(async (parse, session, cancellation) =>
        {
            session.RequireData();
            await using var connection = await Connection.OpenAsync(session, cancellation);
            var loss = await connection.Api.GetAsync("/api/log/loss", ApiJson.Default.LogLoss, cancellation);
            session.Terminal.Say(WhatItWillDo(loss));
            if (!parse.GetValue(yes) && !await ConfirmAsync(session.Terminal, cancellation))
            {
                session.Terminal.Say("Nothing was done.");
                return ExitCode.Failed;
            }
            var begun = await connection.Api.PostAsync("/api/log/new-epoch", null, ApiJson.Default.NewEpoch, cancellation);
            session.Terminal.Result(begun, ApiJson.Default.NewEpoch, ForPeople);
            return ExitCode.Done;
        });
    }

    static string WhatItWillDo(LogLoss loss) =>
        $"New messages will stand in a new epoch; what hot and history hold of the {Numbers.Format(loss.Messages)} ingested messages that "
        + "the log has lost stays and is counted, and what was appended since the backup but never ingested is gone: its senders must "
        + "send it again.";

    static Task<bool> ConfirmAsync(Terminal terminal, CancellationToken cancellation) =>
        Terminal.IsWatched && !Console.IsInputRedirected
            ? terminal.Error.PromptAsync(new ConfirmationPrompt("Go on?") { DefaultValue = false }, cancellation)
            : throw new UsageException("Nothing was done: `caudal log new-epoch --yes` does it without asking.");

    static Text ForPeople(NewEpoch begun)
    {
        var rejections = begun.Rejected == 0 ? ""
            : $" {Numbers.Format(begun.Rejected)} of them had been rejected and are noted again, {Numbers.Format(begun.Gone)} of these "
            + "without their bytes: `caudal rejections list` shows them.";
        return new(
            $"Epoch {begun.Epoch} is begun. The log has lost {Numbers.Format(begun.Lost)} messages that were ingested.{rejections} "
            + "`caudal up` goes on from here.\n");
    }
}
