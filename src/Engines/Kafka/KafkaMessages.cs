using System.Runtime.InteropServices;
using Caudal.Log;
using Caudal.Transactions;
using Confluent.Kafka;
using LogMessage = Caudal.Log.LogMessage;

namespace Caudal.Engines.Kafka;

/// <summary>A message of the log as Kafka's, and back. No key is null there, and a null value (a tombstone) is read as no bytes.</summary>
static class KafkaMessages
{
    const long MicrosecondsPerMillisecond = 1_000;

    public static Message<byte[]?, byte[]> ToKafka(in LogMessage message)
    {
        var kafka = new Message<byte[]?, byte[]>
        {
            Key = message.Key.IsEmpty ? null : ToArray(message.Key),
            Value = ToArray(message.Value),
        };
        if (message.Headers.Count > 0)
        {
            kafka.Headers = [];
            foreach (var (name, bytes) in message.Headers)
                kafka.Headers.Add(name, ToArray(bytes));
        }
        return kafka;
    }

    public static LogRecord ToRecord(LogPartition partition, ConsumeResult<byte[]?, byte[]?> read) => new(
        new(partition, read.Offset.Value),
        new(Math.Max(0, read.Message.Timestamp.UnixTimestampMs) * MicrosecondsPerMillisecond),
        new(read.Message.Value ?? [], read.Message.Key ?? []) { Headers = HeadersOf(read.Message.Headers) });

    static IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> HeadersOf(Headers? headers) =>
        headers is null || headers.Count == 0
            ? []
            : [.. headers.Select(header => KeyValuePair.Create<string, ReadOnlyMemory<byte>>(header.Key, header.GetValueBytes() ?? []))];

    static byte[] ToArray(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment is { Offset: 0, Array: { } whole } && whole.Length == segment.Count
            ? whole
            : bytes.ToArray();
}
