using Spectre.Console;
using Spectre.Console.Rendering;

namespace Caudal.Host.Verbs;

/// <summary>
/// Rows in columns. Where the terminal is too narrow for a table, a row goes on in further lines, column by column below the same header:
/// a word is never broken where a line would do, and nothing is left out.
/// </summary>
sealed class Listing(params Listing.Column[] columns) : Renderable
{
    const string Gap = "  ";

    readonly List<Text[]> _rows = [];
    readonly List<string[]> _words = [];

    public readonly record struct Column(string Name, bool IsNumber = false)
    {
        public static implicit operator Column(string name) => new(name);
    }

    public static Column Number(string name) => new(name, IsNumber: true);

    public void Add(params IEnumerable<(string Word, Style? Style)> cells)
    {
        var row = cells.ToArray();
        _words.Add([.. row.Select(cell => cell.Word)]);
        _rows.Add([.. row.Select(cell => new Text(cell.Word, cell.Style))]);
    }

    public void Add(params IEnumerable<string> cells) => Add(cells.Select(cell => (cell, (Style?)null)));

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        IRenderable shown = Widths().Sum(width => width + 3) + 3 <= maxWidth ? Table() : Folded(maxWidth);
        return shown.Render(options, maxWidth);
    }

    Table Table()
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
            table.AddColumn(new TableColumn(column.Name) { NoWrap = true, Alignment = column.IsNumber ? Justify.Right : Justify.Left });
        foreach (var row in _rows)
            table.AddRow(row);
        return table;
    }

    /// <summary>As many columns a line as there is room for; the second line of a row and those after it are set in.</summary>
    Rows Folded(int maxWidth)
    {
        var widths = Widths();
        var lines = new List<List<int>>();
        var taken = 0;
        for (var column = 0; column < columns.Length; column++)
        {
            if (lines.Count == 0 || taken + Gap.Length + widths[column] > maxWidth)
            {
                lines.Add([]);
                taken = lines.Count == 1 ? -Gap.Length : 0;
            }
            lines[^1].Add(column);
            taken += Gap.Length + widths[column];
        }
        var header = Lines(lines, widths, [.. columns.Select(column => column.Name)], new(decoration: Decoration.Bold));
        return new Rows([.. header, .. _words.SelectMany(row => Lines(lines, widths, row, Style.Plain))]);
    }

    IEnumerable<IRenderable> Lines(List<List<int>> lines, int[] widths, string[] row, Style style) => lines.Select((line, index) =>
    {
        var cells = line.Select(column =>
            columns[column].IsNumber ? row[column].PadLeft(widths[column]) : row[column].PadRight(widths[column]));
        return (IRenderable)new Text((index == 0 ? "" : Gap) + string.Join(Gap, cells).TrimEnd(), style);
    });

    int[] Widths() =>
        [.. columns.Select((column, index) => _words.Select(row => row[index].Length).Append(column.Name.Length).Max())];
}
