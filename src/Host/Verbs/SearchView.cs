using System.Text.Json;
using Caudal.Dashboard.Api;
using Caudal.Querying;
using Caudal.Transactions;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Caudal.Host.Verbs;

/// <summary>What was found, for people.</summary>
static class SearchView
{
    static readonly string[] Columns =
    [
        Wire.Timestamp, Wire.App, Wire.Product, Wire.Amount, Wire.DebtorAccount, Wire.CreditorAccount, Wire.Detail, Wire.BatchDate, Wire.Id,
    ];

    public static IRenderable Of(CountAnswer figures) => new Text(
        $"{Numbers.Format(figures.Count)} transactions, {Numbers.Format(figures.Sum)}"
        + (figures.Average is null ? "\n" : $", {figures.Average} on average\n"));

    public static IRenderable Of(TopValuesAnswer top)
    {
        var table = Table(top.Field, "count", "sum");
        foreach (var value in top.Values)
            table.AddRow(new Text(value.Value), new Text(Numbers.Format(value.Count)), new Text(Numbers.Format(value.Sum)));
        if (top.Others.Count > 0)
            table.AddRow(new Text("(others)"), new Text(Numbers.Format(top.Others.Count)), new Text(Numbers.Format(top.Others.Sum)));
        return table;
    }

    public static IRenderable Of(HistogramAnswer histogram)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(histogram.Zone);
        var table = Table($"{histogram.Every.ToString().ToLowerInvariant()} ({histogram.Zone})", "count", "sum");
        foreach (var bucket in histogram.Buckets)
            table.AddRow(
                new Text(Show(bucket.From, histogram.Every, zone)), new Text(Numbers.Format(bucket.Count)),
                new Text(Numbers.Format(bucket.Sum)));
        return table;
    }

    public static Listing Of(IReadOnlyList<JsonElement> rows)
    {
        var listing = new Listing([.. Columns.Select(column => new Listing.Column(column, IsNumber: column == Wire.Amount))]);
        foreach (var row in rows)
            listing.Add(Columns.Select(column => row.TryGetProperty(column, out var value) ? $"{value}" : ""));
        return listing;
    }

    static string Show(Instant moment, TimeUnit every, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(moment.ToDateTimeOffset(), zone).ToString(
            every switch { TimeUnit.Month => "yyyy-MM", TimeUnit.Day => "yyyy-MM-dd", _ => "yyyy-MM-dd HH:mm zzz" },
            System.Globalization.CultureInfo.InvariantCulture);

    static Table Table(string what, params string[] numbers)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn(what) { NoWrap = true });
        foreach (var number in numbers)
            table.AddColumn(new TableColumn(number) { NoWrap = true, Alignment = Justify.Right });
        return table;
    }
}
