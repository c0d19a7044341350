namespace Caudal.Transactions;

/// <summary>
/// The names met so far in one object. A few are compared one by one; many go into a set whose hashes nobody outside can foresee, so
/// that 64 KiB of names cost no more than they should.
/// </summary>
ref struct MemberNames(ReadOnlySpan<byte> json, Span<JsonValue> few)
{
    public const int FewMax = 8;

    readonly ReadOnlySpan<byte> _json = json;
    readonly Span<JsonValue> _few = few;
    int _count;
    HashSet<Utf8Text>? _many;

    /// <summary>False where the name was met before, however it is escaped.</summary>
    public bool Add(JsonValue name)
    {
        if (_many is not null)
            return _many.Add(TextOf(name));
        foreach (var met in _few[.._count])
            if (AreEqual(met, name))
                return false;
        if (_count < _few.Length)
            _few[_count++] = name;
        else
        {
            _many = [TextOf(name)];
            foreach (var met in _few)
                _many.Add(TextOf(met));
        }
        return true;
    }

    readonly bool AreEqual(JsonValue left, JsonValue right) =>
        left.Escaped || right.Escaped ? TextOf(left) == TextOf(right) : left.Of(_json).SequenceEqual(right.Of(_json));

    readonly Utf8Text TextOf(JsonValue name) => new(name.CopyTextOf(_json));
}
