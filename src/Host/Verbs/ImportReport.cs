using Caudal.Importing;
using Caudal.Ingesting;
using Caudal.Reconciling;
using Caudal.Transactions;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Caudal.Host.Verbs;

/// <summary>A file that was appended, and where its rows stand.</summary>
sealed record AppendedFile(ImportFile File, ImportedRows Rows);

/// <summary>What an import came to.</summary>
sealed record Imported(
    long Read, long Accepted, long Rejected, long Duplicates, string Sum, IReadOnlyList<RejectedRows> Rejections)
{
    /// <summary>Finds the places of the first rejections in the files, which are read again as far as that takes.</summary>
    public static async Task<Imported> OfAsync(
        IReadOnlyList<AppendedFile> files, RangeAccount account, CancellationToken cancellation)
    {
        var found = new Dictionary<(AppendedFile, long Row), long>();
        foreach (var file in files)
        {
            var rows = account.Rejections.SelectMany(group => group.First).Select(file.Rows.RowAt).OfType<long>().Order().ToList();
            foreach (var (row, line) in rows.Zip(rows.Count > 0 ? await file.File.FindLinesAsync(rows, cancellation) : []))
                found[(file, row)] = line;
        }
        var rejections = account.Rejections.Select(group => new RejectedRows(group.Code, group.Field, group.Count, [
            .. from position in @group.First
               from file in files
               let row = file.Rows.RowAt(position)
               where row is not null && found.ContainsKey((file, row.Value))
               select new RowPlace(file.File.Name, found[(file, row.Value)]),
        ]));
        return new(
            files.Sum(file => file.Rows.Read), account.Rows.Count, account.Rejected, account.Duplicates.Count, account.Rows.Sum.ToString(),
            [.. rejections]);
    }

    public IRenderable ForPeople()
    {
        var summary = new Text(
            $"{Numbers.Format(Read)} rows read: {Numbers.Format(Accepted)} accepted, {Numbers.Format(MoneySum.Parse(Sum))} in all, "
            + $"{Numbers.Format(Rejected)} rejected, {Numbers.Format(Duplicates)} duplicates.\n");
        if (Rejected == 0)
            return summary;
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn(new TableColumn("rejected").RightAligned()).AddColumns("code", "field", "first of them");
        foreach (var rows in Rejections)
            table.AddRow(
                new Text(Numbers.Format(rows.Count)), new Text(rows.Code), new Text(rows.Field ?? ""),
                new Text(string.Join("\n", rows.First.GroupBy(place => place.File, place => place.Line).Select(lines =>
                    $"line {string.Join(", ", lines)} of {lines.Key}"))));
        return new Rows(summary, table, new Text("`caudal rejections list` says what was wrong with each.\n"));
    }
}

/// <summary>Rows that were rejected for one reason.</summary>
/// <param name="First">Where the first of them begin, where that is known.</param>
sealed record RejectedRows(string Code, string? Field, long Count, IReadOnlyList<RowPlace> First);

/// <param name="Line">From 1, of the uncompressed file.</param>
sealed record RowPlace(string File, long Line);
