namespace Caudal.Host.Verbs;

static class IngestVerb
{
    public static VerbCommand Build() => new VerbCommand(
        "ingest", "Carry the log into the hot store, until Ctrl-C", "caudal ingest", "caudal ingest --data /var/lib/caudal")
        .Explains(
            [
                "The part of `up` that reads the log, judges each message and makes it searchable, without port or scheduler; verbs "
                + "that are started meanwhile are its clients.",
            ],
            settings: ["Data", "Ingest", "Hot"])
        .Does((_, session, cancellation) => new RoleRun(session, opensPort: false, feedsItself: false).RunAsync(cancellation));
}
