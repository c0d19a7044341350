using System.Text.Json.Serialization;
using Caudal.Host.Composition;
using Caudal.History;
using Spectre.Console;

namespace Caudal.Host.Verbs;

static class MigrateVerb
{
    public static VerbCommand Build() => new VerbCommand(
        "migrate", "Take over the table historical_transactions that the original pipeline has filled; it stays, under another name",
        "CAUDAL_History__Engine=postgres CAUDAL_History__Connection='Host=db;Database=finance;…' caudal migrate", "caudal migrate --json")
        .Explains(
            [
                "Each row is judged as any message is, gets an id derived from its old one, and is history from then on, counted apart. "
                + "All of it is one transaction: stopped half-way, nothing has happened.",
            ],
            settings: ["History", "Ingest:Topic"])
        .Does(async (_, session, cancellation) =>
        {
            var takeover = null as Takeover;
            await session.Terminal.ProgressAsync("Taking over", async report =>
                takeover = await session.Engines.TakeOverAsync(new Progress<long>(seen => report(seen, null)), cancellation));
            session.Terminal.Result(Migrated.Of(takeover!), MigrateJson.Default.Migrated, ForPeople);
            return ExitCode.Done;
        });

    static Text ForPeople(Migrated migrated)
    {
        var refused = migrated.Refused.Count == 0 ? ""
            : " Not taken, since they break a rule: "
            + string.Join(", ", migrated.Refused.Select(entry => $"{Numbers.Format(entry.Value)} {entry.Key}")) + ".";
        return new(
            $"{Numbers.Format(migrated.Taken)} rows, {migrated.Sum}, are history now.{refused} The table itself stays as "
            + $"{migrated.KeptAs}.\n");
    }

    internal sealed record Migrated(long Taken, string Sum, string Digest, IReadOnlyDictionary<string, long> Refused, string KeptAs)
    {
        public static Migrated Of(Takeover takeover) => new(
            takeover.Taken.Count, takeover.Taken.Sum.ToString(), takeover.Taken.Digest.ToString(), takeover.Refused, takeover.KeptAs);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MigrateVerb.Migrated))]
sealed partial class MigrateJson : JsonSerializerContext;
