using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Ingesting;

/// <summary>How long the door knows which rows came under an <c>Idempotency-Key</c>.</summary>
/// <param name="Window">By the log's clock. Of what is older, the topic is trimmed.</param>
/// <param name="KeysMax">Where more come within the window, the oldest are forgotten early. About 100 bytes each.</param>
public sealed record RequestKeyOptions(TimeSpan Window, int KeysMax);

/// <summary>
/// Which rows came under which key. A row's identity is (topic, caller, key, row), so that other rows under the same key would take the
/// identities of the first ones: they are refused. Each use is claimed in topic <c>&lt;topic&gt;.requests</c> before anything is appended
/// under it, and the first claim in the order of the log wins, whichever process made it and however it ended. All members may be
/// called in parallel.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing to dispose of.")]
public sealed class RequestKeys(ITransactionLog log, string topic, RequestKeyOptions options)
{
    const byte Version = 1;
    const int HashBytes = 16;

    /// <summary>How many keys are forgotten before the topic is trimmed once.</summary>
    const int TrimEvery = 1_000;

    readonly string _requests = TopicOf(topic);
    readonly Dictionary<UInt128, UInt128> _rows = [];
    readonly Queue<(UInt128 Key, Instant At, Position Position)> _oldest = new();
    readonly SemaphoreSlim _turn = new(1);
    Watermark _next = Watermark.Zero;
    Watermark _forgotten = Watermark.Zero;
    int _untrimmed;

    /// <summary>The topic that holds the keys of a topic's requests.</summary>
    public static string TopicOf(string topic) => $"{topic}.requests";

    /// <summary>
    /// True where the key is these rows' own: claimed now, durably, or already before. False where other rows came under it first.
    /// </summary>
    /// <exception cref="LogUnavailableException">It may or may not be claimed; claiming it again is safe.</exception>
    public async ValueTask<bool> TryClaimAsync(
        string caller, string key, IReadOnlyList<ReadOnlyMemory<byte>> rows, CancellationToken cancellation)
    {
        var (keyHash, rowsHash) = (TransactionId.NameBased("key", topic, caller, key).Value, HashOf(rows));
        if (await FindAsync(keyHash, reads: false, cancellation) is { } known)
            return known == rowsHash;
        await log.AppendAsync(_requests, [ToMessage(keyHash, rowsHash)], cancellation);
        var first = await FindAsync(keyHash, reads: true, cancellation);
        await TrimWhenDueAsync(cancellation);
        // Where more keys came meanwhile than are kept, it is forgotten by now.
        return first is null || first == rowsHash;
    }

    async ValueTask<UInt128?> FindAsync(UInt128 key, bool reads, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            // A key that is known stays as it is, so that there is no need to read what came since.
            if (reads && !_rows.ContainsKey(key))
                await CatchUpAsync(cancellation);
            return _rows.TryGetValue(key, out var rows) ? rows : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    async ValueTask CatchUpAsync(CancellationToken cancellation)
    {
        try
        {
            await ReadOnAsync(cancellation);
        }
        catch (LogTruncatedException)
        {
            // It was trimmed beyond what this process has read: by another one, or before this one began.
            _next = _next.Furthest((await log.DescribeAsync(_requests, cancellation)).Start);
            await ReadOnAsync(cancellation);
        }
    }

    async ValueTask ReadOnAsync(CancellationToken cancellation)
    {
        await foreach (var batch in log.ReadAsync(_requests, _next, follow: false, cancellation))
        {
            foreach (var record in batch.Records)
                Take(record);
            _next = _next.With(batch.Partition, batch.NextOffset);
        }
    }

    void Take(in LogRecord record)
    {
        var (key, rows) = Read(record);
        while (_oldest.TryPeek(out var oldest) && oldest.At < record.AppendedAt - options.Window)
            Forget();
        if (!_rows.TryAdd(key, rows))
            return;
        _oldest.Enqueue((key, record.AppendedAt, record.Position));
        if (_rows.Count > options.KeysMax)
            Forget();
    }

    void Forget()
    {
        var (key, _, position) = _oldest.Dequeue();
        _rows.Remove(key);
        _forgotten = _forgotten.With(position.LogPartition, position.Offset + 1);
        _untrimmed++;
    }

    async ValueTask TrimWhenDueAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _untrimmed) < TrimEvery || Interlocked.Exchange(ref _untrimmed, 0) < TrimEvery)
            return;
        try
        {
            await log.TrimAsync(_requests, _forgotten, cancellation);
        }
        catch (LogUnavailableException)
        {
            // The topic is longer than it need be until the next time: no reason to refuse a request.
        }
    }

    /// <summary>Of the rows themselves, so that the same rows as an array or one a line are the same request.</summary>
    static UInt128 HashOf(IReadOnlyList<ReadOnlyMemory<byte>> rows)
    {
        var hash = new XxHash128();
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var row in rows)
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, row.Length);
            hash.Append(length);
            hash.Append(row.Span);
        }
        return hash.GetCurrentHashAsUInt128();
    }

    static LogMessage ToMessage(UInt128 key, UInt128 rows)
    {
        var bytes = new byte[HashBytes + 1 + HashBytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, key);
        bytes[HashBytes] = Version;
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(HashBytes + 1), rows);
        return new(bytes.AsMemory(HashBytes), bytes.AsMemory(0, HashBytes));
    }

    (UInt128 Key, UInt128 Rows) Read(in LogRecord record)
    {
        var key = record.Message.Key.Span;
        var value = record.Message.Value.Span;
        if (key.Length != HashBytes || value.Length != 1 + HashBytes || value[0] != Version)
            throw new InvalidDataException(
                $"The record at {record.Position} of topic {_requests} is none that this program wrote: a newer Caudal made it.");
        return (BinaryPrimitives.ReadUInt128BigEndian(key), BinaryPrimitives.ReadUInt128BigEndian(value[1..]));
    }
}

/// <summary>Other rows came under this key before. Nothing of these was taken; the message says what to do.</summary>
public sealed class KeyReusedException() : Exception(
    "This Idempotency-Key was used for other rows, and nothing of these was taken. Send rows that were not taken yet under a new key; "
    + "to repeat the first request, send exactly its rows.");
