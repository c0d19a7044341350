using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Caudal.Transactions;

/// <summary>The 128 bits that name a transaction, as a UUID (RFC 9562): the value's most significant byte is the text's first.</summary>
public readonly record struct TransactionId(UInt128 Value) : IComparable<TransactionId>
{
    public static TransactionId Of(Guid guid) => new(Uuid.ToUInt128(guid));

    /// <summary>
    /// A name-based UUIDv8: the first 128 bits of SHA-256 over the parts, each preceded by its length, with version and variant set.
    /// Cryptographic, so that nobody can make two texts meet in one id.
    /// </summary>
    public static TransactionId NameBased(string purpose, params ReadOnlySpan<Utf8Text> parts)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        Append(bytes, Encoding.UTF8.GetBytes(purpose));
        foreach (var part in parts)
            Append(bytes, part.Span);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes.WrittenSpan, hash);
        return NameBased(BinaryPrimitives.ReadUInt128BigEndian(hash));
    }

    /// <summary>The UUIDv8 that keeps all of a hash but the six bits of version and variant.</summary>
    internal static TransactionId NameBased(UInt128 hash)
    {
        var versionAndVariant = new UInt128(0xF000, 0xC000_0000_0000_0000);
        return new(hash & ~versionAndVariant | new UInt128(0x8000, 0x8000_0000_0000_0000));
    }

    static void Append(ArrayBufferWriter<byte> bytes, ReadOnlySpan<byte> part)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(sizeof(int)), part.Length);
        bytes.Advance(sizeof(int));
        bytes.Write(part);
    }

    public static TransactionId Parse(string text) => Of(Guid.Parse(text));

    public static bool TryParse(string? text, out TransactionId id)
    {
        var valid = Guid.TryParseExact(text, "D", out var guid);
        id = Of(guid);
        return valid;
    }

    public Guid ToGuid() => Uuid.ToGuid(Value);

    public int CompareTo(TransactionId other) => Value.CompareTo(other.Value);

    public static bool operator <(TransactionId left, TransactionId right) => left.Value < right.Value;

    public static bool operator >(TransactionId left, TransactionId right) => left.Value > right.Value;

    public static bool operator <=(TransactionId left, TransactionId right) => left.Value <= right.Value;

    public static bool operator >=(TransactionId left, TransactionId right) => left.Value >= right.Value;

    /// <summary>Hyphenated, lower case: <c>0f3c9c1e-8a4b-8d2f-9b1e-6f1d2c3b4a59</c>.</summary>
    public override string ToString() => ToGuid().ToString("D");
}

/// <summary>Between <see cref="Guid"/>, whose memory order is mixed, and the number that its text reads as.</summary>
static class Uuid
{
    public static UInt128 ToUInt128(Guid guid)
    {
        Span<byte> bytes = stackalloc byte[16];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    public static Guid ToGuid(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return new(bytes, bigEndian: true);
    }
}
