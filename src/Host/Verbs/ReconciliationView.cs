using Caudal.Dashboard.Api;
using Caudal.Reconciling;
using Caudal.Scheduling;
using Caudal.Transactions;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Caudal.Host.Verbs;

/// <summary>The books, for people.</summary>
static class ReconciliationView
{
    public static IRenderable Of(StatusAnswer status)
    {
        List<IRenderable> parts = [Of(status.Books)];
        if (status.Caution is { } caution)
            parts.Add(new Text(caution + "\n", new(Color.Yellow)));
        if (status.Schedule is { } schedule)
            parts.Add(Line(schedule));
        return new Rows(parts);
    }

    public static IRenderable Of(Reconciliation books)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("").AddColumn(Right("count")).AddColumn(Right("sum")).AddColumn("");
        Row(table, "log", books.Log.Messages, null, books.Log.Lag == 0 ? "" : $"{Numbers.Format(books.Log.Lag)} not ingested yet");
        Row(table, "hot", books.Hot.Count, books.Hot.Sum,
            string.Join("; ", new[]
            {
                books.Hot.AwaitingPurge == 0
                    ? null
                    : $"{Numbers.Format(books.Hot.AwaitingPurge)} more are in history and wait for their purge",
                books.Hot.RebuiltFrom is { } broken ? $"rebuilt from the log; {broken} is the file that did not open" : null,
            }.Where(remark => remark is not null)));
        Row(table, "history", books.History.Count, books.History.Sum,
            books.History.Migrated == 0 ? "" : $"{Numbers.Format(books.History.Migrated)} of them taken over from an older table");
        Row(table, "rejections", books.Rejections.Count, null,
            books.Rejections.Open == 0 ? "" : $"{Numbers.Format(books.Rejections.Open)} open");
        Row(table, "duplicates", books.Duplicates.Count, null, "");
        var verdict = books.Reconciled
            ? new Text("Reconciled: every message is accounted for.\n", new(Color.Green))
            : new Text("NOT reconciled.\n", new(Color.Red, decoration: Decoration.Bold));
        return new Rows([table, verdict, .. books.Differences.Select(Line)]);
    }

    static Text Line(ScheduleState schedule) => schedule switch
    {
        { Waiting: { } waiting } => new($"Scheduled runs ({schedule.Cron}) wait: {waiting}\n", new(Color.Yellow)),
        { Failure: { } failure } => new(
            $"Scheduled runs ({schedule.Cron}) failed and are made again at {schedule.Next}: {failure}\n", new(Color.Red)),
        { Next: { } next } => new($"The next scheduled runs ({schedule.Cron}) are made at {next}.\n"),
        _ => new($"Scheduled runs ({schedule.Cron}) are being made now.\n"),
    };

    static Text Line(Difference difference)
    {
        var which = string.Join(", ", new[] { difference.Id?.ToString(), difference.Position }.Where(name => name is not null));
        return new($"{difference.Where}: {difference.What}{(which.Length > 0 ? $" ({which})" : "")}", new(Color.Red));
    }

    static void Row(Table table, string name, long count, MoneySum? sum, string remark) =>
        table.AddRow(
            new Text(name), new Text(Numbers.Format(count)), new Text(sum is { } known ? Numbers.Format(known) : ""), new Text(remark));

    static TableColumn Right(string header) => new TableColumn(header).RightAligned();
}
