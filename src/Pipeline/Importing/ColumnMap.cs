using Caudal.Transactions;

namespace Caudal.Importing;

/// <summary>
/// Which column of a CSV file is which field of a transaction. Columns that are named as a field are taken by their name; a field may
/// also be a text, since a bank's export seldom says which application it came from, or a time that is made of parts.
/// </summary>
public sealed class ColumnMap
{
    public static readonly ColumnMap Empty = new("--map", [], [], dropsOthers: false);

    internal static readonly IReadOnlyList<string> Fields =
    [
        Wire.Id, Wire.App, Wire.DebtorId, Wire.Amount, Wire.Product, Wire.DebtorAccount, Wire.CreditorAccount, Wire.Detail, Wire.Timestamp,
    ];

    readonly OrderedDictionary<string, FieldSource> _sources;

    internal ColumnMap(string name, OrderedDictionary<string, FieldSource> sources, IReadOnlyList<string> dropped, bool dropsOthers) =>
        (Name, _sources, Dropped, DropsOthers) = (name, sources, dropped, dropsOthers);

    /// <summary>How people know it, for errors.</summary>
    internal string Name { get; }

    /// <summary>For each mapped field what it is made from, in the order in which they are written.</summary>
    internal IEnumerable<KeyValuePair<string, FieldSource>> Sources => _sources;

    /// <summary>Columns that are left out.</summary>
    internal IReadOnlyList<string> Dropped { get; }

    /// <summary>True where columns that are neither used nor named as a field are left out too.</summary>
    internal bool DropsOthers { get; }

    internal bool Has(string field) => _sources.ContainsKey(field);

    /// <summary>
    /// Reads <c>valor=Monto,detalle='{Concepto} {Canal}',app='Banca Web'</c>: a column's name, or in single quotes a text.
    /// </summary>
    /// <exception cref="FormatException">With a sentence that says what is wrong and what is known.</exception>
    public static ColumnMap Parse(string text)
    {
        var sources = new OrderedDictionary<string, FieldSource>();
        foreach (var part in Parts(text))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var field = equals < 0 ? part : part[..equals].Trim();
            var source = equals < 0 ? "" : part[(equals + 1)..].Trim();
            if (source.Length == 0)
                throw new FormatException($"'{part}' maps nothing; write field=column, as in valor=Monto, or field='text'.");
            if (!Fields.Contains(field))
                throw new FormatException(
                    $"There is no field '{field}'; the fields are {string.Join(", ", Fields)}. Others are named in a mapping file.");
            if (!sources.TryAdd(field, FieldSource.Parse(source)))
                throw new FormatException($"The field '{field}' is mapped twice.");
        }
        return new("--map", sources, [], dropsOthers: false);
    }

    /// <summary>Reads a mapping file; see <see cref="ColumnMapFile"/> for what may stand in it.</summary>
    /// <param name="name">How people know the file.</param>
    /// <exception cref="FormatException">With a sentence that says where something is wrong, and what may stand there.</exception>
    public static ColumnMap ParseFile(string name, ReadOnlyMemory<byte> json) => ColumnMapFile.Parse(name, json);

    /// <summary>At commas, but not at those within single quotes.</summary>
    static IEnumerable<string> Parts(string text)
    {
        var begin = 0;
        var quoted = false;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '\'')
                quoted = !quoted;
            if (i < text.Length && (text[i] != ',' || quoted))
                continue;
            if (text[begin..i].Trim() is { Length: > 0 } part)
                yield return part;
            begin = i + 1;
        }
    }
}
