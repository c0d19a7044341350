using System.Text.Json;
using Caudal.Access;
using Caudal.Log;

namespace Caudal.Tests.Api;

/// <summary>Questions over HTTP: what each route answers, and what is no question.</summary>
public sealed class SearchRouteTests(ApiHost host) : IClassFixture<ApiHost>, IAsyncLifetime
{
    const int Rows = 25;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if ((await host.Pipeline.Hot.GetStateAsync(Cancellation)).Messages > 0)
            return;
        await host.Pipeline.Log.AppendAsync(host.Pipeline.Topic, [.. Enumerable.Range(0, Rows).Select(Some.LogMessage)], Cancellation);
        while ((await host.Pipeline.Hot.GetStateAsync(Cancellation)).Messages < Rows)
            await Task.Delay(10, Cancellation);
    }

    [Theory]
    [InlineData("count", "{}", """{"count":25,"sum":"3.25","average":"0.1300"}""")]
    [InlineData("count", """{"query":"valor: 999"}""", """{"count":0,"sum":"0.00","average":null}""")]
    [InlineData("count", """{"store":"history"}""", """{"count":0,"sum":"0.00","average":null}""")]
    [InlineData("count", """{"query":"app: DeUna and valor <= 0.10","store":"hot"}""",
        """{"count":3,"sum":"0.18","average":"0.0600"}""")]
    [InlineData("count", """{"from":"2025-09-13T05:12:16Z","to":"2025-09-13T05:12:18Z"}""",
        """{"count":2,"sum":"0.05","average":"0.0250"}""")]
    [InlineData("top", """{"field":"app","limit":1}""",
        """{"field":"app","by":"count","values":[{"value":"Banca Web","count":7,"sum":"0.91"}],"others":"""
        + """{"count":18,"sum":"2.34","average":"0.1300"}}""")]
    [InlineData("top", """{"query":"valor >= 0.24","field":"detalle","by":"sum"}""",
        """{"field":"detalle","by":"sum","values":[{"value":"Transacción 24","count":1,"sum":"0.25"},"""
        + """{"value":"Transacción 23","count":1,"sum":"0.24"}],"others":{"count":0,"sum":"0.00","average":null}}""")]
    [InlineData("histogram", """{"every":"day","zone":"America/Guayaquil"}""",
        """{"every":"day","zone":"America/Guayaquil","buckets":["""
        + """{"from":"2025-09-13T05:00:00.000000Z","to":"2025-09-14T05:00:00.000000Z","count":25,"sum":"3.25"}]}""")]
    [InlineData("percentiles", """{"percents":[0,50,100]}""",
        """{"approximate":true,"count":25,"sampled":25,"values":["""
        + """{"percent":0,"amount":"0.01"},{"percent":50,"amount":"0.13"},{"percent":100,"amount":"0.25"}]}""")]
    public async Task A_question_is_answered(string what, string question, string answer)
    {
        using var response = await host.As(Role.Viewer).PostAsync($"/api/search/{what}", Asking.Json(question), Cancellation);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe(answer);
    }

    [Fact]
    public async Task Rows_come_page_by_page_up_to_the_last()
    {
        var (ids, pages) = (new List<string>(), 0);
        for (string? after = null; pages == 0 || after is not null; pages++)
        {
            var asked = JsonSerializer.Serialize(new { query = "not valor: 0.07", sort = "valor", descending = false, limit = 10, after });
            using var response = await host.As(Role.Viewer).PostAsync("/api/search", Asking.Json(asked), Cancellation);
            var page = await response.ReadAsync();
            ids.AddRange(page.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("id").GetString()!));
            after = page.GetProperty("next").GetString();
        }
        ids.ShouldBe(Enumerable.Range(0, Rows).Where(n => n != 6).Select(n => Some.Id(n).ToString()));
        pages.ShouldBe(3);
    }

    [Theory]
    [InlineData("", """{"query":"app: A and prodcto: B"}""", "bad-query", "Did you mean producto?")]
    [InlineData("", """{"qurey":"app: A"}""", "bad-request", "")]
    [InlineData("", """{"store":"cold"}""", "bad-request", "hot, history or both")]
    [InlineData("", """{"from":"2025-09-14","to":"2025-09-13"}""", "bad-request", "is later than")]
    [InlineData("", """{"limit":0}""", "bad-request", "at least 1")]
    [InlineData("", """{"limit":1000000}""", "bad-request", "Http:ResultRowsMax")]
    [InlineData("", """{"sort":"detalle"}""", "bad-request", "sorted by")]
    [InlineData("", """{"after":"x"}""", "bad-request", "cursor")]
    [InlineData("histogram", "{}", "bad-request", "")]
    [InlineData("histogram", """{"every":"week"}""", "bad-request", "")]
    [InlineData("histogram", """{"every":"day","zone":"Mars"}""", "bad-request", "no time zone")]
    [InlineData("top", """{"field":"valor"}""", "bad-request", "no text field")]
    [InlineData("percentiles", """{"percents":[101]}""", "bad-request", "0 to 100")]
    public async Task What_is_no_question_is_told(string what, string question, string code, string words)
    {
        using var response = await host.As(Role.Viewer).PostAsync($"/api/search/{what}".TrimEnd('/'), Asking.Json(question), Cancellation);
        var problem = await response.ShouldBeProblemAsync(400, code);
        problem.GetProperty("detail").GetString()!.ShouldContain(words);
        if (code == "bad-query")
            problem.GetProperty("column").GetInt32().ShouldBe(11);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
