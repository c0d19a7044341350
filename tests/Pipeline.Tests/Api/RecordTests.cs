using System.Net;
using System.Text;
using System.Text.Json;
using Caudal.Access;
using Caudal.Transactions;
using Microsoft.Extensions.Logging;

namespace Caudal.Tests.Api;

/// <summary>Who did what is on record when it is answered, and the program's own warnings are read back.</summary>
public sealed class RecordTests(ApiHost host) : IClassFixture<ApiHost>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_export_holds_all_that_is_there_and_is_on_record()
    {
        var longAgo = Instant.Of(new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await SendAsync(
            Some.Message(Some.Transaction(1, some => some with { Detail = "=1+1", Timestamp = longAgo })),
            Some.Message(Some.Transaction(2, some => some with { Timestamp = longAgo })));

        using var csv = await host.As(Role.Auditor).PostAsync(
            "/api/transactions/export", Asking.Json("""{"format": "csv", "to": "2024-01-02"}"""), Cancellation);
        using var lines = await host.As(Role.Auditor).PostAsync(
            "/api/transactions/export", Asking.Json("""{"to": "2024-01-02"}"""), Cancellation);

        csv.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        var rows = (await csv.Content.ReadAsStringAsync(Cancellation)).TrimEnd().Split("\r\n");
        rows.Length.ShouldBe(3);
        rows[1].ShouldContain(",'=1+1,");
        (await lines.Content.ReadAsStringAsync(Cancellation)).TrimEnd().Split('\n').Length.ShouldBe(2);
        var audit = await LinesAsync(Role.Auditor, "/api/audit?text=export&limit=4");
        audit.Select(entry => (entry.GetProperty("actor").GetString(), entry.GetProperty("outcome").GetString())).ShouldBe(
            [("the-Auditor", "done: 2 rows"), ("the-Auditor", "begun"), ("the-Auditor", "done: 2 rows"), ("the-Auditor", "begun")]);
    }

    [Fact]
    public async Task Who_hands_in_transactions_is_on_record_by_the_tokens_name()
    {
        await SendAsync(Some.Message(11), Some.Message(12), Some.Message(13));

        (await LinesAsync(Role.Auditor, "/api/audit?text=3 transactions")).ShouldHaveSingleItem()
            .GetProperty("actor").GetString().ShouldBe("the-Sender");
    }

    [Fact]
    public async Task Warnings_are_events_to_be_read_back()
    {
        host.Loggers.CreateLogger("Caudal.Test").Log(LogLevel.Error, 42, "something of a test", null, (text, _) => text);

        IReadOnlyList<JsonElement> found = [];
        for (; found.Count == 0; found = await LinesAsync(Role.Viewer, "/api/events?level=error&text=OF A TEST"))
            await Task.Delay(10, Cancellation);
        var entry = found.ShouldHaveSingleItem();
        entry.GetProperty("id").GetInt32().ShouldBe(42);
        entry.GetProperty("level").GetString().ShouldBe("error");
    }

    [Theory]
    [InlineData("/api/events?level=loud")]
    [InlineData("/api/events?limit=0")]
    [InlineData("/api/events?limit=100001")]
    [InlineData("/api/events?from=yesterday")]
    [InlineData("/api/audit?to=tomorrow")]
    public async Task What_cannot_be_asked_is_told(string path)
    {
        using var response = await host.As(Role.Admin).GetAsync(path, Cancellation);
        await response.ShouldBeProblemAsync(400, "bad-request");
    }

    [Theory]
    [InlineData("""{"format": "xlsx"}""")]
    [InlineData("""{"store": "cold"}""")]
    [InlineData("""{"from": "x"}""")]
    public async Task An_export_of_nothing_there_is_is_refused(string wish)
    {
        using var response = await host.As(Role.Auditor).PostAsync("/api/transactions/export", Asking.Json(wish), Cancellation);
        await response.ShouldBeProblemAsync(400, "bad-request");
    }

    async Task SendAsync(params byte[][] messages)
    {
        var body = new StringContent(
            string.Join('\n', messages.Select(Encoding.UTF8.GetString)), Encoding.UTF8,
            new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-ndjson"));
        using var response = await host.As(Role.Sender).PostAsync("/api/transactions", body, Cancellation);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancellation));
        var end = (await host.Pipeline.Log.DescribeAsync(host.Pipeline.Topic, Cancellation)).End;
        await host.Pipeline.Ingest.WaitForAsync(end, Cancellation);
    }

    async Task<IReadOnlyList<JsonElement>> LinesAsync(Role role, string path) =>
    [
        .. from line in (await host.As(role).GetStringAsync(path, Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
           select JsonDocument.Parse(line).RootElement,
    ];
}
