using System.Buffers;
using System.Security.Cryptography;
using Caudal.Transactions;

namespace Caudal.Importing;

/// <summary>
/// One row's bytes: all of them up to one more than a message may have, then only their number and hash, so that a line of any length
/// takes no more memory than a good one.
/// </summary>
sealed class RowBytes
{
    /// <summary>One more than is allowed, so that whoever judges the kept bytes finds them too many.</summary>
    const int KeptMax = Wire.MessageBytesMax + 1;

    readonly ArrayBufferWriter<byte> _kept = new(1024);
    IncrementalHash? _hash;

    public ReadOnlySpan<byte> Kept => _kept.WrittenSpan;

    public long Length { get; private set; }

    public bool IsCut => Length > KeptMax;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var room = int.Min(bytes.Length, KeptMax - _kept.WrittenCount);
        if (room < bytes.Length && Length <= KeptMax)
        {
            _hash ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            _hash.AppendData(_kept.WrittenSpan);
            _hash.AppendData(bytes);
        }
        else if (room < bytes.Length)
            _hash?.AppendData(bytes);
        _kept.Write(bytes[..room]);
        Length += bytes.Length;
    }

    /// <summary>Of a row that is cut, in lower-case hexadecimal. Once only: it ends the hash.</summary>
    public string Sha256() => Convert.ToHexStringLower(_hash!.GetHashAndReset());

    public void Clear()
    {
        _kept.ResetWrittenCount();
        Length = 0;
    }
}

/// <summary>Reads a file piece by piece and finds its rows. Blank ones are passed over.</summary>
sealed class RowReader(FileContent content, RowScanner scanner) : IDisposable
{
    readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
    readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    int _from;
    int _to;
    long _line = 1;
    bool _atBegin = true;
    bool _atEnd;

    /// <summary>The row that <see cref="NextAsync"/> found; gone with the next call.</summary>
    public RowBytes Row { get; } = new();

    /// <summary>How many rows were found, counting the current one.</summary>
    public long Rows { get; private set; }

    /// <summary>The line of the file in which the current row begins, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>Finds the next row, or returns false at the end.</summary>
    /// <exception cref="MalformedFileException">The file is damaged, or its rows cannot be told apart.</exception>
    public async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        Row.Clear();
        while (!Scan())
        {
            if (_atEnd)
                return scanner.End(Line) && Row.Length > 0 && IsRow();
            await ReadMoreAsync(cancellation);
        }
        return true;
    }

    /// <summary>Of all the bytes of the content, once <see cref="NextAsync"/> has returned false.</summary>
    public byte[] Sha256() => _hash.GetHashAndReset();

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _hash.Dispose();
    }

    /// <summary>Goes on with the row as far as the bytes that were read reach; true where it is complete.</summary>
    bool Scan()
    {
        while (_from < _to)
        {
            var bytes = _buffer.AsSpan(_from, _to - _from);
            var scanned = scanner.Scan(bytes, _atEnd);
            if (Row.Length == 0)
                Line = _line + bytes[..scanned.Content.Start.Value].Count((byte)'\n');
            Row.Append(bytes[scanned.Content]);
            _line += bytes[..scanned.Taken].Count((byte)'\n');
            _from += scanned.Taken;
            if (scanned.Ended && IsRow())
                return true;
            if (scanned is { Ended: false, Taken: 0 })
                return false;
        }
        return false;
    }

    async ValueTask ReadMoreAsync(CancellationToken cancellation)
    {
        _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
        (_from, _to) = (0, _to - _from);
        do
        {
            var read = await content.ReadAsync(_buffer.AsMemory(_to), cancellation);
            _hash.AppendData(_buffer.AsSpan(_to, read));
            _to += read;
            _atEnd = read == 0;
        }
        while (_atBegin && _to < FileContent.ByteOrderMark.Length && !_atEnd);
        if (_atBegin && _buffer.AsSpan(0, _to).StartsWith(FileContent.ByteOrderMark))
            _from = FileContent.ByteOrderMark.Length;
        _atBegin = false;
    }

    bool IsRow()
    {
        if (!Row.IsCut && Row.Kept.IndexOfAnyExcept(" \t\r"u8) < 0)
        {
            Row.Clear();
            return false;
        }
        Rows++;
        return true;
    }
}
