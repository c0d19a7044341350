namespace Caudal.Importing;

/// <summary>Where the cells of a CSV row stand. It holds the last row's; the row's bytes are the caller's.</summary>
sealed class CsvCells(byte separator)
{
    readonly record struct Cell(int From, int To, bool Quoted);

    readonly List<Cell> _cells = [];

    public int Count => _cells.Count;

    /// <summary>True for a cell without anything, not even quotes.</summary>
    public bool IsEmpty(int column) => _cells[column] is { Quoted: false } cell && cell.From == cell.To;

    /// <summary>False where something follows a closing quote, or one is missing.</summary>
    public bool TrySplit(ReadOnlySpan<byte> row)
    {
        _cells.Clear();
        for (var from = 0; from <= row.Length;)
        {
            var quoted = from < row.Length && row[from] == '"';
            var end = quoted ? EndOfQuoted(row, from) : from + IndexOrLength(row[from..]);
            if (end > row.Length || quoted && end < row.Length && row[end] != separator)
                return false;
            _cells.Add(quoted ? new(from + 1, end - 1, true) : new(from, end, false));
            from = end + 1;
        }
        return true;
    }

    /// <summary>A cell's text, without the quotes that are not its own.</summary>
    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> row, int column)
    {
        var cell = _cells[column];
        var text = row[cell.From..cell.To];
        if (!cell.Quoted || !text.Contains((byte)'"'))
            return text;
        var single = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            single.Add(text[i]);
            if (text[i] == '"')
                i++;
        }
        return single.ToArray();
    }

    int IndexOrLength(ReadOnlySpan<byte> rest) => rest.IndexOf(separator) is >= 0 and var index ? index : rest.Length;

    /// <summary>One past the closing quote, or past the row where there is none.</summary>
    static int EndOfQuoted(ReadOnlySpan<byte> row, int from)
    {
        for (var i = from + 1; i < row.Length; i++)
        {
            if (row[i] != '"')
                continue;
            if (i + 1 == row.Length || row[i + 1] != '"')
                return i + 1;
            i++;
        }
        return row.Length + 1;
    }
}
