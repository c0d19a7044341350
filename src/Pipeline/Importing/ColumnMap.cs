using Caudal.Transactions;

namespace Caudal.Importing;

/// <summary>
/// Which column of a CSV file is which field of a transaction. Columns that are named as a field are taken by their name; a field may
/// also be the same text for every row, since a bank's export seldom says which application it came from.
/// </summary>
public sealed class ColumnMap
{
    public static readonly ColumnMap Empty = new([]);

    internal static readonly IReadOnlyList<string> Fields =
    [
        Wire.Id, Wire.App, Wire.DebtorId, Wire.Amount, Wire.Product, Wire.DebtorAccount, Wire.CreditorAccount, Wire.Detail, Wire.Timestamp,
    ];

    readonly OrderedDictionary<string, (string Text, bool IsConstant)> _sources;

    ColumnMap(OrderedDictionary<string, (string, bool)> sources) => _sources = sources;

    /// <summary>For each mapped field the name of its column, or the text it has in every row.</summary>
    internal IEnumerable<(string Field, string Text, bool IsConstant)> Sources =>
        _sources.Select(entry => (entry.Key, entry.Value.Text, entry.Value.IsConstant));

    internal bool Has(string field) => _sources.ContainsKey(field);

    /// <summary>Reads <c>valor=Monto,detalle=Concepto,app='Banca Web'</c>: a column's name, or in single quotes a text.</summary>
    /// <exception cref="FormatException">With a sentence that says what is wrong and what is known.</exception>
    public static ColumnMap Parse(string text)
    {
        var sources = new OrderedDictionary<string, (string, bool)>();
        foreach (var part in Parts(text))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var field = equals < 0 ? part : part[..equals].Trim();
            var source = equals < 0 ? "" : part[(equals + 1)..].Trim();
            if (source.Length == 0)
                throw new FormatException($"'{part}' maps nothing; write field=column, as in valor=Monto, or field='text'.");
            if (!Fields.Contains(field))
                throw new FormatException($"There is no field '{field}'; the fields are {string.Join(", ", Fields)}.");
            var quoted = source.Length > 1 && source[0] == '\'' && source[^1] == '\'';
            if (!sources.TryAdd(field, (quoted ? source[1..^1] : source, quoted)))
                throw new FormatException($"The field '{field}' is mapped twice.");
        }
        return new(sources);
    }

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
