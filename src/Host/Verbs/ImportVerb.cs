using System.CommandLine;
using System.Text.Json.Serialization;
using Caudal.Dashboard.Api;
using Caudal.Host.Composition;
using Caudal.Importing;
using Caudal.Log;
using Caudal.Transactions;
using Spectre.Console;

namespace Caudal.Host.Verbs;

static class ImportVerb
{
    static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Files of transactions, gzip or not; - for standard input", Arity = ArgumentArity.OneOrMore,
    };

    static readonly Option<string?> Format = new Option<string?>("--format")
    {
        Description = "ndjson, json or csv [default: told from the file]", HelpName = "FORMAT",
    }.AcceptOnlyFromAmong("ndjson", "json", "csv");

    static readonly Option<string?> Map = new("--map")
    {
        Description = "Which columns of a CSV file are which fields; a text in single quotes is the same for every row",
        HelpName = "FIELD=COLUMN,…",
    };

    public static VerbCommand Build() => new VerbCommand(
        "import", "Append files to the log, and wait until they are ingested: the same file again is absorbed",
        "caudal import payments.ndjson", "caudal import january.csv.gz --map \"valor=Monto,detalle=Concepto,app='Banca Web'\"",
        "producer | caudal import - --format ndjson --json")
    {
        Files, Format, Map,
    }.Does(async (parse, session, cancellation) =>
    {
        var files = new List<ImportFile>();
        try
        {
            // All are checked before anything of the first is appended.
            foreach (var path in parse.GetRequiredValue(Files))
                files.Add(await OpenAsync(path, Options(parse), session.Terminal, cancellation));
            await using var connection = await Connection.OpenAsync(session, cancellation);
            var imported = await AppendAsync(files, session, cancellation);
            var account = await SettleAsync(imported, connection, session.Terminal, cancellation);
            session.Terminal.Result(account, ImportJson.Default.Imported, Summary);
            return ExitCode.Done;
        }
        finally
        {
            foreach (var file in files)
                await file.DisposeAsync();
        }
    });

    static ImportOptions Options(ParseResult parse)
    {
        try
        {
            return new()
            {
                Format = parse.GetValue(Format) is { } format ? Enum.Parse<ImportFormat>(format, ignoreCase: true) : null,
                Map = parse.GetValue(Map) is { } map ? ColumnMap.Parse(map) : ColumnMap.Empty,
            };
        }
        catch (FormatException malformed)
        {
            throw new UsageException(malformed.Message);
        }
    }

    static async Task<ImportFile> OpenAsync(string path, ImportOptions options, Terminal terminal, CancellationToken cancellation)
    {
        ImportFile file = null!;
        await terminal.ProgressAsync($"Checking {path}", async report => file = path == "-"
            // Waiting for a keyboard or a pipe cannot be cancelled, but it can be left.
            ? await ImportFile.SpoolAsync(Console.OpenStandardInput(), "standard input", options, new Bytes(report), cancellation)
                .WaitAsync(cancellation)
            : await ImportFile.OpenAsync(path, options, new Bytes(report), cancellation));
        return file;
    }

    static async Task<ImportedRows> AppendAsync(IReadOnlyList<ImportFile> files, Session session, CancellationToken cancellation)
    {
        await using var log = await session.OpenLogAsync(cancellation);
        var importer = new Importer(log, session.Settings.Ingest.Topic);
        var all = new ImportedRows(0, []);
        foreach (var file in files)
            await session.Terminal.ProgressAsync($"Appending {file.Name}", async report =>
            {
                var rows = await importer.AppendAsync(file, new Bytes(report), cancellation);
                all = new(all.Read + rows.Read, [.. all.Ranges, .. rows.Ranges]);
            });
        return all;
    }

    /// <summary>What became of the rows, once ingest has judged the last of them.</summary>
    static async Task<Imported> SettleAsync(ImportedRows rows, Connection connection, Terminal terminal, CancellationToken cancellation)
    {
        var end = rows.Ranges.Aggregate(Watermark.Zero, (sum, range) => sum.Furthest(range.To));
        var state = await connection.WaitForIngestAsync(end, terminal, cancellation);
        if (!state.Reached)
            throw new VerbException(
                $"All {rows.Read} rows are durable in the log, but ingest is not getting on: {state.Fault} "
                + "Nothing needs to be imported again: once that is mended, ingest goes on with them.");
        var account = await connection.Api.PostAsync(
            "/api/account", [.. rows.Ranges.Select(range => new AskedRange(range.From, range.To))], ApiJson.Default.AskedRangeArray,
            ApiJson.Default.RangeAccount, cancellation);
        return new(rows.Read, account.Rows.Count, account.Rejected, account.Duplicates.Count, account.Rows.Sum.ToString());
    }

    static Text Summary(Imported imported) => new(
        $"{Numbers.Format(imported.Read)} rows read: {Numbers.Format(imported.Accepted)} accepted, "
        + $"{Numbers.Format(MoneySum.Parse(imported.Sum))} in all, "
        + $"{Numbers.Format(imported.Rejected)} rejected, {Numbers.Format(imported.Duplicates)} duplicates.\n"
        + (imported.Rejected > 0 ? "`caudal rejections list` says what was wrong.\n" : ""));

    sealed class Bytes(Action<long, long?> report) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => report(value.Bytes, value.BytesTotal);
    }

    internal sealed record Imported(long Read, long Accepted, long Rejected, long Duplicates, string Sum);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImportVerb.Imported))]
sealed partial class ImportJson : JsonSerializerContext;
