using System.Text;
using Caudal.Transactions;

namespace Caudal.Importing;

/// <summary>
/// A CSV file's first row, and how the rows below it become messages: what the map says, then each cell that it does not use a member
/// under its column's name, as text. A cell that is empty and not quoted is a member that is not there.
/// </summary>
sealed class CsvHeader
{
    readonly CsvCells _cells;
    readonly int _columns;
    readonly ValueRuns _runs;
    readonly int? _spreadBy;

    /// <summary>For each member the bytes before its value, and the value.</summary>
    readonly List<(byte[] Name, CsvMember Value)> _members = [];

    /// <param name="runs">Filled by <see cref="Survey"/>, and used by <see cref="TryWrite"/> of another reading.</param>
    public CsvHeader(ReadOnlySpan<byte> row, byte separator, ColumnMap map, ValueRuns runs)
    {
        (_cells, _runs) = (new(separator), runs);
        if (!_cells.TrySplit(row))
            throw new MalformedFileException("has a header that cannot be read: a quote in it stands where none may");
        var names = new List<string>();
        for (var column = 0; column < _cells.Count; column++)
            names.Add(Encoding.UTF8.GetString(_cells.Text(row, column)).Trim());
        _columns = names.Count;
        if (names.Where(name => name.Length > 0).GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } repeated)
            throw new MalformedFileException($"has two columns of one name ({Listed([repeated.Key])}): rename one of them");
        Bind(names, map);
        if (map.Sources.Select(entry => entry.Value).OfType<CountedTimeSource>().FirstOrDefault(time => time.IsSpread) is { } spread)
            _spreadBy = names.IndexOf(spread.Column);
    }

    /// <summary>Whichever of the usual separators the first line has most of.</summary>
    public static byte SeparatorOf(ReadOnlySpan<byte> firstLine)
    {
        var (commas, semicolons, tabs) = (firstLine.Count((byte)','), firstLine.Count((byte)';'), firstLine.Count((byte)'\t'));
        return commas >= semicolons && commas >= tabs ? (byte)',' : semicolons >= tabs ? (byte)';' : (byte)'\t';
    }

    /// <summary>In a first reading: notes what can be told of a row only once those behind it are known.</summary>
    public void Survey(RowBytes row)
    {
        if (_spreadBy is { } column && TrySplit(row) && !_cells.IsEmpty(column))
            _runs.Count(_cells.Text(row.Kept, column));
    }

    /// <summary>
    /// Writes the message of a row. False, with nothing written, where the row has more or fewer cells than the header or a misplaced
    /// quote: then nobody knows which cell is what, and the row itself is what ingest rejects.
    /// </summary>
    public bool TryWrite(RowBytes row, RowBytes into)
    {
        if (!TrySplit(row))
            return false;
        var opening = "{"u8;
        foreach (var (name, value) in _members)
        {
            if (value.IsAbsent(_cells))
                continue;
            into.Append(opening);
            into.Append(name);
            value.Write(row.Kept, _cells, into);
            opening = ", "u8;
        }
        into.Append(opening[0] == '{' ? "{}"u8 : "}"u8);
        return true;
    }

    bool TrySplit(RowBytes row) => !row.IsCut && _cells.TrySplit(row.Kept) && _cells.Count == _columns;

    void Bind(List<string> names, ColumnMap map)
    {
        foreach (var (field, source) in map.Sources)
        {
            if (source.Columns.FirstOrDefault(column => !names.Contains(column)) is { } none)
                throw new MalformedFileException(
                    $"has no column '{none}', which {map.Name} gives '{field}'; its columns are {Listed(names)}");
            _members.Add((Named(field), CsvMember.Of(source, names.IndexOf, _runs)));
        }
        if (map.Dropped.FirstOrDefault(column => !names.Contains(column)) is { } absent)
            throw new MalformedFileException($"has no column '{absent}', which {map.Name} leaves out; its columns are {Listed(names)}");
        var used = map.Sources.SelectMany(entry => entry.Value.Columns).Concat(map.Dropped).ToHashSet();
        for (var column = 0; column < names.Count; column++)
        {
            if (used.Contains(names[column]) || map.DropsOthers && !ColumnMap.Fields.Contains(names[column]))
                continue;
            if (map.Has(names[column]))
                throw new MalformedFileException(
                    $"has a column '{names[column]}', but {map.Name} gives '{names[column]}' something else: rename the column, or leave "
                    + $"it out of {map.Name}");
            var name = names[column].Length > 0 ? names[column] : $"columna_{column + 1}";
            _members.Add((Named(name), CsvMember.OfCell(column)));
        }
        var missing = ColumnMap.Fields.Where(field => field != Wire.Id && !names.Contains(field) && !map.Has(field)
            && !(field == Wire.Timestamp && names.Contains(Wire.TimestampAlias))).ToList();
        if (missing.Count > 0)
            throw new MalformedFileException(
                $"has no column for {string.Join(", ", missing)}: name them with --map field=column,… or, where all rows have "
                + $"the same, field='text'; its columns are {Listed(names)}");
    }

    static byte[] Named(string name) => [.. "\""u8, .. JsonText.Escaped(name), .. "\": "u8];

    /// <summary>Only what looks like names: a file without a header has people's data where the names should be.</summary>
    static string Listed(List<string> names) => names.All(LooksLikeName)
        ? string.Join(", ", names.Select(name => $"'{name}'"))
        : "not listed here, since its first line does not look like a header";

    static bool LooksLikeName(string name) =>
        name.Length is > 0 and <= 40 && char.IsLetter(name.TrimStart('@', '_')[..1].FirstOrDefault()) && name.Count(char.IsAsciiDigit) <= 3
        && !name.AsSpan().ContainsAny("{}\":");
}
