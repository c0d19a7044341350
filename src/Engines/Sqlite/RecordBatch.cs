using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Caudal.Log;
using Caudal.Transactions;
using K4os.Compression.LZ4;

namespace Caudal.Engines.Sqlite;

/// <summary>How a record batch's payload is kept. The numbers stand in files: they are never given another meaning.</summary>
enum RecordFormat
{
    Plain = 1,
    Lz4 = 2,
}

/// <summary>What a row says of its payload.</summary>
readonly record struct BatchHead(long FirstOffset, int Count, Instant AppendedAt, RecordFormat Format, int RawLength, long Checksum)
{
    /// <summary>Over the payload and over what the row says of it, so that a payload under another row's head is noticed too.</summary>
    public long ChecksumOver(ulong payloadHash)
    {
        Span<byte> head = stackalloc byte[40];
        BinaryPrimitives.WriteInt64LittleEndian(head, FirstOffset);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], AppendedAt.Microseconds);
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], Count);
        BinaryPrimitives.WriteInt32LittleEndian(head[20..], (int)Format);
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], RawLength);
        BinaryPrimitives.WriteUInt64LittleEndian(head[32..], payloadHash);
        return unchecked((long)XxHash64.HashToUInt64(head));
    }
}

/// <summary>
/// Many messages as the one payload of a row. A record is: the lengths of value and key, the number of headers, for each header the lengths
/// of its name and its bytes followed by both, then key and value. Lengths are unsigned LEB128.
/// </summary>
sealed record RecordBatch(byte[] Payload, int Count, RecordFormat Format, int RawLength, ulong PayloadHash)
{
    /// <summary>The bytes that the messages take before compression.</summary>
    public static long SizeOf(IReadOnlyList<LogMessage> messages)
    {
        var size = 0L;
        for (var i = 0; i < messages.Count; i++)
            size += SizeOf(messages[i]);
        return size;
    }

    /// <summary>The messages in order, in batches of at most <paramref name="bytesMax"/>; a longer message is one by itself.</summary>
    public static IReadOnlyList<RecordBatch> Encode(IReadOnlyList<LogMessage> messages, int bytesMax)
    {
        var batches = new List<RecordBatch>(1);
        for (var first = 0; first < messages.Count;)
        {
            var size = SizeOf(messages[first]);
            var end = first + 1;
            for (; end < messages.Count && SizeOf(messages[end]) is var next && size + next <= bytesMax; end++)
                size += next;
            batches.Add(Encode(messages, first, end, checked((int)size)));
            first = end;
        }
        return batches;
    }

    /// <summary>The records of a row, as views on one buffer of their own.</summary>
    /// <exception cref="InvalidDataException">The payload is not what was written.</exception>
    public static void Decode(in BatchHead head, ReadOnlySpan<byte> payload, LogPartition partition, List<LogRecord> records)
    {
        if (head.ChecksumOver(XxHash64.HashToUInt64(payload)) != head.Checksum)
            throw new InvalidDataException("its checksum does not fit");
        var raw = GC.AllocateUninitializedArray<byte>(head.RawLength);
        var length = head.Format switch
        {
            RecordFormat.Plain when payload.Length == raw.Length && payload.TryCopyTo(raw) => payload.Length,
            RecordFormat.Lz4 => LZ4Codec.Decode(payload, raw),
            _ => throw new InvalidDataException($"its format {(int)head.Format} is of a newer version than this program's"),
        };
        if (length != raw.Length)
            throw new InvalidDataException("it does not decompress to its length");

        var reader = new Reader(raw);
        for (var i = 0; i < head.Count; i++)
            records.Add(new(new(partition, head.FirstOffset + i), head.AppendedAt, reader.ReadMessage()));
        if (!reader.AtEnd)
            throw new InvalidDataException("it holds more than its records");
    }

    static RecordBatch Encode(IReadOnlyList<LogMessage> messages, int first, int end, int size)
    {
        var raw = ArrayPool<byte>.Shared.Rent(size);
        var packed = ArrayPool<byte>.Shared.Rent(LZ4Codec.MaximumOutputSize(size));
        try
        {
            var writer = new Writer(raw);
            for (var i = first; i < end; i++)
                writer.Write(messages[i]);
            var length = LZ4Codec.Encode(raw.AsSpan(0, size), packed.AsSpan());
            var (format, payload) = length > 0 && length < size
                ? (RecordFormat.Lz4, packed.AsSpan(0, length).ToArray())
                : (RecordFormat.Plain, raw.AsSpan(0, size).ToArray());
            return new(payload, end - first, format, size, XxHash64.HashToUInt64(payload));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    static long SizeOf(in LogMessage message)
    {
        var headers = message.Headers;
        var size = 0L + message.Value.Length + message.Key.Length
            + SizeOf(message.Value.Length) + SizeOf(message.Key.Length) + SizeOf(headers.Count);
        for (var i = 0; i < headers.Count; i++)
        {
            var name = Encoding.UTF8.GetByteCount(headers[i].Key);
            size += SizeOf(name) + name + SizeOf(headers[i].Value.Length) + headers[i].Value.Length;
        }
        return size;
    }

    static int SizeOf(int length) => length switch { < 1 << 7 => 1, < 1 << 14 => 2, < 1 << 21 => 3, < 1 << 28 => 4, _ => 5 };

    ref struct Writer(Span<byte> target)
    {
        Span<byte> _rest = target;

        public void Write(in LogMessage message)
        {
            var headers = message.Headers;
            Write(message.Value.Length);
            Write(message.Key.Length);
            Write(headers.Count);
            for (var i = 0; i < headers.Count; i++)
            {
                Write(Encoding.UTF8.GetByteCount(headers[i].Key));
                Write(headers[i].Value.Length);
                _rest = _rest[Encoding.UTF8.GetBytes(headers[i].Key, _rest)..];
                Write(headers[i].Value.Span);
            }
            Write(message.Key.Span);
            Write(message.Value.Span);
        }

        void Write(int length)
        {
            var left = (uint)length;
            var i = 0;
            for (; left >= 0x80; left >>= 7)
                _rest[i++] = (byte)(left | 0x80);
            _rest[i++] = (byte)left;
            _rest = _rest[i..];
        }

        void Write(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_rest);
            _rest = _rest[bytes.Length..];
        }
    }

    struct Reader(byte[] source)
    {
        int _at;

        public readonly bool AtEnd => _at == source.Length;

        public LogMessage ReadMessage()
        {
            int value = ReadLength(), key = ReadLength(), headers = ReadLength();
            var read = headers == 0 ? null : new KeyValuePair<string, ReadOnlyMemory<byte>>[headers];
            for (var i = 0; i < headers; i++)
            {
                int name = ReadLength(), bytes = ReadLength();
                read![i] = new(Encoding.UTF8.GetString(Take(name).Span), Take(bytes));
            }
            var keyBytes = Take(key);
            var message = new LogMessage(Take(value), keyBytes);
            return read is null ? message : message with { Headers = read };
        }

        int ReadLength()
        {
            var length = 0;
            for (var shift = 0; ; shift += 7)
            {
                var next = source[_at++];
                length |= (next & 0x7f) << shift;
                if (next < 0x80)
                    return length;
            }
        }

        ReadOnlyMemory<byte> Take(int length)
        {
            var taken = source.AsMemory(_at, length);
            _at += length;
            return taken;
        }
    }
}
