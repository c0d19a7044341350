using System.Text;
using Parlot;
using Parlot.Fluent;

namespace Caudal.Querying;

/// <summary>A value as it was written.</summary>
/// <param name="Pieces">Split at each wildcard.</param>
readonly record struct QueryValue(IReadOnlyList<string> Pieces, int Column, bool Quoted)
{
    /// <summary>A wildcard alone.</summary>
    public bool IsAny => Pieces is ["", ""];

    public bool IsLiteral => Pieces.Count == 1;
}

/// <summary>
/// Reads one value. In quotes everything stands for itself but <c>\"</c> and <c>\\</c>. Without them a value ends at a space, a
/// parenthesis, a quote or a comparison; <c>*</c> is any text, and <c>\</c> makes what follows it stand for itself.
/// </summary>
sealed class QueryLexer : Parser<QueryValue>
{
    const char Quote = '"';
    const char Escape = '\\';

    public static bool IsBare(char letter) => !char.IsWhiteSpace(letter) && letter is not ('(' or ')' or '<' or '>' or Quote);

    public override bool Parse(ParseContext context, ref ParseResult<QueryValue> result)
    {
        context.SkipWhiteSpace();
        var cursor = context.Scanner.Cursor;
        var start = cursor.Offset;
        var (value, length) = cursor.Current == Quote ? ReadQuoted(context.Scanner.Buffer, start) : ReadBare(context.Scanner.Buffer, start);
        if (length == 0)
            return false;
        for (var read = 0; read < length; read++)
            cursor.Advance();
        result.Set(start, start + length, value);
        return true;
    }

    static (QueryValue Value, int Length) ReadQuoted(string text, int start)
    {
        var piece = new StringBuilder();
        for (var at = start + 1; at < text.Length; at++)
        {
            if (text[at] == Quote)
                return (new([piece.ToString()], start, Quoted: true), at + 1 - start);
            if (text[at] == Escape && at + 1 < text.Length && text[at + 1] is Quote or Escape)
                at++;
            piece.Append(text[at]);
        }
        throw new QueryException("Expected \" to close the quotes; inside them a quote is written \\\".", text.Length);
    }

    static (QueryValue Value, int Length) ReadBare(string text, int start)
    {
        var (pieces, piece, at) = (new List<string>(), new StringBuilder(), start);
        for (; at < text.Length && IsBare(text[at]); at++)
            if (text[at] == '*')
            {
                pieces.Add(piece.ToString());
                piece.Clear();
            }
            else
            {
                if (text[at] == Escape && ++at == text.Length)
                    throw new QueryException("Expected a character after \\, which makes it stand for itself.", at);
                piece.Append(text[at]);
            }
        pieces.Add(piece.ToString());
        return QueryParser.IsKeyword(text.AsSpan(start, at - start)) ? default : (new(pieces, start, Quoted: false), at - start);
    }
}
