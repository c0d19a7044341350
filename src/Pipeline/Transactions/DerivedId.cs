using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Caudal.Log;

namespace Caudal.Transactions;

/// <summary>
/// The identity of a transaction whose message brings no UUID, made so that sending the same again is the same transaction. Each is a
/// name-based UUIDv8; its first part says what it was derived from, so that the kinds never meet.
/// </summary>
public static class DerivedId
{
    /// <summary>From an <c>id</c> that is not a UUID: one app's texts never meet another's.</summary>
    public static TransactionId OfText(string topic, Utf8Text app, Utf8Text text) => TransactionId.NameBased("text", topic, app, text);

    /// <summary>From the <c>Idempotency-Key</c> of an HTTP request; rows are counted from 0.</summary>
    public static TransactionId OfRequest(string topic, string caller, string idempotencyKey, long row) =>
        TransactionId.NameBased("request", topic, caller, idempotencyKey, Number(row));

    /// <summary>From the SHA-256 of an imported file's decompressed bytes; rows are counted from 0.</summary>
    public static TransactionId OfFileRow(ReadOnlyMemory<byte> sha256, long row) =>
        TransactionId.NameBased("file", new Utf8Text(sha256), Number(row));

    /// <summary>
    /// From its place in the log, where nothing better is known. XxHash128, not SHA-256: nobody chooses a position, so nobody can make
    /// two meet, and this one is taken for every message of a producer that sends no ids.
    /// </summary>
    public static TransactionId OfPosition(string topic, Position position)
    {
        Span<byte> buffer = stackalloc byte[512];
        position.Epoch.TryWriteBytes(buffer, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(buffer[16..], position.Partition);
        BinaryPrimitives.WriteInt64BigEndian(buffer[20..], position.Offset);
        const int place = 28;
        return Encoding.UTF8.TryGetBytes(topic, buffer[place..], out var length)
            ? TransactionId.NameBased(XxHash128.HashToUInt128(buffer[..(place + length)]))
            : TransactionId.NameBased("position", topic, new Utf8Text(buffer[..place].ToArray()));
    }

    static Utf8Text Number(long number)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return new(bytes);
    }
}
