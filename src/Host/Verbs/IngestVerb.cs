namespace Caudal.Host.Verbs;

static class IngestVerb
{
    public static VerbCommand Build() => new VerbCommand(
        "ingest", "Carry the log into the hot store, until Ctrl-C", "caudal ingest", "caudal ingest --data /var/lib/caudal",
        "CAUDAL_Probe__Port=8080 caudal ingest --config /etc/caudal.json")
        .Explains(
            [
                "The part of `up` that reads the log, judges each message and makes it searchable, without port or scheduler; verbs "
                + "that are started meanwhile are its clients.",
                "Where the stores are shared (Hot:Engine elasticsearch, History:Engine postgres), any number of them may run on any "
                + "machines: with Log:Engine kafka they divide the topic's partitions, and one that dies leaves its own to the others. "
                + "With Log:Engine sqlite one ingests, and the others wait for its place.",
            ],
            settings: ["Data", "Ingest", "Hot", "Probe"])
        .Does((_, session, cancellation) => new RoleRun(session, feedsItself: false).RunAsync(cancellation));
}
