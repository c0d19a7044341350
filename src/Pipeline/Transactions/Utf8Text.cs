using System.Text;

namespace Caudal.Transactions;

/// <summary>
/// Text as the UTF-8 bytes that carry it, most often a view on the message it was read from. Validated when made by the decoder:
/// well-formed UTF-8 without NUL. No <see cref="string"/> is made on the path from the log to a store.
/// </summary>
public readonly struct Utf8Text(ReadOnlyMemory<byte> bytes) : IEquatable<Utf8Text>
{
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    public ReadOnlySpan<byte> Span => Bytes.Span;

    public bool IsEmpty => Bytes.IsEmpty;

    public static Utf8Text Of(string text) => new(Encoding.UTF8.GetBytes(text));

    public static implicit operator Utf8Text(string text) => Of(text);

    public bool Equals(Utf8Text other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is Utf8Text other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    public override string ToString() => Encoding.UTF8.GetString(Span);

    public static bool operator ==(Utf8Text left, Utf8Text right) => left.Equals(right);

    public static bool operator !=(Utf8Text left, Utf8Text right) => !left.Equals(right);
}
