using System.Buffers;
using System.Text;
using Caudal.Transactions;

namespace Caudal.Importing;

/// <summary>
/// A CSV file's first row, and how the rows below it become messages: each cell a member under its field's name, or its column's where
/// it is no field, always as text. A cell that is empty and not quoted is a member that is not there.
/// </summary>
sealed class CsvHeader
{
    readonly record struct Cell(int From, int To, bool Quoted);

    /// <summary>One member of the messages: the bytes before its value, and the column or the text that the value is.</summary>
    readonly record struct Member(byte[] Name, int Column, byte[] Constant);

    /// <summary>What must be escaped within a JSON string.</summary>
    static readonly SearchValues<byte> Special =
        SearchValues.Create([.. Enumerable.Range(0, 32).Select(control => (byte)control), (byte)'"', (byte)'\\']);

    readonly byte _separator;
    readonly int _columns;
    readonly List<Member> _members = [];
    readonly List<Cell> _cells = [];

    public CsvHeader(ReadOnlySpan<byte> row, byte separator, ColumnMap map)
    {
        _separator = separator;
        if (!TrySplit(row))
            throw new MalformedFileException("has a header that cannot be read: a quote in it stands where none may");
        var names = new List<string>();
        foreach (var cell in _cells)
            names.Add(Encoding.UTF8.GetString(Unquote(row, cell)).Trim());
        _columns = names.Count;
        if (names.Where(name => name.Length > 0).GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } repeated)
            throw new MalformedFileException($"has two columns of one name ({Listed([repeated.Key])}): rename one of them");
        Bind(names, map);
    }

    /// <summary>Whichever of the usual separators the first line has most of.</summary>
    public static byte SeparatorOf(ReadOnlySpan<byte> firstLine)
    {
        var (commas, semicolons, tabs) = (firstLine.Count((byte)','), firstLine.Count((byte)';'), firstLine.Count((byte)'\t'));
        return commas >= semicolons && commas >= tabs ? (byte)',' : semicolons >= tabs ? (byte)';' : (byte)'\t';
    }

    /// <summary>
    /// Writes the message of a row. False, with nothing written, where the row has more or fewer cells than the header or a misplaced
    /// quote: then nobody knows which cell is what, and the row itself is what ingest rejects.
    /// </summary>
    public bool TryWrite(ReadOnlySpan<byte> row, RowBytes into)
    {
        if (!TrySplit(row) || _cells.Count != _columns)
            return false;
        var opening = "{"u8;
        foreach (var member in _members)
        {
            var cell = member.Column < 0 ? default : _cells[member.Column];
            if (member.Column >= 0 && cell is { Quoted: false } && cell.From == cell.To)
                continue;
            into.Append(opening);
            into.Append(member.Name);
            if (member.Column < 0)
                into.Append(member.Constant);
            else
                AppendText(cell.Quoted ? Unquote(row, cell) : row[cell.From..cell.To], into);
            into.Append("\""u8);
            opening = ", "u8;
        }
        into.Append(opening[0] == '{' ? "{}"u8 : "}"u8);
        return true;
    }

    void Bind(List<string> names, ColumnMap map)
    {
        foreach (var (field, text, isConstant) in map.Sources)
        {
            if (!isConstant && !names.Contains(text))
                throw new MalformedFileException(
                    $"has no column '{text}', which --map gives '{field}'; its columns are {Listed(names)}");
            if (names.Contains(field) && (isConstant || text != field))
                throw new MalformedFileException(
                    $"has a column '{field}', but --map gives '{field}' something else: rename the column, or leave it out of --map");
            _members.Add(isConstant ? new(Named(field), -1, Escaped(text)) : new(Named(field), names.IndexOf(text), []));
        }
        for (var column = 0; column < names.Count; column++)
        {
            var name = names[column].Length > 0 ? names[column] : $"columna_{column + 1}";
            if (!map.Sources.Any(source => !source.IsConstant && source.Text == name))
                _members.Add(new(Named(name), column, []));
        }
        var missing = ColumnMap.Fields.Where(field => field != Wire.Id && !names.Contains(field) && !map.Has(field)
            && !(field == Wire.Timestamp && names.Contains(Wire.TimestampAlias))).ToList();
        if (missing.Count > 0)
            throw new MalformedFileException(
                $"has no column for {string.Join(", ", missing)}: name them with --map field=column,… or, where all rows have "
                + $"the same, field='text'; its columns are {Listed(names)}");
    }

    /// <summary>Fills <see cref="_cells"/>; false where something follows a closing quote.</summary>
    bool TrySplit(ReadOnlySpan<byte> row)
    {
        _cells.Clear();
        for (var from = 0; from <= row.Length;)
        {
            var quoted = from < row.Length && row[from] == '"';
            var end = quoted ? EndOfQuoted(row, from) : from + IndexOrLength(row[from..]);
            if (end > row.Length || quoted && end < row.Length && row[end] != _separator)
                return false;
            _cells.Add(quoted ? new(from + 1, end - 1, true) : new(from, end, false));
            from = end + 1;
        }
        return true;
    }

    int IndexOrLength(ReadOnlySpan<byte> rest) => rest.IndexOf(_separator) is >= 0 and var index ? index : rest.Length;

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

    static ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> row, Cell cell)
    {
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

    static byte[] Named(string name) => [.. "\""u8, .. Escaped(name), .. "\": \""u8];

    static byte[] Escaped(string text)
    {
        var bytes = new RowBytes();
        AppendText(Encoding.UTF8.GetBytes(text), bytes);
        return bytes.Kept.ToArray();
    }

    /// <summary>Within a JSON string. Bytes that are no UTF-8 stay as they are: that is for ingest to see.</summary>
    static void AppendText(ReadOnlySpan<byte> text, RowBytes into)
    {
        for (int at; (at = text.IndexOfAny(Special)) >= 0; text = text[(at + 1)..])
        {
            into.Append(text[..at]);
            var special = text[at];
            if (special is (byte)'"' or (byte)'\\')
                into.Append([(byte)'\\', special]);
            else
                into.Append([.. "\\u00"u8, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower([special]))]);
        }
        into.Append(text);
    }

    /// <summary>Only what looks like names: a file without a header has people's data where the names should be.</summary>
    static string Listed(List<string> names) => names.All(LooksLikeName)
        ? string.Join(", ", names.Select(name => $"'{name}'"))
        : "not listed here, since its first line does not look like a header";

    static bool LooksLikeName(string name) =>
        name.Length is > 0 and <= 40 && char.IsLetter(name.TrimStart('@', '_')[..1].FirstOrDefault()) && name.Count(char.IsAsciiDigit) <= 3
        && !name.AsSpan().ContainsAny("{}\":");
}
