using System.Text;
using System.Text.Json;
using Caudal.Access;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests.Api;

/// <summary>What people do over HTTP from the first transaction to the last receipt, on every route that is described.</summary>
public sealed class WorkingDayTests(ApiHost host) : IClassFixture<ApiHost>
{
    /// <summary>For a log that was replaced, which takes processes: <see cref="NewEpochVerbTests"/>.</summary>
    static readonly string[] Elsewhere = ["GET /api/log/loss", "POST /api/log/new-epoch"];

    readonly HashSet<string> _answered = [.. Elsewhere];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_route_that_is_described_answers_well()
    {
        await AskAsync(Role.Viewer, "GET", "/health/live");
        await AskAsync(Role.Viewer, "GET", "/health/ready");
        (await AskAsync(Role.Viewer, "GET", "/api/owner")).GetProperty("verb").GetString().ShouldBe("up");
        await SendAsync();
        await SearchAsync();
        await SettleAsync();
        await FollowAsync();
        await DecideAsync();
        await MendAsync();
        await ReconcileAsync();
        await HandOutTokensAsync();
        var days = await AskAsync(Role.Viewer, "GET", "/api/batch/days", query: "?from=2025-09-13&to=2025-09-14");
        days.GetArrayLength().ShouldBe(2);
        await LinesAsync(Role.Viewer, "/api/events");
        (await LinesAsync(Role.Auditor, "/api/audit")).ShouldNotBeEmpty();

        var described = JsonDocument.Parse(await host.As(Role.Viewer).GetStringAsync("/openapi/v1.json", Cancellation)).RootElement;
        (from path in described.GetProperty("paths").EnumerateObject()
         from operation in path.Value.EnumerateObject()
         let route = $"{operation.Name.ToUpperInvariant()} {path.Name}"
         where !_answered.Contains(route)
         select route).ShouldBeEmpty();
    }

    async Task SendAsync()
    {
        var array = $"[{string.Join(',', Enumerable.Range(0, 5).Select(n => Encoding.UTF8.GetString(Some.Message(n))))}]";
        var reply = await AskAsync(Role.Sender, "POST", "/api/transactions", array);
        reply.GetProperty("accepted").GetInt64().ShouldBe(5);
        await CaughtUpAsync();
    }

    async Task SearchAsync()
    {
        var page = await AskAsync(Role.Viewer, "POST", "/api/search", """{"query": "app: *", "limit": 2}""");
        page.GetProperty("rows").GetArrayLength().ShouldBe(2);
        (await AskAsync(Role.Viewer, "POST", "/api/search/count", "{}")).GetProperty("count").GetInt64().ShouldBe(5);
        await AskAsync(Role.Viewer, "POST", "/api/search/histogram", """{"every": "day"}""");
        await AskAsync(Role.Viewer, "POST", "/api/search/top", """{"field": "app"}""");
        await AskAsync(Role.Viewer, "POST", "/api/search/percentiles", "{}");
        (await LinesAsync(Role.Auditor, "/api/transactions/export", "{}")).Count.ShouldBe(5);
    }

    /// <summary>Its first step by itself, then the rest.</summary>
    async Task SettleAsync()
    {
        var run = (await AskAsync(Role.Operator, "POST", "/api/batch/runs", """{"key": "first"}""")).GetProperty("run").GetInt64();
        await AskAsync(Role.Operator, "POST", "/api/batch/runs/{id}/steps/{name}", route: $"/api/batch/runs/{run}/steps/extract");
        await EndedAsync("/api/batch/runs/{id}/steps/{name}", $"/api/batch/runs/{run}/steps/extract");
        (await RunAsync(run)).GetProperty("state").GetString().ShouldBe("purged");
        (await AskAsync(Role.Viewer, "GET", "/api/batch/runs", query: "?limit=1")).GetArrayLength().ShouldBe(1);
        var shown = await AskAsync(Role.Viewer, "GET", "/api/batch/runs/{id}", route: $"/api/batch/runs/{run}");
        shown.GetProperty("loaded").GetInt64().ShouldBe(5);
    }

    async Task FollowAsync()
    {
        var journey = await AskAsync(
            Role.Viewer, "GET", "/api/transactions/{id}/journey", route: $"/api/transactions/{Some.Id(1)}/journey");
        journey.GetProperty("place").GetString().ShouldBe("history");
        var position = journey.GetProperty("position").GetString();
        await AskAsync(
            Role.Viewer, "GET", "/api/transactions/at/{epoch}/{partition}/{offset}/journey",
            route: $"/api/transactions/at/{position}/journey");
    }

    /// <summary>Two runs wait for a person, since a payment of nothing is suspicious: one goes on with it, one without.</summary>
    async Task DecideAsync()
    {
        foreach (var (decision, body, loaded) in new[] { ("approve", null, 1), ("decline", """{"why": "a test system"}""", 0) })
        {
            await AppendAsync(Some.Message(Some.Transaction(50 + loaded, some => some with { Amount = default })));
            var run = (await AskAsync(Role.Operator, "POST", "/api/batch/runs", "{}")).GetProperty("run").GetInt64();
            (await RunAsync(run)).GetProperty("state").GetString().ShouldBe("waitingForApproval");
            (await LinesAsync(Role.Viewer, "/api/batch/runs/{id}/failing", route: $"/api/batch/runs/{run}/failing")).Count.ShouldBe(1);
            await AskAsync(
                Role.Operator, "POST", $"/api/batch/runs/{{id}}/{decision}", body, route: $"/api/batch/runs/{run}/{decision}");
            (await RunAsync(run)).GetProperty("loaded").GetInt64().ShouldBe(loaded);
        }
    }

    /// <summary>One message is corrected and sent again, one is put away.</summary>
    async Task MendAsync()
    {
        await AppendAsync("not a transaction"u8.ToArray(), "nor this"u8.ToArray());
        var open = await LinesAsync(Role.Viewer, "/api/rejections", query: "?state=open&code=not_json");
        open.Count.ShouldBe(2);
        var (first, second) = (Name(open[0]), Name(open[1]));
        const string One = "/api/rejections/{epoch}/{partition}/{offset}";
        (await AskAsync(Role.Viewer, "GET", One, route: $"/api/rejections/{first}")).GetProperty("bytes").GetString().ShouldNotBeEmpty();
        await AskAsync(
            Role.Operator, "POST", One + "/resend", Encoding.UTF8.GetString(Some.Message(60)), route: $"/api/rejections/{first}/resend");
        await AskAsync(Role.Operator, "POST", One + "/discard", """{"why": "noise"}""", route: $"/api/rejections/{second}/discard");
        await CaughtUpAsync();

        static string Name(JsonElement rejection) => rejection.GetProperty("id").GetString()!;
    }

    async Task ReconcileAsync()
    {
        (await AskAsync(Role.Viewer, "GET", "/api/status")).GetProperty("reconciled").GetBoolean().ShouldBeTrue();
        await AskAsync(Role.Operator, "POST", "/api/verify");
        (await EndedAsync("/api/verify", "/api/verify")).GetProperty("result").GetProperty("differences").GetArrayLength().ShouldBe(0);
        await AskAsync(Role.Viewer, "POST", "/api/account", "[]");
    }

    async Task HandOutTokensAsync()
    {
        var made = await AskAsync(Role.Admin, "POST", "/api/tokens", """{"role": "viewer", "name": "wall"}""");
        (await AskAsync(Role.Admin, "GET", "/api/tokens")).GetArrayLength().ShouldBeGreaterThan(1);
        await AskAsync(Role.Admin, "POST", "/api/tokens/{id}/revoke", route: $"/api/tokens/{made.GetProperty("id").GetString()}/revoke");
    }

    async Task<JsonElement> RunAsync(long run)
    {
        await AskAsync(Role.Operator, "POST", "/api/batch/runs/{id}/run", route: $"/api/batch/runs/{run}/run");
        return (await EndedAsync("/api/batch/runs/{id}/run", $"/api/batch/runs/{run}/run")).GetProperty("run");
    }

    /// <summary>Asks until the work is over.</summary>
    async Task<JsonElement> EndedAsync(string template, string route)
    {
        while (true)
        {
            var answer = await AskAsync(Role.Viewer, "GET", template, route: route);
            if (answer.GetProperty("state").GetString() != "running")
                return answer;
            await Task.Delay(10, Cancellation);
        }
    }

    async Task AppendAsync(params byte[][] messages)
    {
        await host.Pipeline.Log.AppendAsync(host.Pipeline.Topic, [.. messages.Select(each => new LogMessage(each))], Cancellation);
        await CaughtUpAsync();
    }

    async Task CaughtUpAsync()
    {
        while (!(await AskAsync(Role.Viewer, "GET", "/api/ingest/wait")).GetProperty("reached").GetBoolean())
            await Task.Delay(10, Cancellation);
    }

    async Task<IReadOnlyList<JsonElement>> LinesAsync(
        Role role, string template, string? body = null, string? route = null, string query = "")
    {
        var text = await TextAsync(role, body is null ? "GET" : "POST", template, body, (route ?? template) + query);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    async Task<JsonElement> AskAsync(
        Role role, string method, string template, string? body = null, string? route = null, string query = "")
    {
        var text = await TextAsync(role, method, template, body, (route ?? template) + query);
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    async Task<string> TextAsync(Role role, string method, string template, string? body, string path)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = body is null ? null : Asking.Json(body) };
        using var response = await host.As(role).SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        response.IsSuccessStatusCode.ShouldBeTrue($"{method} {path}: {(int)response.StatusCode} {text}");
        _answered.Add($"{method} {template}");
        return text;
    }
}
