using System.CommandLine;
using System.Text.Json.Serialization;
using Caudal.Auditing;
using Caudal.Dashboard.Api;
using Caudal.Host.Composition;
using Caudal.Importing;
using Caudal.Log;
using Caudal.Reconciling;

namespace Caudal.Host.Verbs;

static class ImportVerb
{
    static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Files of transactions, gzip, zstd or neither; - for standard input", Arity = ArgumentArity.OneOrMore,
    };

    static readonly Option<string?> Format = new Option<string?>("--format")
    {
        Description = "ndjson, json or csv [default: told from the file]", HelpName = "FORMAT",
    }.AcceptOnlyFromAmong("ndjson", "json", "csv");

    static readonly Option<string?> Map = new("--map")
    {
        Description = "Which columns of a CSV file are which fields, or the file (FILE.json) that says it; in single quotes stands a text, "
            + "with {COLUMN} in it where one belongs",
        HelpName = "FIELD=COLUMN,…|FILE.json",
    };

    public static VerbCommand Build() => new VerbCommand(
        "import", "Append files to the log, and wait until they are ingested: the same file again is absorbed",
        "caudal import payments.ndjson", "caudal import january.csv.gz --map \"valor=Monto,detalle='{Concepto} {Canal}',app='Banca Web'\"",
        "caudal import paysim.csv.zst --map docs/guide/mappings/paysim.json", "producer | caudal import - --format ndjson --json")
    {
        Files, Format, Map,
    }.Explains(
        [
            "Every row is appended, good or bad, and ingest judges: what is wrong with a row is no failure of the import, and is listed at "
            + "the end and by `caudal rejections list`. Nothing is taken of a file that is damaged. A row without an id gets one from the "
            + "file's content and its number, so an import that was interrupted is simply started again.",
        ],
        settings: ["Data", "Ingest", "History:BusinessZone"]).Does(async (parse, session, cancellation) =>
    {
        var options = await OptionsAsync(parse, cancellation);
        var files = new List<ImportFile>();
        try
        {
            // All are checked before anything of the first is appended.
            foreach (var path in parse.GetRequiredValue(Files))
                files.Add(await OpenAsync(path, options, session.Terminal, cancellation));
            await using var connection = await Connection.OpenAsync(session, cancellation);
            var appended = await AppendAsync(files, session, cancellation);
            var account = await SettleAsync(appended, connection, session.Terminal, cancellation);
            session.Terminal.Result(
                await Imported.OfAsync(appended, account, cancellation), ImportJson.Default.Imported, imported => imported.ForPeople());
            return ExitCode.Done;
        }
        finally
        {
            foreach (var file in files)
                await file.DisposeAsync();
        }
    });

    static async Task<ImportOptions> OptionsAsync(ParseResult parse, CancellationToken cancellation)
    {
        try
        {
            return new()
            {
                Format = parse.GetValue(Format) is { } format ? Enum.Parse<ImportFormat>(format, ignoreCase: true) : null,
                Map = parse.GetValue(Map) is { } map ? await ReadMapAsync(map, cancellation) : ColumnMap.Empty,
            };
        }
        catch (FormatException malformed)
        {
            throw new UsageException(malformed.Message);
        }
    }

    static async Task<ColumnMap> ReadMapAsync(string map, CancellationToken cancellation)
    {
        if (!map.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || map.Contains('='))
            return ColumnMap.Parse(map);
        try
        {
            return ColumnMap.ParseFile(map, await File.ReadAllBytesAsync(map, cancellation));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The mapping {map} cannot be read: {unreadable.Message}");
        }
    }

    static async Task<ImportFile> OpenAsync(string path, ImportOptions options, Terminal terminal, CancellationToken cancellation)
    {
        ImportFile file = null!;
        await terminal.ProgressAsync($"Checking {path}", async report => file = path == "-"
            // Waiting for a keyboard or a pipe cannot be cancelled, but it can be left.
            ? await ImportFile.SpoolAsync(Console.OpenStandardInput(), "standard input", options, new Progress(report), cancellation)
                .WaitAsync(cancellation)
            : await ImportFile.OpenAsync(path, options, new Progress(report), cancellation));
        return file;
    }

    static async Task<IReadOnlyList<AppendedFile>> AppendAsync(
        IReadOnlyList<ImportFile> files, Session session, CancellationToken cancellation)
    {
        await using var log = await session.OpenLogAsync(cancellation);
        var importer = new Importer(log, session.Settings.Ingest.Topic);
        var appended = new List<AppendedFile>();
        foreach (var file in files)
            await session.Terminal.ProgressAsync($"Appending {file.Name}", async report =>
                appended.Add(new(file, await session.AuditIn(log).DoAsync(
                    session.Actor, AuditActions.Import, $"file of SHA-256 {file.Sha256}",
                    async () => await importer.AppendAsync(file, new Progress(report), cancellation), rows => $"{rows.Read} rows",
                    cancellation))));
        return appended;
    }

    /// <summary>What became of the rows, once ingest has judged the last of them.</summary>
    static async Task<RangeAccount> SettleAsync(
        IReadOnlyList<AppendedFile> files, Connection connection, Terminal terminal, CancellationToken cancellation)
    {
        var ranges = files.SelectMany(file => file.Rows.Ranges).ToList();
        var end = ranges.Aggregate(Watermark.Zero, (sum, range) => sum.Furthest(range.To));
        var state = await connection.WaitForIngestAsync(end, terminal, cancellation);
        if (!state.Reached)
            throw new VerbException(
                $"All {files.Sum(file => file.Rows.Read)} rows are durable in the log, but ingest is not getting on: {state.Fault} "
                + "Nothing needs to be imported again: once that is mended, ingest goes on with them.");
        return await connection.Api.PostAsync(
            "/api/account", [.. ranges.Select(range => new AskedRange(range.From, range.To))], ApiJson.Default.AskedRangeArray,
            ApiJson.Default.RangeAccount, cancellation);
    }

    /// <summary>Bytes of the file as it lies there, and beside them how many rows that were, and how many a second.</summary>
    sealed class Progress(ShowProgress show) : IProgress<ImportProgress>
    {
        readonly long _begun = TimeProvider.System.GetTimestamp();

        public void Report(ImportProgress value)
        {
            var milliseconds = long.Max(1, (long)TimeProvider.System.GetElapsedTime(_begun).TotalMilliseconds);
            var rate = value.Rows * 1000 / milliseconds;
            show(value.Bytes, value.BytesTotal, $"{Numbers.Format(value.Rows)} rows, {Numbers.Format(rate)}/s");
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Imported))]
sealed partial class ImportJson : JsonSerializerContext;
