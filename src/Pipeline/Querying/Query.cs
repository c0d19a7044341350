using System.Collections.Immutable;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Querying;

/// <summary>
/// What a query asks for, parsed once and translated by each engine: the same tree gives the same answer on all of them. A condition on
/// a value that is not there is false, so its negation is true. Texts compare by their code points. Trees are equal when their parts are,
/// and <see cref="object.ToString"/> is what a person would write for one.
/// </summary>
public abstract record Query
{
    public static readonly Query Everything = new Both([]);

    /// <summary>All of these hold. What asks for everything falls away.</summary>
    public static Query All(params IEnumerable<Query> parts)
    {
        ImmutableArray<Query> asking = [.. parts.Where(part => !part.Equals(Everything))];
        return asking.Length == 1 ? asking[0] : new Both(asking);
    }

    /// <summary>The part of a span of time in which rows of the query can lie, as far as its outermost conditions tell.</summary>
    public static (Instant First, Instant Last) TimeBounds(Query query, (Instant First, Instant Last) span)
    {
        foreach (var bound in (query is Both both ? both.Parts : [query]).OfType<In>().Where(part => part.Field == QueryField.Timestamp))
            span = (
                bound.From > span.First.Microseconds ? new(bound.From.Value) : span.First,
                bound.To < span.Last.Microseconds ? new(bound.To.Value) : span.Last);
        return span;
    }

    public sealed override string ToString() => QueryText.Write(this);

    /// <summary>All of them hold; without any, everything does.</summary>
    public sealed record Both(ImmutableArray<Query> Parts) : Query
    {
        public bool Equals(Both? other) => other is not null && Parts.SequenceEqual(other.Parts);

        public override int GetHashCode() => Parts.Aggregate(1, HashCode.Combine);
    }

    /// <summary>At least one of them holds.</summary>
    public sealed record Either(ImmutableArray<Query> Parts) : Query
    {
        public bool Equals(Either? other) => other is not null && Parts.SequenceEqual(other.Parts);

        public override int GetHashCode() => Parts.Aggregate(2, HashCode.Combine);
    }

    public sealed record Not(Query Part) : Query;

    /// <summary>The field has a value.</summary>
    public sealed record Has(QueryField Field) : Query;

    /// <summary>For fields of kind <see cref="FieldKind.Uuid"/>.</summary>
    public sealed record IdIs(QueryField Field, Guid Value) : Query;

    /// <summary>For texts. The pattern of a folded field is folded too.</summary>
    public sealed record TextIs(QueryField Field, TextPattern Pattern) : Query;

    /// <summary>
    /// For all other fields, in the unit of their <see cref="FieldKind"/>: from inclusive, to exclusive; null for no bound, but not both.
    /// </summary>
    public sealed record In(QueryField Field, long? From, long? To) : Query;

    /// <summary>
    /// Its position is not covered by the watermark. A row without a position is not beyond any. No text asks for this: it is how hot
    /// leaves out what history holds.
    /// </summary>
    public sealed record Beyond(Watermark Watermark) : Query;
}

/// <summary>
/// Literal pieces with any text, or none, between them: one piece is the whole value, <c>["pago ", ""]</c> what begins with it.
/// </summary>
public sealed record TextPattern
{
    TextPattern(ImmutableArray<string> pieces) => Pieces = pieces;

    public ImmutableArray<string> Pieces { get; }

    public bool IsLiteral => Pieces.Length == 1;

    /// <summary>True where any text fits.</summary>
    public bool IsAny => Pieces is ["", ""];

    /// <summary>Two wildcards side by side are one.</summary>
    public static TextPattern Of(params IReadOnlyList<string> pieces) =>
        new([.. pieces.Where((piece, index) => piece.Length > 0 || index == 0 || index == pieces.Count - 1)]);

    public TextPattern Select(Func<string, string> change) => Of([.. Pieces.Select(change)]);

    public bool Equals(TextPattern? other) => other is not null && Pieces.SequenceEqual(other.Pieces);

    public override int GetHashCode() => Pieces.Aggregate(0, HashCode.Combine);
}

/// <summary>A query that can't be read, or that names what is not there.</summary>
/// <param name="column">From 0, of the character where it goes wrong.</param>
public sealed class QueryException(string message, int column) : FormatException(message)
{
    public int Column { get; } = column;

    /// <summary>The query's line that goes wrong, and below it a caret under the column.</summary>
    public string Point(string query)
    {
        var column = Math.Min(Column, query.Length);
        var start = column == 0 ? 0 : query.LastIndexOf('\n', column - 1) + 1;
        var end = query.IndexOf('\n', column);
        return $"  {query[start..(end < 0 ? query.Length : end)].Replace('\t', ' ')}\n  {new string(' ', column - start)}^";
    }
}
