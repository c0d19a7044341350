using System.CommandLine;

namespace Caudal.Host.Verbs;

static class UpVerb
{
    public static VerbCommand Build()
    {
        var demo = new Option<bool>("--demo")
        {
            Description = "Feed it with generated transactions, and settle them into history every minute",
        };
        var port = RolePort.Option();
        return new VerbCommand(
            "up", "Run every role in one process, until Ctrl-C", "caudal up --demo", "caudal up --data /var/lib/caudal --port 5600")
        {
            Settings = parse => RolePort.Given(parse, port),
            Options = { demo, port },
        }.Explains(
            [
                "Ingest, the API and the scheduler run over one data folder, which no other role may have at the same time. Verbs that "
                + "are started meanwhile are its clients. Ctrl-C or SIGTERM drains what is under way; what was acknowledged is durable "
                + "whatever ends it. Where the stores are shared (see `caudal serve`), others may run beside it.",
            ],
            settings: ["Data", "Http", "Hot", "History", "Ingest", "Batch", "Schedule", "Probe", "Demo"])
        .Does((parse, session, cancellation) => new RoleRun(session, parse.GetValue(demo)).RunAsync(cancellation));
    }
}
