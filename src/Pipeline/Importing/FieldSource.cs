using Caudal.Transactions;

namespace Caudal.Importing;

/// <summary>What a member of the messages is made from.</summary>
abstract record FieldSource
{
    /// <summary>The columns that it needs, by name.</summary>
    public abstract IEnumerable<string> Columns { get; }

    /// <summary>
    /// Reads a column's name, or in single quotes a text: <c>'{type} paso {step}'</c> with the columns' texts in it. Braces of the text's
    /// own are written twice.
    /// </summary>
    /// <exception cref="FormatException">With a sentence that says what is wrong.</exception>
    public static FieldSource Parse(string text) =>
        text is ['\'', .. var inner, '\''] ? new TextSource([.. Parts(inner)]) : new ColumnSource(text, IsNumber: false);

    static IEnumerable<TextPart> Parts(string text)
    {
        var literal = "";
        for (var i = 0; i < text.Length; i++)
        {
            var isDoubled = i + 1 < text.Length && text[i + 1] == text[i];
            if (text[i] is '{' or '}' && isDoubled)
                literal += text[i++];
            else if (text[i] == '{' && text.IndexOf('}', i) is > 0 and var end && text[(i + 1)..end].Trim() is { Length: > 0 } column)
            {
                if (literal.Length > 0)
                    yield return new(literal, IsColumn: false);
                yield return new(column, IsColumn: true);
                (literal, i) = ("", end);
            }
            else if (text[i] is '{' or '}')
                throw new FormatException(
                    $"In '{text}' a brace stands alone: a column's name stands in a pair, {{like this}}; a brace itself is written twice.");
            else
                literal += text[i];
        }
        if (literal.Length > 0)
            yield return new(literal, IsColumn: false);
    }
}

/// <summary>The text of one column; a cell that is empty makes no member.</summary>
/// <param name="IsNumber">Written as a number where it is one.</param>
sealed record ColumnSource(string Column, bool IsNumber) : FieldSource
{
    public override IEnumerable<string> Columns => [Column];
}

/// <summary>A piece of a text: itself, or the column that stands there.</summary>
readonly record struct TextPart(string Text, bool IsColumn);

/// <summary>The same text in each row, but for the columns in it.</summary>
sealed record TextSource(IReadOnlyList<TextPart> Parts) : FieldSource
{
    public override IEnumerable<string> Columns => Parts.Where(part => part.IsColumn).Select(part => part.Text);
}

/// <summary>A time that is written in some form of its own, as .NET's format strings describe it.</summary>
sealed record WrittenTimeSource(FieldSource Text, string Format) : FieldSource
{
    public override IEnumerable<string> Columns => Text.Columns;
}

/// <summary>A time that is counted in units from a start.</summary>
/// <param name="First">The count at the start.</param>
/// <param name="IsSpread">True where rows that follow one another with the same count lie evenly within its unit, in their order.</param>
sealed record CountedTimeSource(string Column, Instant Start, TimeSpan Unit, decimal First, bool IsSpread) : FieldSource
{
    /// <summary>No count beyond it, in whichever unit, is a time that a transaction may have.</summary>
    public const decimal CountMax = 1e16m;

    public override IEnumerable<string> Columns => [Column];
}
