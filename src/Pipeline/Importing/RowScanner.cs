namespace Caudal.Importing;

/// <summary>What a scanner took from the front of the bytes it was shown.</summary>
/// <param name="Taken">How many bytes; the rest is shown again, with more behind it.</param>
/// <param name="Content">Where in the taken bytes those lie that belong to the row.</param>
/// <param name="Ended">True where the row is complete.</param>
readonly record struct Scanned(int Taken, Range Content, bool Ended);

/// <summary>Finds where rows begin and end in a file that is seen piece by piece. What they hold, ingest judges.</summary>
abstract class RowScanner
{
    /// <summary>Takes bytes of the current row; the bytes are never empty.</summary>
    /// <param name="last">True where no byte follows these: all must be taken.</param>
    /// <exception cref="MalformedFileException">The rows cannot be told apart.</exception>
    public abstract Scanned Scan(ReadOnlySpan<byte> bytes, bool last);

    /// <summary>At the end of the file: true where what was taken since the last row is a row.</summary>
    /// <param name="line">In which that begins.</param>
    /// <exception cref="MalformedFileException">The file ends in the middle.</exception>
    public abstract bool End(long line);

    /// <summary>
    /// A line's bytes without what ends it. A carriage return at the end of the bytes is left for the next time, when it shows whether
    /// it belongs to a line end.
    /// </summary>
    protected static Scanned Line(ReadOnlySpan<byte> bytes, int lineFeed, bool last)
    {
        if (lineFeed >= 0)
            return new(lineFeed + 1, ..(lineFeed > 0 && bytes[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed), true);
        var kept = bytes[^1] == '\r' ? bytes.Length - 1 : bytes.Length;
        return new(last ? bytes.Length : kept, ..kept, false);
    }
}

/// <summary>A file whose rows cannot be told apart. The sentence goes on from the file's name.</summary>
sealed class MalformedFileException(string sentence, Exception? inner = null) : Exception(sentence, inner);

/// <summary>A row is a line.</summary>
sealed class NdjsonScanner : RowScanner
{
    public override Scanned Scan(ReadOnlySpan<byte> bytes, bool last) => Line(bytes, bytes.IndexOf((byte)'\n'), last);

    public override bool End(long line) => true;
}

/// <summary>A row is a line, but line ends within quotes belong to a cell. Quotes open where a cell begins, as RFC 4180 has it.</summary>
sealed class CsvScanner(byte separator) : RowScanner
{
    enum State
    {
        CellBegins,
        Plain,
        Quoted,
        QuoteInQuoted,
    }

    readonly byte[] _stops = [separator, (byte)'\n'];
    State _state;

    public override Scanned Scan(ReadOnlySpan<byte> bytes, bool last)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (_state is State.Quoted or State.Plain)
            {
                var stop = _state == State.Quoted ? bytes[i..].IndexOf((byte)'"') : bytes[i..].IndexOfAny(_stops);
                if (stop < 0)
                    break;
                i += stop;
            }
            var found = bytes[i];
            if (_state == State.Quoted)
                _state = State.QuoteInQuoted;
            else if (found == '"' && _state is State.CellBegins or State.QuoteInQuoted)
                _state = State.Quoted;
            else if (found == '\n')
            {
                _state = State.CellBegins;
                return Line(bytes, i, last);
            }
            else
                _state = found == separator ? State.CellBegins : State.Plain;
        }
        return Line(bytes, -1, last);
    }

    public override bool End(long line) => _state != State.Quoted
        ? true
        : throw new MalformedFileException(
            $"opens a quote in the row at line {line} that is never closed: close it, or write a quote within a cell twice");
}
