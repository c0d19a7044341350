using System.Buffers;

namespace Caudal.Transactions;

/// <summary>
/// Walks JSON strictly as RFC 8259 has it, one value at a time, and stops at the first fault without throwing: malformed input is an
/// everyday thing here, and exceptions would let whoever sends it slow everybody down. Beyond the grammar it refuses what no store can
/// keep: NUL, lone surrogates, repeated keys, and nesting deeper than <see cref="Wire.DepthMax"/>. Expects valid UTF-8.
/// </summary>
ref struct JsonScanner(ReadOnlySpan<byte> json)
{
    static readonly SearchValues<byte> EndsOfPlainText =
        SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(control => (byte)control)]);

    readonly ReadOnlySpan<byte> _json = json;

    /// <summary>Where reading goes on or, after a fault, where that lies.</summary>
    public int At { get; private set; }

    public readonly bool IsAtEnd => At == _json.Length;

    /// <summary>One of <see cref="FaultCode"/>, or null while all is well.</summary>
    public string? Fault { get; private set; }

    /// <summary>What was expected at <see cref="At"/>, for <see cref="FaultCode.NotJson"/>.</summary>
    public string Expected { get; private set; } = "";

    /// <summary>Whether the text is one JSON object and nothing else, by the rules above.</summary>
    public static bool IsObject(ReadOnlySpan<byte> json)
    {
        var scanner = new JsonScanner(json);
        return scanner.Read(0, out var value) && value.Kind == JsonKind.Object && scanner.ReadEnd();
    }

    /// <summary>Steps over a byte order mark at the beginning, as RFC 8259 allows: files made on Windows begin with one.</summary>
    public void SkipByteOrderMark()
    {
        if (_json.StartsWith("\uFEFF"u8))
            At = 3;
    }

    /// <summary>Whether the next value is an object.</summary>
    public bool IsAtObject()
    {
        SkipSpace();
        return Peek() == '{';
    }

    /// <summary>Reads the next value, white space before it included.</summary>
    /// <param name="depth">How many arrays and objects are open around it.</param>
    public bool Read(int depth, out JsonValue value)
    {
        SkipSpace();
        var start = At;
        value = default;
        switch (Peek())
        {
            case (byte)'"':
                return ReadString(out value);
            case (byte)'{':
                return ReadObject(depth + 1) && Set(JsonKind.Object, start, out value);
            case (byte)'[':
                return ReadArray(depth + 1) && Set(JsonKind.Array, start, out value);
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                return ReadNumber() && Set(JsonKind.Number, start, out value);
            case (byte)'t':
                return ReadWord("true"u8) && Set(JsonKind.Boolean, start, out value);
            case (byte)'f':
                return ReadWord("false"u8) && Set(JsonKind.Boolean, start, out value);
            case (byte)'n':
                return ReadWord("null"u8) && Set(JsonKind.Null, start, out value);
            default:
                return FailAt(At, "a value");
        }
    }

    /// <summary>Steps into the object or array that is next, for what is in it to be read one by one.</summary>
    public bool Open(int depth)
    {
        if (depth > Wire.DepthMax)
            return FailAt(At, FaultCode.TooDeep, "");
        At++;
        return true;
    }

    /// <summary>Reads up to the next member's value. False at the object's end, which is read too, and at a fault.</summary>
    public bool NextMember(bool first, out JsonValue name)
    {
        name = default;
        SkipSpace();
        if (Peek() == '}')
        {
            At++;
            return false;
        }
        if (!first)
        {
            if (Peek() != ',')
                return FailAt(At, "a comma or the object's end");
            At++;
            SkipSpace();
        }
        if (Peek() != '"')
            return FailAt(At, "a member's name");
        if (!ReadString(out name))
            return false;
        SkipSpace();
        if (Peek() != ':')
            return FailAt(At, "a colon");
        At++;
        return true;
    }

    /// <summary>True where only white space is left.</summary>
    public bool ReadEnd()
    {
        SkipSpace();
        return At == _json.Length || FailAt(At, "nothing more");
    }

    public bool FailAt(int at, string code, string expected)
    {
        (At, Fault, Expected) = (at, code, expected);
        return false;
    }

    /// <summary>The code unit of the <c>\uXXXX</c> that the text begins with, or -1.</summary>
    public static int CodeUnit(ReadOnlySpan<byte> text)
    {
        if (text.Length < 6 || text[0] != '\\' || text[1] != 'u')
            return -1;
        var unit = 0;
        foreach (var digit in text[2..6])
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return -1;
            unit = unit << 4 | (digit & 0xF) + (digit > '9' ? 9 : 0);
        }
        return unit;
    }

    bool FailAt(int at, string expected) => FailAt(at, FaultCode.NotJson, expected);

    bool Set(JsonKind kind, int start, out JsonValue value)
    {
        value = new(kind, start, At - start, Escaped: false);
        return true;
    }

    /// <summary>The next byte, or 0 at the end: no token begins with NUL.</summary>
    readonly byte Peek() => At < _json.Length ? _json[At] : (byte)0;

    void SkipSpace()
    {
        while (At < _json.Length && _json[At] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            At++;
    }

    bool ReadObject(int depth)
    {
        if (!Open(depth))
            return false;
        var names = new MemberNames(_json, stackalloc JsonValue[MemberNames.FewMax]);
        for (var first = true; NextMember(first, out var name); first = false)
        {
            if (!names.Add(name))
                return FailAt(name.Start, FaultCode.RepeatedKey, "");
            if (!Read(depth, out _))
                return false;
        }
        return Fault is null;
    }

    bool ReadArray(int depth)
    {
        if (!Open(depth))
            return false;
        SkipSpace();
        if (Peek() == ']')
        {
            At++;
            return true;
        }
        while (Read(depth, out _))
        {
            SkipSpace();
            var next = Peek();
            if (next is not ((byte)',' or (byte)']'))
                return FailAt(At, "a comma or the array's end");
            At++;
            if (next == ']')
                return true;
        }
        return false;
    }

    bool ReadWord(ReadOnlySpan<byte> word)
    {
        if (!_json[At..].StartsWith(word))
            return FailAt(At, "a value");
        At += word.Length;
        return true;
    }

    bool ReadNumber()
    {
        if (Peek() == '-')
            At++;
        if (Peek() == '0')
            At++;
        else if (!ReadDigits())
            return false;
        if (Peek() == '.')
        {
            At++;
            if (!ReadDigits())
                return false;
        }
        if (Peek() is not ((byte)'e' or (byte)'E'))
            return true;
        At++;
        if (Peek() is (byte)'+' or (byte)'-')
            At++;
        return ReadDigits();
    }

    bool ReadDigits()
    {
        var start = At;
        while (Peek() is >= (byte)'0' and <= (byte)'9')
            At++;
        return At > start || FailAt(At, "a digit");
    }

    bool ReadString(out JsonValue value)
    {
        var start = At + 1;
        var at = start;
        var escaped = false;
        value = default;
        while (true)
        {
            var plain = _json[at..].IndexOfAny(EndsOfPlainText);
            if (plain < 0)
                return FailAt(_json.Length, "the string's end");
            at += plain;
            switch (_json[at])
            {
                case (byte)'"':
                    value = new(JsonKind.String, start, at - start, escaped);
                    At = at + 1;
                    return true;
                case (byte)'\\':
                    escaped = true;
                    if (!SkipEscape(ref at))
                        return false;
                    break;
                case 0:
                    return FailAt(at, FaultCode.NulCharacter, "");
                default:
                    return FailAt(at, "a control character to be escaped");
            }
        }
    }

    bool SkipEscape(ref int at)
    {
        var kind = at + 1 < _json.Length ? _json[at + 1] : (byte)0;
        if (kind is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t')
        {
            at += 2;
            return true;
        }
        var unit = CodeUnit(_json[at..]);
        if (unit < 0)
            return FailAt(at, "an escape that JSON knows");
        if (unit == 0)
            return FailAt(at, FaultCode.NulCharacter, "");
        if (char.IsLowSurrogate((char)unit))
            return FailAt(at, FaultCode.LoneSurrogate, "");
        if (char.IsHighSurrogate((char)unit))
        {
            var low = CodeUnit(_json[(at + 6)..]);
            if (low < 0 || !char.IsLowSurrogate((char)low))
                return FailAt(at, FaultCode.LoneSurrogate, "");
            at += 6;
        }
        at += 6;
        return true;
    }
}
