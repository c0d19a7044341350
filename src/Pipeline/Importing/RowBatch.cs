using System.Text;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Importing;

/// <summary>Turns rows into messages and gathers them into batches of bounded size.</summary>
sealed class RowBatch(byte[] sha256, int recordsMax, int bytesMax)
{
    static readonly byte[] DebtorAccount = Encoding.UTF8.GetBytes($"\"{Wire.DebtorAccount}\"");

    readonly RowBytes _written = new();
    List<LogMessage> _messages = [];
    byte[] _buffer = [];
    int _used;
    int _bytes;

    public int Count => _messages.Count;

    public bool IsFull => _messages.Count >= recordsMax || _bytes >= bytesMax;

    /// <param name="header">Null where the row is a message as it stands.</param>
    /// <param name="number">From 0: part of the identity of a row that brings none.</param>
    public void Add(RowBytes row, CsvHeader? header, long number)
    {
        _written.Clear();
        var message = header is not null && header.TryWrite(row, _written) ? _written : row;
        var value = Keep(message.Kept);
        var headers = MessageOrigin.HeadersOf(DerivedId.OfFileRow(sha256, number));
        if (message.IsCut)
            headers = [.. headers, .. RejectionEvent.HeadersOfCut(message.Length, message.Sha256())];
        _messages.Add(new(value, KeyOf(value)) { Headers = headers });
        _bytes += value.Length;
    }

    public IReadOnlyList<LogMessage> Take()
    {
        var taken = _messages;
        _messages = new(taken.Count);
        _bytes = 0;
        return taken;
    }

    /// <summary>Copies the bytes to where nothing is written again, for the log may keep them for a while.</summary>
    ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> bytes)
    {
        if (_buffer.Length - _used < bytes.Length)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(int.Max(64 * 1024, bytes.Length));
            _used = 0;
        }
        var kept = _buffer.AsMemory(_used, bytes.Length);
        bytes.CopyTo(kept.Span);
        _used += bytes.Length;
        return kept;
    }

    /// <summary>
    /// The debtor's account, where it stands plainly: it decides which messages stay in order together, nothing else, so a message that
    /// hides it in escapes or in a text simply has another key, or none.
    /// </summary>
    static ReadOnlyMemory<byte> KeyOf(ReadOnlyMemory<byte> message)
    {
        const int digitsMax = 64;
        var name = message.Span.IndexOf(DebtorAccount);
        if (name < 0)
            return default;
        var at = name + DebtorAccount.Length;
        var rest = message.Span[at..];
        var begin = rest.IndexOfAnyExcept(" :"u8);
        if (begin < 0 || rest[begin] != '"')
            return default;
        var length = rest[(begin + 1)..].IndexOfAny((byte)'"', (byte)'\\');
        return length is > 0 and <= digitsMax && rest[begin + 1 + length] == '"' ? message.Slice(at + begin + 1, length) : default;
    }
}
