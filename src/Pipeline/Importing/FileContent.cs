using System.IO.Compression;

namespace Caudal.Importing;

/// <summary>What is in a file, uncompressed where it is gzip, from its beginning.</summary>
sealed class FileContent : IAsyncDisposable
{
    /// <summary>
    /// A gzip member that is put behind the file's end. The library takes a stream that ends too early for a whole one; only when this
    /// comes out at the end, the file before it was whole.
    /// </summary>
    static readonly byte[] Seal = "caudal: what comes before this is whole"u8.ToArray();
    static readonly byte[] CompressedSeal = Compress(Seal);

    readonly FileStream _file;
    readonly GZipStream? _gzip;
    readonly byte[] _held = new byte[Seal.Length];
    int _heldCount;

    FileContent(FileStream file, GZipStream? gzip) => (_file, _gzip) = (file, gzip);

    public static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>How far the file itself was read: compressed bytes, where it is.</summary>
    public long Position => long.Min(_file.Position, _file.Length);

    /// <summary>Begins at the file's start again. The file stays the caller's.</summary>
    public static async ValueTask<FileContent> OpenAsync(FileStream file, CancellationToken cancellation)
    {
        var magic = new byte[2];
        file.Position = 0;
        var isGzip = await file.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, cancellation) == 2 && magic is [0x1F, 0x8B];
        file.Position = 0;
        return new(file, isGzip ? new(new SealedStream(file), CompressionMode.Decompress) : null);
    }

    /// <summary>At least one byte, except at the end. The buffer must be larger than the seal.</summary>
    /// <exception cref="MalformedFileException">The gzip is damaged or was cut off.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellation)
    {
        if (_gzip is null)
            return await _file.ReadAsync(into, cancellation);
        try
        {
            // The last bytes are held back each time, since they may be the seal.
            while (true)
            {
                _held.AsSpan(0, _heldCount).CopyTo(into.Span);
                var read = await _gzip.ReadAsync(into[_heldCount..], cancellation);
                var total = _heldCount + read;
                _heldCount = int.Min(total, _held.Length);
                into.Span[(total - _heldCount)..total].CopyTo(_held);
                if (total > _heldCount)
                    return total - _heldCount;
                if (read == 0)
                    return _held.AsSpan(0, _heldCount).SequenceEqual(Seal) ? 0 : throw new InvalidDataException();
            }
        }
        catch (InvalidDataException exception)
        {
            throw new MalformedFileException("is gzip that is damaged or was cut off: fetch or compress it again", exception);
        }
    }

    public ValueTask DisposeAsync() => _gzip?.DisposeAsync() ?? ValueTask.CompletedTask;

    static byte[] Compress(byte[] bytes)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return compressed.ToArray();
    }

    /// <summary>The file, and behind it the seal. Closing it leaves the file open.</summary>
    sealed class SealedStream(FileStream file) : Stream
    {
        readonly MemoryStream _seal = new(CompressedSeal, writable: false);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await file.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : await _seal.ReadAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) =>
            file.Read(buffer, offset, count) is > 0 and var read ? read : _seal.Read(buffer, offset, count);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
