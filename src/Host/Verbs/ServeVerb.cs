using System.CommandLine;
using Caudal.Host.Options;

namespace Caudal.Host.Verbs;

static class ServeVerb
{
    public static VerbCommand Build()
    {
        var port = RolePort.Option();
        return new VerbCommand(
            "serve", "Serve the API and the pages, and make the scheduled runs, beside processes that ingest; until Ctrl-C",
            "caudal serve --config /etc/caudal.json", "CAUDAL_Http__StopDelay=00:00:05 caudal serve --port 5600")
        {
            Settings = parse => RolePort.Given(parse, port),
            Options = { port },
        }.Explains(
            [
                "For stores that several processes share: Hot:Engine elasticsearch and History:Engine postgres. As many as are wanted may "
                + "serve; one of them at a time makes the runs of the schedule, and another takes over where it ends. Where a store is a "
                + "file, `caudal up` does all of it in one process.",
            ],
            settings: ["Http", "Pages", "Probe", "Schedule", "Batch"])
        .Does((_, session, cancellation) => new RoleRun(session, feedsItself: false).RunAsync(cancellation));
    }
}
