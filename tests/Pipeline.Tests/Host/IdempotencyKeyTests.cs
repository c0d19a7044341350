using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Caudal.Tests;

/// <summary>What a caller hears who uses a key twice, before and after the process was killed.</summary>
public sealed class IdempotencyKeyTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_belongs_to_its_rows_through_a_kill()
    {
        string first;
        var token = await CaudalProcess.TokenAsync(_folder, "sender");
        await using (var up = await CaudalProcess.UpAsync(_folder))
        {
            using var http = up.Client(token);
            (var status, first) = await PostAsync(http, $"[{Row(1)}, {{}}, {Row(3)}]");
            status.ShouldBe(HttpStatusCode.MultiStatus);
            await ShouldRefuseAsync(http, $"[{Row(1)}, {Row(3)}]");
            up.Kill();
        }

        await using var again = await CaudalProcess.UpAsync(_folder);
        using var client = again.Client(token);
        await ShouldRefuseAsync(client, $"[{Row(1)}, {Row(3)}]");
        // The same rows one a line are the same request.
        (await PostAsync(client, $"{Row(1)}\n{{}}\n{Row(3)}", "application/x-ndjson")).Body.ShouldBe(first);
        (await CaudalProcess.RunAsync(_folder, "search", "--count", "--json")).Out
            .ShouldBe("{\"count\":2,\"sum\":\"4.00\",\"average\":\"2.0000\"}\n");
    }

    public void Dispose() => _folder.Dispose();

    static async Task ShouldRefuseAsync(HttpClient http, string body)
    {
        var (status, answer) = await PostAsync(http, body);
        var problem = JsonDocument.Parse(answer).RootElement;

        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        problem.GetProperty("type").GetString().ShouldBe("urn:caudal:key-reused");
        problem.GetProperty("detail").GetString()!.ShouldContain("under a new key");
    }

    static async Task<(HttpStatusCode Status, string Body)> PostAsync(HttpClient http, string body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/transactions")
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)),
            Headers = { { "Idempotency-Key", "order 4711" } },
        };
        using var response = await http.SendAsync(request, Cancellation);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    static string Row(int amount) => $$"""
        {"app": "DeUna", "id_ordenante": "100", "valor": {{amount}}, "producto": "Ahorros", "cuenta_ordenante": "200",
        """ + """
         "cuenta_beneficiario": "300", "detalle": "Pago", "timestamp": "2025-09-13T05:12:15Z"}
        """;
}
