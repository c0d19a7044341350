using System.IO.Compression;

namespace Caudal.Importing;

/// <summary>
/// The content of gzip, of one member or several, that ends only where the gzip was whole. The library takes a stream that ends too early
/// for a whole one, so a member of our own is put behind the source's end: only when that comes out last, what came before it was whole.
/// The source stays open.
/// </summary>
public sealed class WholeGzipStream : ReadOnlyStream
{
    static readonly byte[] Seal = "caudal: what comes before this is whole"u8.ToArray();
    static readonly byte[] CompressedSeal = Compress(Seal);

    readonly GZipStream _gzip;
    readonly byte[] _buffer = new byte[64 * 1024];
    int _from;
    int _to;

    public WholeGzipStream(Stream source) =>
        _gzip = new(new ConcatenatedStream(source, new MemoryStream(CompressedSeal, writable: false)), CompressionMode.Decompress);

    /// <summary>At least one byte, except at the end.</summary>
    /// <exception cref="InvalidDataException">The gzip is damaged or was cut off.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The last bytes are held back each time, since they may be the seal.
        while (_to - _from <= Seal.Length)
        {
            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            (_from, _to) = (0, _to - _from);
            var read = await _gzip.ReadAsync(_buffer.AsMemory(_to), cancellationToken);
            if (read == 0)
                return _buffer.AsSpan(_from, _to - _from).SequenceEqual(Seal)
                    ? 0
                    : throw new InvalidDataException("The gzip was cut off.");
            _to += read;
        }
        var taken = int.Min(buffer.Length, _to - _from - Seal.Length);
        _buffer.AsSpan(_from, taken).CopyTo(buffer.Span);
        _from += taken;
        return taken;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _gzip.Dispose();
        base.Dispose(disposing);
    }

    static byte[] Compress(byte[] bytes)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return compressed.ToArray();
    }

    /// <summary>One stream and behind it another. Closing it leaves both open.</summary>
    sealed class ConcatenatedStream(Stream first, Stream second) : ReadOnlyStream
    {
        bool _firstEnded;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_firstEnded && await first.ReadAsync(buffer, cancellationToken) is > 0 and var read)
                return read;
            _firstEnded = true;
            return await second.ReadAsync(buffer, cancellationToken);
        }
    }
}

/// <summary>A stream that is read from its beginning to its end, asynchronously, and nothing else.</summary>
public abstract class ReadOnlyStream : Stream
{
    public sealed override bool CanRead => true;

    public sealed override bool CanSeek => false;

    public sealed override bool CanWrite => false;

    public sealed override long Length => throw new NotSupportedException();

    public sealed override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public sealed override void Flush()
    {
    }

    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public sealed override void SetLength(long value) => throw new NotSupportedException();

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
