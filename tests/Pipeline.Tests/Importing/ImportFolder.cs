using System.Globalization;
using System.IO.Compression;
using System.Text;
using Caudal.Importing;
using Caudal.Log;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Caudal.Tests;

/// <summary>A folder of files to import, gone at the end.</summary>
sealed class ImportFolder : IDisposable
{
    public static readonly IProgress<ImportProgress> NoProgress = new Progress<ImportProgress>();

    public string Path { get; } = Directory.CreateTempSubdirectory("caudal-import-tests-").FullName;

    public ImportOptions Options => new() { SpoolFolder = Path };

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public async Task<List<LogMessage>> ReadAsync(string path, ImportOptions? options = null)
    {
        await using var file = await ImportFile.OpenAsync(path, options ?? Options, NoProgress, TestContext.Current.CancellationToken);
        var messages = await ReadAsync(file);
        file.Rows.ShouldBe(messages.Count);
        return messages;
    }

    public static async Task<List<LogMessage>> ReadAsync(ImportFile file)
    {
        var messages = new List<LogMessage>();
        await foreach (var batch in file.ReadAsync(NoProgress, TestContext.Current.CancellationToken))
            messages.AddRange(batch);
        return messages;
    }

    /// <summary>The sentence with which a file is refused before anything of it is read.</summary>
    public async Task<string> RefuseAsync(string path, ImportOptions? options = null)
    {
        var refusal = await Should.ThrowAsync<ImportException>(
            () => ImportFile.OpenAsync(path, options ?? Options, NoProgress, TestContext.Current.CancellationToken));
        refusal.Message.ShouldContain($"'{path}'");
        return refusal.Message;
    }

    public static string Text(LogMessage message) => Encoding.UTF8.GetString(message.Value.Span);

    public static byte[] Gzip(ReadOnlySpan<byte> bytes)
    {
        var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return zipped.ToArray();
    }

    public static byte[] Zstd(ReadOnlySpan<byte> bytes)
    {
        using var compressor = new Compressor();
        // As the zstd program does.
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return compressor.Wrap(bytes).ToArray();
    }

    public static string LinesOf(int count, string lineEnd = "\n") =>
        string.Join(lineEnd, Enumerable.Range(0, count).Select(n => Encoding.UTF8.GetString(Some.Message(n))));

    /// <summary>Some's transactions as a spreadsheet would write them.</summary>
    public static string CsvOf(int count)
    {
        var text = new StringBuilder("app,id_ordenante,valor,producto,cuenta_ordenante,cuenta_beneficiario,detalle,timestamp\r\n");
        foreach (var some in Some.Transactions(0, count))
            text.Append(CultureInfo.InvariantCulture,
                $"{some.App},{some.DebtorId},{some.Amount},{some.Product},{some.DebtorAccount},{some.CreditorAccount},")
                .Append(CultureInfo.InvariantCulture, $"\"{some.Detail}, \"\"x\"\"\r\n\",{some.Timestamp}\r\n");
        return text.ToString();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
