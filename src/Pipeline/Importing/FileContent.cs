using ZstdSharp;

namespace Caudal.Importing;

/// <summary>What is in a file, uncompressed where it is gzip or zstd, from its beginning.</summary>
sealed class FileContent : IAsyncDisposable
{
    const int MagicBytes = 4;

    readonly FileStream _file;
    readonly Stream _content;

    FileContent(FileStream file, Stream content) => (_file, _content) = (file, content);

    public static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    /// <summary>How far the file itself was read: compressed bytes, where it is.</summary>
    public long Position => long.Min(_file.Position, _file.Length);

    /// <summary>Begins at the file's start again. The file stays the caller's.</summary>
    public static async ValueTask<FileContent> OpenAsync(FileStream file, CancellationToken cancellation)
    {
        var magic = new byte[MagicBytes];
        file.Position = 0;
        await file.ReadAtLeastAsync(magic, MagicBytes, throwOnEndOfStream: false, cancellation);
        file.Position = 0;
        return new(file, magic switch
        {
            [0x1F, 0x8B, ..] => new WholeGzipStream(file),
            // A frame, or one that programs are to skip, with which some begin. The library bounds the memory that a frame may ask for.
            [0x28, 0xB5, 0x2F, 0xFD] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18] => new DecompressionStream(file, leaveOpen: true),
            _ => file,
        });
    }

    /// <summary>At least one byte, except at the end.</summary>
    /// <exception cref="MalformedFileException">What is compressed is damaged or was cut off.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellation)
    {
        try
        {
            return await _content.ReadAsync(into, cancellation);
        }
        catch (InvalidDataException exception)
        {
            throw new MalformedFileException("is gzip that is damaged or was cut off: fetch or compress it again", exception);
        }
        catch (Exception exception) when (exception is ZstdException or EndOfStreamException)
        {
            throw new MalformedFileException(
                "is zstd that is damaged or was cut off, or that needs more than 128 MiB to read (zstd --long above 27): "
                + "fetch or compress it again", exception);
        }
    }

    public ValueTask DisposeAsync() => _content == _file ? ValueTask.CompletedTask : _content.DisposeAsync();
}
