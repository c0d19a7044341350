namespace Caudal.Host.Verbs;

static class IngestVerb
{
    public static VerbCommand Build() => new VerbCommand(
        "ingest", "Carry the log into the hot store, until Ctrl-C", "caudal ingest", "caudal ingest --data /var/lib/caudal")
        .Does((_, session, cancellation) => new RoleRun(session, opensPort: false, feedsItself: false).RunAsync(cancellation));
}
