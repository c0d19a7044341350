using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Caudal.Importing;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>Files that people send: a clear sentence, or rows that ingest rejects with their exact bytes. Never much memory.</summary>
public sealed class BadFileTests : IDisposable
{
    static readonly TransactionDecoder Decoder = new(TimeZoneInfo.Utc);

    readonly ImportFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("empty.ndjson", "", "is empty")]
    [InlineData("blank", " \n \n", "is neither JSON nor CSV")]
    [InlineData("words.txt", "hello\nworld\n", "is neither JSON nor CSV")]
    [InlineData("binary", "\u007FELF\u0001\u0000\u0000,", "is neither JSON nor CSV")]
    [InlineData("cut.json", "[{\"a\":1},{\"a\":2", "ends at byte 15 in the middle of its JSON: it was cut off")]
    [InlineData("cut-later.json", "[{\"a\":1},{\"a\":2", "or a bracket or quote was never closed (1 rows could be read before that)")]
    [InlineData("open-quote.json", "[{\"a\":1},{\"a\":\"2}]", "ends at byte 18 in the middle")]
    [InlineData("no-end.json", "[{\"a\":1}", "ends at byte 8 in the middle")]
    [InlineData("no-comma.json", "[{\"a\":1} {\"a\":2}]", "at byte 9: after an element comes a comma")]
    [InlineData("two-commas.json", "[{\"a\":1},,{\"a\":2}]", "at byte 9: an element is missing")]
    [InlineData("last-comma.json", "[{\"a\":1},]", "at byte 9: an element is missing")]
    [InlineData("more.json", "[{\"a\":1}] {\"a\":2}", "at byte 10: nothing may follow the array")]
    [InlineData("closing.json", "}", "at byte 0: an element is missing")]
    [InlineData("header-only-blank.csv", "\n\n", "has no header line")]
    public async Task A_file_whose_rows_cannot_be_told_is_refused_whole(string name, string text, string sentence)
    {
        var refusal = await _folder.RefuseAsync(_folder.Write(name, text));

        refusal.ShouldContain(sentence);
        refusal.ShouldEndWith("Nothing of it was imported.");
    }

    [Fact]
    public async Task A_directory_and_a_file_that_is_not_there_are_refused()
    {
        (await _folder.RefuseAsync(_folder.Path)).ShouldContain("is a directory: name the files in it");
        (await _folder.RefuseAsync(Path.Combine(_folder.Path, "none.csv"))).ShouldContain("There is no file");
        (await _folder.RefuseAsync(Path.Combine(_folder.Path, "no", "folder.csv"))).ShouldContain("There is no file");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Utf16_is_named_as_such(bool bigEndian) =>
        (await _folder.RefuseAsync(_folder.Write("a.csv", [.. bigEndian ? [0xFE, 0xFF] : new byte[] { 0xFF, 0xFE }, 0, 65])))
            .ShouldContain("is UTF-16 text: save it as UTF-8");

    /// <summary>The library takes a gzip that was cut for a whole one: every length is tried, so that none slips through.</summary>
    [Theory]
    [InlineData(false, "gzip")]
    [InlineData(true, "zstd")]
    public async Task A_compressed_file_cut_anywhere_is_refused(bool zstd, string kind)
    {
        var lines = Encoding.UTF8.GetBytes(ImportFolder.LinesOf(40));
        var whole = zstd ? ImportFolder.Zstd(lines) : ImportFolder.Gzip(lines);

        for (var length = 4; length < whole.Length; length++)
            (await _folder.RefuseAsync(_folder.Write("a.ndjson", whole[..length])))
                .ShouldContain($"is {kind} that is damaged or was cut off");
        (await _folder.ReadAsync(_folder.Write("a.ndjson", whole))).Count.ShouldBe(40);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Several_compressed_pieces_in_a_row_are_one_file_and_the_last_one_is_checked_too(bool zstd)
    {
        var lines = Encoding.UTF8.GetBytes(ImportFolder.LinesOf(40) + "\n");
        var piece = zstd ? ImportFolder.Zstd(lines) : ImportFolder.Gzip(lines);

        (await _folder.ReadAsync(_folder.Write("a.ndjson", [.. piece, .. piece]))).Count.ShouldBe(80);
        (await _folder.RefuseAsync(_folder.Write("a.ndjson", [.. piece, .. piece[..^1]]))).ShouldContain("was cut off");
    }

    [Fact]
    public async Task Zstd_that_begins_with_a_frame_to_be_skipped_is_read()
    {
        var skipped = "\u0050\u002A\u004D\u0018\u0002\u0000\u0000\u0000xy"u8.ToArray();

        var path = _folder.Write("a.csv", [.. skipped, .. ImportFolder.Zstd(Encoding.UTF8.GetBytes(ImportFolder.CsvOf(5)))]);

        (await _folder.ReadAsync(path)).Count.ShouldBe(5);
    }

    [Fact]
    public async Task Gzip_cut_in_the_middle_says_how_many_rows_could_be_read()
    {
        var hashes = Enumerable.Range(0, 50_000).Select(n => Convert.ToHexString(SHA256.HashData(BitConverter.GetBytes(n))));
        var whole = ImportFolder.Gzip(Encoding.UTF8.GetBytes(string.Join('\n', hashes)));

        var refusal = await _folder.RefuseAsync(_folder.Write("a.ndjson.gz", whole[..(whole.Length / 2)]));

        refusal.ShouldMatch(@"cut off: fetch or compress it again \([1-9]\d{3,4} rows could be read before that\)");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flipped_bit_in_a_compressed_file_is_noticed(bool zstd)
    {
        var text = Encoding.UTF8.GetBytes(ImportFolder.CsvOf(100));
        var whole = zstd ? ImportFolder.Zstd(text) : ImportFolder.Gzip(text);
        whole[whole.Length / 2] ^= 1;

        (await _folder.RefuseAsync(_folder.Write("a.csv", whole))).ShouldContain("that is damaged");
    }

    [Fact]
    public async Task A_binary_that_is_called_ndjson_becomes_rejections_with_its_exact_bytes()
    {
        byte[] binary = [0x7F, .. "ELF"u8, 0, 1, 0xFF, 0xFE, (byte)'\n', 0x89, .. "PNG\r"u8, 0x1A];

        var messages = await _folder.ReadAsync(_folder.Write("a.ndjson", binary));

        messages.Select(message => message.Value.ToArray()).ShouldBe([binary[..8], binary[9..]]);
        messages.ShouldAllBe(message => Judge(message).Fault != null);
    }

    [Fact]
    public async Task Invalid_utf8_reaches_ingest_as_it_is()
    {
        byte[] row = [.. "{\"detalle\": \"Pago "u8, 0xF3, .. "\"}"u8];

        var message = (await _folder.ReadAsync(_folder.Write("a.ndjson", [.. row, (byte)'\n']))).ShouldHaveSingleItem();

        message.Value.ToArray().ShouldBe(row);
        Judge(message).Fault!.Code.ShouldBe(FaultCode.NotUtf8);
    }

    [Theory]
    [InlineData("deep.ndjson")]
    [InlineData("deep.json")]
    public async Task Nesting_ten_thousand_deep_is_one_rejection(string name)
    {
        var row = string.Concat(Enumerable.Repeat("{\"a\":[", 5_000)) + string.Concat(Enumerable.Repeat("]}", 5_000));

        var message = (await _folder.ReadAsync(_folder.Write(name, row))).ShouldHaveSingleItem();

        ImportFolder.Text(message).ShouldBe(row);
        Judge(message).Fault!.Code.ShouldBe(FaultCode.TooDeep);
    }

    [Theory]
    [InlineData("long.ndjson", "", "\r\n{\"a\":1}\r\n")]
    [InlineData("long.json", "[", ",{\"a\":1}]")]
    public async Task Of_a_line_of_10_MB_the_first_64_KiB_its_length_and_its_hash_are_kept(string name, string before, string after)
    {
        var row = Encoding.UTF8.GetBytes($"{{\"detalle\": \"{new string('x', 10_000_000)}\"}}");
        var path = _folder.Write(name, [.. Encoding.UTF8.GetBytes(before), .. row, .. Encoding.UTF8.GetBytes(after)]);

        var messages = await _folder.ReadAsync(path);
        var rejection = RejectionEvent.Rejected(
            Some.Topic, Some.Record(0) with { Message = messages[0] }, Judge(messages[0]).Fault.ShouldNotBeNull(), Some.Start);

        messages.Count.ShouldBe(2);
        ImportFolder.Text(messages[1]).ShouldBe("{\"a\":1}");
        messages[0].Value.Length.ShouldBe(Wire.MessageBytesMax + 1);
        rejection.Fault!.Code.ShouldBe(FaultCode.TooLarge);
        rejection.Bytes.ToArray().ShouldBe(row[..Wire.MessageBytesMax]);
        rejection.Length.ShouldBe(row.Length);
        rejection.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(row)));
    }

    [Theory]
    [InlineData(Wire.MessageBytesMax - 1)]
    [InlineData(Wire.MessageBytesMax)]
    [InlineData(Wire.MessageBytesMax + 1)]
    [InlineData(Wire.MessageBytesMax + 2)]
    public async Task At_the_limit_the_kept_bytes_length_and_hash_are_those_of_the_row(int length)
    {
        var row = new byte[length];
        row.AsSpan().Fill((byte)'x');

        var message = (await _folder.ReadAsync(_folder.Write("a.ndjson", row))).ShouldHaveSingleItem();
        var rejection = RejectionEvent.Rejected(
            Some.Topic, Some.Record(0) with { Message = message }, Judge(message).Fault!, Some.Start);

        (rejection.Fault!.Code == FaultCode.TooLarge).ShouldBe(length > Wire.MessageBytesMax);
        rejection.Bytes.Length.ShouldBe(Math.Min(length, Wire.MessageBytesMax));
        rejection.Length.ShouldBe(length);
        rejection.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(row)));
    }

    [Fact]
    public async Task A_small_gzip_of_one_huge_line_is_one_rejection()
    {
        var path = Path.Combine(_folder.Path, "bomb.ndjson.gz");
        await using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
            for (var i = 0; i < 64; i++)
                await gzip.WriteAsync(new byte[1024 * 1024], TestContext.Current.CancellationToken);

        var message = (await _folder.ReadAsync(path)).ShouldHaveSingleItem();

        Judge(message).Fault!.Code.ShouldBe(FaultCode.TooLarge);
        message.Value.Length.ShouldBe(Wire.MessageBytesMax + 1);
    }

    [Fact]
    public void Of_a_row_of_any_length_no_more_is_held_than_is_kept()
    {
        var row = new RowBytes();
        var piece = new byte[1024 * 1024];
        for (var i = 0; i < 64; i++)
            row.Append(piece);

        row.Kept.Length.ShouldBe(Wire.MessageBytesMax + 1);
        row.Length.ShouldBe(64L * piece.Length);
        row.Sha256().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(new byte[64 * piece.Length])));
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_imported_is_noticed()
    {
        var path = _folder.Write("a.ndjson", "{\"a\":1}\n{\"a\":2}\n");
        await using var file = await ImportFile.OpenAsync(
            path, _folder.Options, ImportFolder.NoProgress, TestContext.Current.CancellationToken);

        await File.AppendAllTextAsync(path, "{\"a\":3}\n", TestContext.Current.CancellationToken);

        (await Should.ThrowAsync<ImportException>(() => ImportFolder.ReadAsync(file))).Message
            .ShouldContain("changed while it was being imported");
    }

    static Judgement Judge(LogMessage message) => Decoder.Decode(message.Value, Some.Origin(0));
}
