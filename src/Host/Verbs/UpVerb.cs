using System.CommandLine;
using System.Globalization;
using Caudal.Host.Options;

namespace Caudal.Host.Verbs;

static class UpVerb
{
    public static VerbCommand Build()
    {
        var demo = new Option<bool>("--demo")
        {
            Description = "Feed it with generated transactions, and settle them into history every minute",
        };
        var port = new Option<int?>("--port")
        {
            Description = "The loopback port that takes transactions; 0 for a free one [default: 5600]", HelpName = "PORT",
            CustomParser = WholeNumber.ParseOptional<int>,
        };
        return new VerbCommand(
            "up", "Run every role in one process, until Ctrl-C", "caudal up --demo", "caudal up --data /var/lib/caudal --port 5600")
        {
            Settings = parse => parse.GetValue(port) is { } number
                ? [new GivenSetting("Http:Port", number.ToString(CultureInfo.InvariantCulture), "--port")]
                : [],
            Options = { demo, port },
        }.Explains(
            [
                "Ingest, the API and the scheduler run over one data folder, which no other role may have at the same time. Verbs that "
                + "are started meanwhile are its clients. Ctrl-C or SIGTERM drains what is under way; what was acknowledged is durable "
                + "whatever ends it.",
            ],
            settings: ["Data", "Http", "Hot", "History", "Ingest", "Batch", "Schedule", "Demo"])
        .Does((parse, session, cancellation) => new RoleRun(session, opensPort: true, parse.GetValue(demo)).RunAsync(cancellation));
    }
}
