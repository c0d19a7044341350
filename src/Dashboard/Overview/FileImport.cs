using Caudal.Auditing;
using Caudal.Importing;
using Caudal.Log;
using Caudal.Reconciling;

namespace Caudal.Dashboard.Overview;

/// <summary>What became of a file that was dropped on a page.</summary>
/// <param name="Rows">In the file.</param>
/// <param name="Account">What became of them, wherever they are now.</param>
/// <param name="RowAt">The number of the row at a position, from 0, where it is known.</param>
public sealed record ImportedFile(string Name, long Rows, RangeAccount Account, Func<Position, long?> RowAt);

/// <summary>Takes a file as <c>caudal import</c> does, and waits until each row has been judged.</summary>
static class FileImport
{
    /// <summary>What a browser may hand in; larger files are for <c>caudal import</c>, which need not move them.</summary>
    public const long BytesMax = 1L << 30;

    /// <exception cref="ImportException">It is no file of transactions; nothing of it was taken, or the message says what was.</exception>
    public static async Task<ImportedFile> TakeAsync(
        RunningPipeline pipeline, string name, Stream content, string actor, CancellationToken cancellation)
    {
        await using var file = await ImportFile.SpoolAsync(
            content, name, new ImportOptions(), new Progress<ImportProgress>(), cancellation);
        var rows = await pipeline.Audit.DoAsync(
            actor, AuditActions.Import, $"file of SHA-256 {file.Sha256}",
            async () => await new Importer(pipeline.Log, pipeline.Topic).AppendAsync(file, new Progress<ImportProgress>(), cancellation),
            done => $"{done.Read} rows", cancellation);
        foreach (var range in rows.Ranges)
            await pipeline.Ingest.WaitForAsync(range.To, cancellation);
        return new(name, rows.Read, await pipeline.Reconciler.AccountForAsync(rows.Ranges, cancellation), rows.RowAt);
    }
}
