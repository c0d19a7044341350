using System.Diagnostics;
using Caudal.Log;
using Caudal.Telemetry;
using Caudal.Transactions;

namespace Caudal.Ingesting;

/// <summary>A stretch of the log, judged: what one or more commits to the hot store are put together from.</summary>
sealed class DecodedBatch(Watermark next)
{
    /// <summary>What a message takes in memory beside its bytes: its record, its transaction, its places in lists.</summary>
    const int OverheadBytes = 512;

    readonly List<IReadOnlyList<LogRecord>> _records = [];

    /// <summary>Where reading stands after it.</summary>
    public Watermark Next { get; private set; } = next;

    /// <summary>The last message of each partition that it was read from.</summary>
    public LogAnchor Anchor => LogAnchor.At(_records.Where(records => records.Count > 0).Select(records => records[^1]));

    public List<Transaction> Accepted { get; } = [];

    public List<(LogRecord Record, Fault Fault)> Rejected { get; } = [];

    /// <summary>The messages among them that belong to a trace: few or none.</summary>
    public List<(ActivityContext Trace, LogRecord Record)> Traced { get; } = [];

    /// <summary>Messages that an earlier attempt rejected: they stay so.</summary>
    public int RejectedBefore { get; private set; }

    public int Messages => Accepted.Count + Rejected.Count + RejectedBefore;

    /// <summary>What it holds in memory, roughly; never nothing.</summary>
    public long Bytes { get; private set; } = OverheadBytes;

    /// <summary>Judges consecutive records of one partition. What was rejected before is not judged again.</summary>
    public static DecodedBatch Decode(
        TransactionDecoder decoder, string topic, IReadOnlyList<LogRecord> records, Watermark next, IReadOnlySet<Position> rejectedBefore)
    {
        var decoded = new DecodedBatch(next);
        decoded._records.Add(records);
        var isTracing = Tracing.IsOn;
        foreach (var record in records)
        {
            decoded.Bytes += record.Message.Value.Length + OverheadBytes;
            if (rejectedBefore.Count > 0 && rejectedBefore.Contains(record.Position))
            {
                decoded.RejectedBefore++;
                continue;
            }
            if (isTracing && Tracing.Of(record.Message) is { } trace)
                decoded.Traced.Add((trace, record));
            var (accepted, fault) = decoder.Decode(record.Message.Value, MessageOrigin.Of(topic, record));
            if (accepted is not null)
            {
                decoded.Accepted.Add(accepted);
                // The only text that is a copy and not a view on the message.
                decoded.Bytes += accepted.Extra?.Bytes.Length ?? 0;
            }
            else
                decoded.Rejected.Add((record, fault!));
        }
        return decoded;
    }

    /// <summary>Takes in the batch that follows this one.</summary>
    public void Add(DecodedBatch following)
    {
        Next = Next.Furthest(following.Next);
        Accepted.AddRange(following.Accepted);
        Rejected.AddRange(following.Rejected);
        Traced.AddRange(following.Traced);
        RejectedBefore += following.RejectedBefore;
        Bytes += following.Bytes;
        _records.AddRange(following._records);
    }

    /// <summary>The records that were read at these positions, which hold their exact bytes.</summary>
    public IEnumerable<LogRecord> RecordsAt(IReadOnlyCollection<Position> positions) =>
        _records.SelectMany(records => records).Where(record => positions.Contains(record.Position));
}
