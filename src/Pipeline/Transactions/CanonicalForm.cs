using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace Caudal.Transactions;

/// <summary>
/// The bytes that a transaction's digest is taken over, versioned and length-prefixed, so that no two transactions share them.
/// Stores call this with what stands in their columns to prove that a row is still what was accepted.
/// <para>Version 1, numbers little-endian: the version's byte; the id's 16 bytes as its text reads; then id_texto, app, id_ordenante,
/// valor, producto, cuenta_ordenante, cuenta_beneficiario, detalle, timestamp, extra. A text is its length in bytes as 32 bits and its
/// UTF-8; null is the length 2^32 - 1 alone. valor is 64 bits of cents, timestamp 64 bits of microseconds since 1970. extra is its tokens
/// as they are spelled, without the spacing between them.</para>
/// </summary>
public static class CanonicalForm
{
    public const byte Version = 1;

    const uint NullLength = uint.MaxValue;
    const int StackBytesMax = 512;
    const int FixedBytes = 1 + 16 + 8 * sizeof(uint) + 2 * sizeof(long);

    /// <summary>XxHash128 of the canonical form, which ignores the digest, batch date, position and the two times.</summary>
    public static Digest DigestOf(Transaction transaction)
    {
        var bytesMax = FixedBytes + TextBytes(transaction);
        var rented = bytesMax > StackBytesMax ? ArrayPool<byte>.Shared.Rent(bytesMax) : null;
        var buffer = rented ?? stackalloc byte[StackBytesMax];
        var digest = new Digest(XxHash128.HashToUInt128(buffer[..Write(transaction, buffer)]));
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return digest;
    }

    static int TextBytes(Transaction transaction) =>
        (transaction.IdText?.Span.Length ?? 0) + transaction.App.Span.Length + transaction.DebtorId.Span.Length
        + transaction.Product.Span.Length + transaction.DebtorAccount.Span.Length + transaction.CreditorAccount.Span.Length
        + transaction.Detail.Span.Length + (transaction.Extra?.Span.Length ?? 0);

    /// <summary>Writes the canonical form and returns its length.</summary>
    internal static int Write(Transaction transaction, Span<byte> buffer)
    {
        buffer[0] = Version;
        BinaryPrimitives.WriteUInt128BigEndian(buffer[1..], transaction.Id.Value);
        var rest = buffer[17..];
        WriteText(ref rest, transaction.IdText);
        WriteText(ref rest, transaction.App);
        WriteText(ref rest, transaction.DebtorId);
        WriteNumber(ref rest, transaction.Amount.Cents);
        WriteText(ref rest, transaction.Product);
        WriteText(ref rest, transaction.DebtorAccount);
        WriteText(ref rest, transaction.CreditorAccount);
        WriteText(ref rest, transaction.Detail);
        WriteNumber(ref rest, transaction.Timestamp.Microseconds);
        WriteTokens(ref rest, transaction.Extra);
        return buffer.Length - rest.Length;
    }

    static void WriteNumber(ref Span<byte> rest, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(rest, number);
        rest = rest[sizeof(long)..];
    }

    static void WriteText(ref Span<byte> rest, Utf8Text? text)
    {
        if (text is not { } some)
        {
            WriteNull(ref rest);
            return;
        }
        BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)some.Span.Length);
        some.Span.CopyTo(rest[sizeof(uint)..]);
        rest = rest[(sizeof(uint) + some.Span.Length)..];
    }

    static void WriteNull(ref Span<byte> rest)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(rest, NullLength);
        rest = rest[sizeof(uint)..];
    }

    static void WriteTokens(ref Span<byte> rest, Utf8Text? json)
    {
        if (json is not { } some)
        {
            WriteNull(ref rest);
            return;
        }
        var length = CopyTokens(some.Span, rest[sizeof(uint)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)length);
        rest = rest[(sizeof(uint) + length)..];
    }

    /// <summary>
    /// Leaves out what is white space outside of strings. Two tokens of valid JSON never run into each other that way: a structural
    /// character stands between them. Text that is not JSON, as a damaged row may hold, has a digest too: it differs, which is the point.
    /// </summary>
    static int CopyTokens(ReadOnlySpan<byte> json, Span<byte> tokens)
    {
        var length = 0;
        var inString = false;
        for (var at = 0; at < json.Length; at++)
        {
            var octet = json[at];
            if (!inString && octet is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
                continue;
            tokens[length++] = octet;
            if (octet == '"')
                inString = !inString;
            else if (octet == '\\' && inString && at + 1 < json.Length)
                tokens[length++] = json[++at];
        }
        return length;
    }
}
