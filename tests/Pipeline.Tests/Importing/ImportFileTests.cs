using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Caudal.Importing;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests;

public sealed class ImportFileTests : IDisposable
{
    const string Header = "app,id_ordenante,valor,producto,cuenta_ordenante,cuenta_beneficiario,detalle,timestamp";

    readonly ImportFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.ndjson", "{\"a\":1}\n{\"a\":2}\n", new[] { "{\"a\":1}", "{\"a\":2}" })]
    [InlineData("a.jsonl", "{\"a\":1}\n{\"a\":2}", new[] { "{\"a\":1}", "{\"a\":2}" })]
    [InlineData("crlf.ndjson", "{\"a\":1}\r\n{\"a\":2}\r\n", new[] { "{\"a\":1}", "{\"a\":2}" })]
    [InlineData("bom.ndjson", "\uFEFF{\"a\":1}\n", new[] { "{\"a\":1}" })]
    [InlineData("blank.ndjson", "\n  \n{\"a\":1}\n\r\n\t\n{\"a\":2}\n\n", new[] { "{\"a\":1}", "{\"a\":2}" })]
    [InlineData("exact.ndjson", "  {\"a\": 1}  \nnot json\n", new[] { "  {\"a\": 1}  ", "not json" })]
    [InlineData("array.json", "[{\"a\":1},{\"a\":2}]", new[] { "{\"a\":1}", "{\"a\":2}" })]
    [InlineData("bom.json", "\uFEFF [ {\"a\" : [1, {\"b\":\"]}\\\"\"}]} ,\r\n\t{\"a\":2} ]\n",
        new[] { "{\"a\" : [1, {\"b\":\"]}\\\"\"}]}", "{\"a\":2}" })]
    [InlineData("mixed.json", "[1, \"a,]\", null, [], {\"a\":{}}]", new[] { "1", "\"a,]\"", "null", "[]", "{\"a\":{}}" })]
    [InlineData("none.json", " [ ] ", new string[0])]
    [InlineData("object.json", "{\n  \"a\": 1\n}\n", new[] { "{\n  \"a\": 1\n}" })]
    [InlineData("lines.json", "{\"a\":1}\n{\"a\":2}\n", new[] { "{\"a\":1}", "{\"a\":2}" })]
    [InlineData("bad-within.json", "[{\"a\":1]},{a:2}]", new[] { "{\"a\":1]", "{a:2}" }, "array's end")]
    [InlineData("backslash.json", "[\"\\\\\",\"\\\"\"]", new[] { "\"\\\\\"", "\"\\\"\"" })]
    [InlineData("plain-lines", "{\"a\":1}\n{\"a\":2}\n", new[] { "{\"a\":1}", "{\"a\":2}" })]
    [InlineData("plain-object", "{\n\"a\":1}", new[] { "{\n\"a\":1}" })]
    [InlineData("objects.csv", "{\"a\":1}\n{\"a\":2}\n", new[] { "{\"a\":1}", "{\"a\":2}" })]
    [InlineData("array.tsv", "[{\"a\":1}]", new[] { "{\"a\":1}" })]
    [InlineData("plain-array", "\n[{\"a\":1}]", new[] { "{\"a\":1}" })]
    public async Task Rows_are_the_bytes_of_the_file(string name, string text, string[] rows, string? refused = null)
    {
        var path = _folder.Write(name, text);
        if (refused is not null)
            (await _folder.RefuseAsync(path)).ShouldContain(refused);
        else
            (await _folder.ReadAsync(path)).Select(ImportFolder.Text).ShouldBe(rows);
    }

    [Theory]
    [InlineData("a.ndjson")]
    [InlineData("a.json")]
    [InlineData("a.csv")]
    public async Task However_the_bytes_arrive_the_rows_are_the_same(string name)
    {
        var csv = name.EndsWith("csv", StringComparison.Ordinal);
        var text = csv ? ImportFolder.CsvOf(3_000) : ImportFolder.LinesOf(3_000, "\r\n");
        var whole = (await _folder.ReadAsync(_folder.Write(name, text))).Select(ImportFolder.Text).ToList();
        whole.Count.ShouldBe(3_000);

        var input = new Trickle(Encoding.UTF8.GetBytes(text));
        await using var file = await ImportFile.SpoolAsync(
            input, name, _folder.Options, ImportFolder.NoProgress, TestContext.Current.CancellationToken);

        (await ImportFolder.ReadAsync(file)).Select(ImportFolder.Text).ShouldBe(whole);
        Directory.GetFiles(_folder.Path, "caudal-import-*").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Gzip_is_read_by_its_first_bytes_whatever_the_name_and_the_number_of_members(int members)
    {
        var member = ImportFolder.Gzip("{\"a\":1}\n{\"a\":2}\n"u8);
        var path = _folder.Write("file.ndjson", [.. Enumerable.Repeat(member, members).SelectMany(bytes => bytes)]);

        (await _folder.ReadAsync(path)).Count.ShouldBe(2 * members);
    }

    [Fact]
    public async Task A_row_gets_the_identity_of_its_content_and_number()
    {
        var lines = "{\"a\":1}\n\n{\"a\":2}\n"u8.ToArray();
        var plain = await _folder.ReadAsync(_folder.Write("one.ndjson", lines));
        var zipped = await _folder.ReadAsync(_folder.Write("other.ndjson.gz", ImportFolder.Gzip(lines)));

        var ids = plain.Select(AssignedIdOf).ToList();

        ids.ShouldBe([DerivedId.OfFileRow(SHA256.HashData(lines), 0), DerivedId.OfFileRow(SHA256.HashData(lines), 1)]);
        zipped.Select(AssignedIdOf).ShouldBe(ids);
    }

    [Theory]
    [InlineData("{\"cuenta_ordenante\":\"1582464633\"}", "1582464633")]
    [InlineData("{\"x\": 1, \"cuenta_ordenante\" : \"A-1\"}", "A-1")]
    [InlineData("{\"cuenta_ordenante\": 5}", "")]
    [InlineData("{\"cuenta_ordenante\": \"\"}", "")]
    [InlineData("{\"cuenta_ordenante\": \"a\\u0031\"}", "")]
    [InlineData("{\"cuenta_ordenante\"", "")]
    [InlineData("{\"cuenta_ordenante\": \"abc", "")]
    [InlineData("{}", "")]
    public async Task The_key_is_the_debtor_account_where_it_stands_plainly(string row, string key)
    {
        var message = (await _folder.ReadAsync(_folder.Write("a.ndjson", row))).ShouldHaveSingleItem();

        Encoding.UTF8.GetString(message.Key.Span).ShouldBe(key);
    }

    [Fact]
    public async Task Batches_are_bounded_in_rows_and_in_bytes()
    {
        var path = _folder.Write("a.ndjson", ImportFolder.LinesOf(25));

        (await BatchesOf(path, _folder.Options with { BatchRecordsMax = 10 })).ShouldBe([10, 10, 5]);
        (await BatchesOf(path, _folder.Options with { BatchBytesMax = 1000 })).ShouldAllBe(count => count <= 5);
    }

    [Theory]
    [InlineData("a.ndjson", "{}\n\n  \n{}\r\n{}", new long[] { 1, 4, 5 })]
    [InlineData("a.json", "\n[\n{\n\"a\":1},\n\n{}, {}\n]", new long[] { 3, 6, 6 })]
    [InlineData("a.csv", Header + "\n1,\"x\n\ny\",3,4,5,6,7,8\n\n1,2,3,4,5,6,7,8\n1,2\n", new long[] { 2, 6, 7 })]
    public async Task Each_row_s_line_can_be_found(string name, string text, long[] lines)
    {
        await using var file = await ImportFile.OpenAsync(
            _folder.Write(name, text), _folder.Options, ImportFolder.NoProgress, TestContext.Current.CancellationToken);

        (await file.FindLinesAsync([0, 1, 2], TestContext.Current.CancellationToken)).ShouldBe(lines);
        (await file.FindLinesAsync([1], TestContext.Current.CancellationToken)).ShouldBe([lines[1]]);
    }

    [Fact]
    public async Task Progress_ends_at_the_end_of_both_readings()
    {
        var path = _folder.Write("a.ndjson", "{\"a\":1}\n{\"a\":2}\n");
        var progress = new List<ImportProgress>();

        var reports = new Reports(progress.Add);
        await using var file = await ImportFile.OpenAsync(path, _folder.Options, reports, TestContext.Current.CancellationToken);
        await foreach (var batch in file.ReadAsync(reports, TestContext.Current.CancellationToken))
            batch.Count.ShouldBe(2);

        progress.ShouldBe([new(16, 16, 2), new(16, 16, 2)]);
    }

    static async Task<List<int>> BatchesOf(string path, ImportOptions options)
    {
        await using var file = await ImportFile.OpenAsync(path, options, ImportFolder.NoProgress, TestContext.Current.CancellationToken);
        return await file.ReadAsync(ImportFolder.NoProgress, TestContext.Current.CancellationToken).Select(batch => batch.Count)
            .ToListAsync(TestContext.Current.CancellationToken);
    }

    static TransactionId AssignedIdOf(LogMessage message) =>
        MessageOrigin.Of(Some.Topic, Some.Record(0) with { Message = message }).AssignedId.ShouldNotBeNull();

    sealed class Reports(Action<ImportProgress> report) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => report(value);
    }

    /// <summary>A pipe whose writer sends a few bytes at a time.</summary>
    sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        int _next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 1 + _next++ % 7)], cancellationToken);
    }
}
