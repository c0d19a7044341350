using System.Runtime.CompilerServices;
using Caudal.Log;

namespace Caudal.Importing;

/// <summary>
/// A file that was read once from end to end and found whole, ready to be appended. It is kept open, so that what is appended is what was
/// checked.
/// </summary>
public sealed class ImportFile : IAsyncDisposable
{
    const int HeadBytes = 64 * 1024;
    const int BufferBytes = 128 * 1024;

    readonly FileStream _file;
    readonly ImportOptions _options;
    readonly ImportFormat _format;
    readonly byte _separator;
    readonly ValueRuns _runs = new();
    byte[] _sha256 = [];

    ImportFile(string name, FileStream file, ImportOptions options, ImportFormat format, byte separator) =>
        (Name, _file, _options, _format, _separator) = (name, file, options, format, separator);

    /// <summary>How the user named it.</summary>
    public string Name { get; }

    /// <summary>Of its decompressed bytes, in lower-case hexadecimal: what its rows' identities are made of.</summary>
    public string Sha256 => Convert.ToHexStringLower(_sha256);

    /// <summary>How many rows it has; blank lines and a CSV header are none.</summary>
    public long Rows { get; private set; }

    /// <summary>Opens a file and checks it. A pipe is spooled first, since a file is read twice.</summary>
    /// <exception cref="ImportException">It cannot be read, or nothing could tell its rows apart; nothing of it was taken.</exception>
    public static async Task<ImportFile> OpenAsync(
        string path, ImportOptions options, IProgress<ImportProgress> progress, CancellationToken cancellation)
    {
        if (Directory.Exists(path))
            throw new ImportException($"'{path}' is a directory: name the files in it.");
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, BufferBytes, FileOptions.Asynchronous);
            if (file.CanSeek)
                return await CheckAsync(path, file, options, progress, cancellation);
            await using (file)
                return await SpoolAsync(file, path, options, progress, cancellation);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ImportException($"There is no file '{path}'.", exception);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException and not ImportException)
        {
            throw new ImportException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>As <see cref="OpenAsync"/>, for what can be read only once, as standard input: it is kept in a temporary file.</summary>
    /// <exception cref="ImportException">See <see cref="OpenAsync"/>; or the folder for the temporary file has no room.</exception>
    public static async Task<ImportFile> SpoolAsync(
        Stream input, string name, ImportOptions options, IProgress<ImportProgress> progress, CancellationToken cancellation)
    {
        var path = Path.Combine(options.SpoolFolder, $"caudal-import-{Path.GetRandomFileName()}");
        FileStream? spool = null;
        try
        {
            spool = new(path, SpoolOptions());
            // Without a name nothing is left behind, however this process ends.
            if (!OperatingSystem.IsWindows())
                File.Delete(path);
            await input.CopyToAsync(spool, cancellation);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            if (spool is not null)
                await spool.DisposeAsync();
            throw new ImportException(
                $"'{name}' cannot be kept in {options.SpoolFolder} while it is imported: {exception.Message}", exception);
        }
        return await CheckAsync(name, spool, options, progress, cancellation);
    }

    /// <summary>
    /// The rows as messages, in batches. Each carries the id that was derived from the content's hash and the row's number, for where
    /// the row brings none. May be called again, to read it again.
    /// </summary>
    /// <exception cref="ImportException">The file changed after it was checked, or cannot be read any more.</exception>
    public async IAsyncEnumerable<IReadOnlyList<LogMessage>> ReadAsync(
        IProgress<ImportProgress> progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var content = await FileContent.OpenAsync(_file, cancellation);
        using var reader = new RowReader(content, Scanner());
        var header = await Guard(reader, HeaderAsync(reader, cancellation));
        var batch = new RowBatch(_sha256, _options.BatchRecordsMax, _options.BatchBytesMax);
        var rows = 0L;
        while (await Guard(reader, reader.NextAsync(cancellation)))
        {
            batch.Add(reader.Row, header, rows++);
            if (!batch.IsFull)
                continue;
            yield return batch.Take();
            progress.Report(new(content.Position, _file.Length, rows));
        }
        if (!reader.Sha256().AsSpan().SequenceEqual(_sha256))
            throw new ImportException($"'{Name}' changed while it was being imported: import it again once nobody writes to it.");
        if (batch.Count > 0)
            yield return batch.Take();
        progress.Report(new(content.Position, _file.Length, rows));
    }

    /// <summary>
    /// The lines in which some rows (from 0, in ascending order) begin, from 1. Reads as much of the file again as it takes.
    /// </summary>
    /// <exception cref="ImportException">The file changed after it was checked, or cannot be read any more.</exception>
    public async Task<IReadOnlyList<long>> FindLinesAsync(IReadOnlyList<long> rows, CancellationToken cancellation)
    {
        var lines = new List<long>(rows.Count);
        await using var content = await FileContent.OpenAsync(_file, cancellation);
        using var reader = new RowReader(content, Scanner());
        await Guard(reader, HeaderAsync(reader, cancellation));
        for (var row = 0L; lines.Count < rows.Count && await Guard(reader, reader.NextAsync(cancellation)); row++)
            if (row == rows[lines.Count])
                lines.Add(reader.Line);
        return lines;
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    static async Task<ImportFile> CheckAsync(
        string name, FileStream file, ImportOptions options, IProgress<ImportProgress> progress, CancellationToken cancellation)
    {
        try
        {
            var head = await HeadAsync(file, cancellation);
            if (head.IsEmpty)
                throw new MalformedFileException("is empty: there is nothing to import");
            var format = options.Format ?? FormatDetection.Detect(name, head.Span);
            if (format != ImportFormat.Csv && options.Map != ColumnMap.Empty)
                throw new MalformedFileException("has no columns to be mapped: leave out --map, or if it is CSV, say --format csv");
            var import = new ImportFile(name, file, options, format, CsvHeader.SeparatorOf(FormatDetection.FirstLine(head.Span)));
            await import.CheckRowsAsync(progress, cancellation);
            return import;
        }
        catch (MalformedFileException exception)
        {
            await file.DisposeAsync();
            throw new ImportException($"'{name}' {exception.Message}. Nothing of it was imported.", exception);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    static async Task<ReadOnlyMemory<byte>> HeadAsync(FileStream file, CancellationToken cancellation)
    {
        await using var content = await FileContent.OpenAsync(file, cancellation);
        var head = new byte[HeadBytes];
        return head.AsMemory(0, await content.ReadAsync(head, cancellation));
    }

    async Task CheckRowsAsync(IProgress<ImportProgress> progress, CancellationToken cancellation)
    {
        await using var content = await FileContent.OpenAsync(_file, cancellation);
        using var reader = new RowReader(content, Scanner());
        try
        {
            var header = await HeaderAsync(reader, cancellation);
            for (var reported = 0L; await reader.NextAsync(cancellation); Rows++)
            {
                header?.Survey(reader.Row);
                if (content.Position - reported >= 1024 * 1024)
                    progress.Report(new(reported = content.Position, _file.Length, Rows));
            }
        }
        catch (MalformedFileException exception)
        {
            var rows = Rows > 0 ? $" ({Rows} rows could be read before that)" : "";
            throw new MalformedFileException(exception.Message + rows, exception.InnerException);
        }
        _sha256 = reader.Sha256();
        progress.Report(new(_file.Length, _file.Length, Rows));
    }

    RowScanner Scanner() => _format switch
    {
        ImportFormat.Ndjson => new NdjsonScanner(),
        ImportFormat.Json => new JsonRowScanner(),
        ImportFormat.Csv => new CsvScanner(_separator),
        _ => throw new InvalidOperationException($"There is no format {_format}."),
    };

    async ValueTask<CsvHeader?> HeaderAsync(RowReader reader, CancellationToken cancellation)
    {
        if (_format != ImportFormat.Csv)
            return null;
        if (!await reader.NextAsync(cancellation))
            throw new MalformedFileException("has no header line: its first line must name the columns");
        if (reader.Row.IsCut)
            throw new MalformedFileException("has a first line over 64 KiB, which is no header of a CSV file");
        _runs.Rewind();
        return new(reader.Row.Kept, _separator, _options.Map, _runs);
    }

    /// <summary>What was well-formed when it was checked and is not now was changed by somebody.</summary>
    async ValueTask<T> Guard<T>(RowReader reader, ValueTask<T> reading)
    {
        try
        {
            return await reading;
        }
        catch (Exception exception) when (exception is MalformedFileException or IOException)
        {
            throw new ImportException($"'{Name}' could not be read again after {reader.Rows} rows: {exception.Message}", exception);
        }
    }

    static FileStreamOptions SpoolOptions()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.Asynchronous | (OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None),
            BufferSize = BufferBytes,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
