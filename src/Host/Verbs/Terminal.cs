using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Caudal.Host.Verbs;

/// <summary>How far work has come.</summary>
/// <param name="total">Null where nobody knows it.</param>
/// <param name="beside">A word more, shown beside the label.</param>
delegate void ShowProgress(long done, long? total, string? beside = null);

/// <summary>
/// Where a verb prints. Results go to standard output, as JSON or for people; everything else goes to standard error. Colours and
/// movement are for terminals only, and NO_COLOR is honoured.
/// </summary>
sealed class Terminal(bool json)
{
    /// <summary>Where the width is not a terminal's, rows are not to be broken.</summary>
    const int UnboundedWidth = 1000;

    readonly IAnsiConsole _error = Console(System.Console.Error, System.Console.IsErrorRedirected);
    readonly Lazy<IAnsiConsole> _out = new(() => Console(System.Console.Out, System.Console.IsOutputRedirected));

    public bool Json { get; } = json;

    /// <summary>True where a person watches standard error.</summary>
    public static bool IsWatched => !System.Console.IsErrorRedirected;

    /// <summary>For the status line, which moves.</summary>
    public IAnsiConsole Error => _error;

    /// <summary>The result: JSON where that is wanted, else what <paramref name="forPeople"/> makes of it.</summary>
    public void Result<T>(T result, JsonTypeInfo<T> type, Func<T, IRenderable> forPeople)
    {
        if (Json)
            System.Console.Out.WriteLine(JsonSerializer.Serialize(result, type));
        else
            _out.Value.Write(forPeople(result));
    }

    /// <summary>A list: one JSON object a line, or one table.</summary>
    public void Results<T>(IReadOnlyList<T> results, JsonTypeInfo<T> type, Func<IReadOnlyList<T>, IRenderable> forPeople)
    {
        if (Json)
            foreach (var result in results)
                System.Console.Out.WriteLine(JsonSerializer.Serialize(result, type));
        else
            _out.Value.Write(forPeople(results));
    }

    /// <summary>A list that comes as one JSON object a line: passed on as it is, or gathered into one table.</summary>
    public async Task LinesAsync(Stream lines, Func<IReadOnlyList<JsonElement>, IRenderable> forPeople, CancellationToken cancellation)
    {
        if (Json)
        {
            await using var output = System.Console.OpenStandardOutput();
            await lines.CopyToAsync(output, cancellation);
            return;
        }
        var rows = new List<JsonElement>();
        using var reader = new StreamReader(lines);
        while (await reader.ReadLineAsync(cancellation) is { } line)
            rows.Add(JsonDocument.Parse(line).RootElement);
        _out.Value.Write(rows.Count > 0 ? forPeople(rows) : new Text("There is nothing to list.\n"));
    }

    /// <summary>A list that comes row by row: one JSON object a line as it comes, or gathered into one table.</summary>
    public async Task RowsAsync(IAsyncEnumerable<JsonElement> rows, Func<IReadOnlyList<JsonElement>, IRenderable> forPeople)
    {
        var gathered = new List<JsonElement>();
        await foreach (var row in rows)
            if (Json)
                System.Console.Out.WriteLine(row.GetRawText());
            else
                gathered.Add(row);
        if (!Json)
            _out.Value.Write(gathered.Count > 0 ? forPeople(gathered) : new Text("There is nothing to list.\n"));
    }

    /// <summary>A remark beside the result.</summary>
    public void Say(string sentence) => Line(sentence, Style.Plain);

    public void Warn(string sentence) => Line(sentence, new(Color.Yellow));

    public void Fail(string sentence) => Line(sentence, new(Color.Red));

    /// <summary>Shows how far long work has come, and how long it may still take.</summary>
    public async Task ProgressAsync(string label, Func<ShowProgress, Task> work)
    {
        if (!IsWatched)
        {
            await work((_, _, _) => { });
            return;
        }
        await _error.Progress().AutoClear(true).HideCompleted(true)
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(),
                new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var task = progress.AddTask(Markup.Escape(label));
                await work((done, total, beside) =>
                {
                    if (beside is not null)
                        task.Description = Markup.Escape($"{label}, {beside}");
                    task.IsIndeterminate = total is null;
                    task.MaxValue = total ?? Math.Max(done, 1);
                    task.Value = done;
                });
            });
    }

    void Line(string sentence, Style style) => _error.Write(new Text(sentence + "\n", style));

    static IAnsiConsole Console(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(writer) });
        if (redirected)
            console.Profile.Width = UnboundedWidth;
        return console;
    }
}
