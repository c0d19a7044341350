using System.Net;
using System.Text;

namespace Caudal.Tests;

/// <summary>Requests whose body is gzip: taken whole or not at all, and never more of it in memory than the limit.</summary>
public sealed class DoorGzipTests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    CaudalProcess _up = null!;
    HttpClient _http = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        File.WriteAllText(_folder.File("caudal.json"), """{ "Http": { "BodyBytesMax": 1000000 } }""");
        _up = await CaudalProcess.UpAsync(_folder);
        _http = _up.Client(await CaudalProcess.TokenAsync(_folder, "sender"));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _up.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_was_cut_off_is_refused_and_what_is_whole_is_taken()
    {
        var gzip = ImportFolder.Gzip(Encoding.UTF8.GetBytes(ImportFolder.LinesOf(1000)));

        (await SendAsync(gzip[..(gzip.Length / 2)])).ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(gzip[..^1])).ShouldBe(HttpStatusCode.BadRequest);
        (await CountAsync()).ShouldBe(0);
        (await SendAsync(gzip)).ShouldBe(HttpStatusCode.OK);
        (await CountAsync()).ShouldBe(1000);
    }

    [Fact]
    public async Task Several_members_are_one_body()
    {
        var halves = ImportFolder.LinesOf(20).Split('\n').Chunk(10)
            .Select(rows => ImportFolder.Gzip(Encoding.UTF8.GetBytes(string.Join('\n', rows) + "\n")));

        (await SendAsync([.. halves.SelectMany(half => half)])).ShouldBe(HttpStatusCode.OK);
        (await CountAsync()).ShouldBe(20);
    }

    [Fact]
    public async Task A_small_body_that_unfolds_beyond_the_limit_is_refused() =>
        (await SendAsync(ImportFolder.Gzip(new byte[100_000_000]))).ShouldBe(HttpStatusCode.RequestEntityTooLarge);

    async Task<HttpStatusCode> SendAsync(byte[] gzip)
    {
        var content = new ByteArrayContent(gzip) { Headers = { ContentType = new("application/x-ndjson"), ContentEncoding = { "gzip" } } };
        using var response = await _http.PostAsync("/api/transactions", content, Cancellation);
        return response.StatusCode;
    }

    async Task<long> CountAsync() =>
        (await CaudalProcess.RunAsync(_folder, "search", "--count", "--json")).Json.GetProperty("count").GetInt64();
}
