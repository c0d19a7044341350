namespace Caudal.Host.Verbs;

static class ImportVerb
{
    public static VerbCommand Build() => new("import", "Append a file to the log and wait until it is ingested",
        "caudal import payments.ndjson");
}
