using System.Buffers;

namespace Caudal.Importing;

/// <summary>
/// A row is an element of the file's one array, or, where the file does not begin with an array, each of the values that follow one
/// another. Brackets are counted, not nested calls made, so depth costs nothing.
/// </summary>
sealed class JsonRowScanner : RowScanner
{
    enum State
    {
        Begin,
        BeforeFirst,
        BeforeNext,
        InContainer,
        InText,
        InWord,
        After,
        Done,
    }

    static readonly SearchValues<byte> WordEnds = SearchValues.Create(" \t\r\n,]}"u8);
    static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);

    State _state = State.Begin;
    bool _isArray;
    bool _escaped;
    bool _inString;
    int _depth;
    long _offset;

    public override Scanned Scan(ReadOnlySpan<byte> bytes, bool last)
    {
        var begin = 0;
        while (begin < bytes.Length && _state is not (State.InContainer or State.InText or State.InWord))
            if (!StepBetween(bytes[begin], _offset + begin))
                begin++;
        var (end, ended) = begin == bytes.Length ? (begin, false) : Element(bytes, begin);
        if (ended)
            _state = State.After;
        _offset += end;
        return new(end, begin..end, ended);
    }

    public override bool End(long line) => _state switch
    {
        State.InWord => true,
        State.Begin or State.Done => false,
        State.After when !_isArray => false,
        _ => throw new MalformedFileException(
            $"ends at byte {_offset} in the middle of its JSON: it was cut off, or a bracket or quote was never closed"),
    };

    /// <summary>Between elements: returns true where an element begins at this byte.</summary>
    bool StepBetween(byte at, long offset)
    {
        if (at is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            return false;
        switch (_state)
        {
            case State.Begin when at == '[':
                (_isArray, _state) = (true, State.BeforeFirst);
                return false;
            case State.BeforeFirst or State.After when at == ']' && _isArray:
                _state = State.Done;
                return false;
            case State.After when _isArray && at == ',':
                _state = State.BeforeNext;
                return false;
            case State.After when _isArray:
                throw Malformed(offset, "after an element comes a comma or the array's end");
            case State.Done:
                throw Malformed(offset, "nothing may follow the array");
        }
        if (at is (byte)',' or (byte)':' or (byte)']' or (byte)'}')
            throw Malformed(offset, "an element is missing");
        _state = at switch
        {
            (byte)'{' or (byte)'[' => State.InContainer,
            (byte)'"' => State.InText,
            _ => State.InWord,
        };
        (_depth, _inString, _escaped) = (0, false, false);
        return true;
    }

    (int End, bool Ended) Element(ReadOnlySpan<byte> bytes, int from)
    {
        if (_state == State.InWord)
        {
            var length = bytes[from..].IndexOfAny(WordEnds);
            return length < 0 ? (bytes.Length, false) : (from + length, true);
        }
        for (var i = from; i < bytes.Length; i++)
        {
            if (_escaped)
            {
                _escaped = false;
                continue;
            }
            var stop = _inString ? bytes[i..].IndexOfAny((byte)'"', (byte)'\\') : bytes[i..].IndexOfAny(Structure);
            if (stop < 0)
                break;
            i += stop;
            switch (bytes[i])
            {
                case (byte)'\\':
                    _escaped = true;
                    break;
                case (byte)'"':
                    _inString = !_inString;
                    break;
                case (byte)'{' or (byte)'[':
                    _depth++;
                    break;
                default:
                    _depth--;
                    break;
            }
            if (_depth == 0 && !_inString)
                return (i + 1, true);
        }
        return (bytes.Length, false);
    }

    static MalformedFileException Malformed(long offset, string rule) =>
        new($"is not well-formed JSON at byte {offset}: {rule}; mend it, or where each line is an object of its own, say --format ndjson");
}
