using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Caudal.Tests.Distributed;

/// <summary>How roles begin, are looked after and end as processes of their own, and what keeps one from being run.</summary>
public sealed class RoleProcessTests(KafkaServer kafka, ElasticsearchServer elasticsearch, PostgresServer postgres) : IAsyncLifetime
{
    /// <summary>Told to end, a role does so in a fraction of what Kubernetes grants.</summary>
    static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(10);

    readonly List<IAsyncDisposable> _opened = [];
    readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        foreach (var each in Enumerable.Reverse(_opened))
            await each.DisposeAsync();
        _http.Dispose();
    }

    [Theory]
    [InlineData("ingest")]
    [InlineData("serve")]
    public async Task A_role_is_alive_and_ready_until_it_is_told_to_stop_and_then_ends_in_order(string role)
    {
        var stores = await MakeAsync();
        var probe = RunningCaudal.FreePort();
        var process = await StartAsync(
            stores, role, ("CAUDAL_Probe__Port", $"{probe}"), ("CAUDAL_Http__Port", "0"), ("CAUDAL_Http__StopDelay", "00:00:04"));
        (await StatusAsync(probe, "live"), await StatusAsync(probe, "ready")).ShouldBe((HttpStatusCode.OK, HttpStatusCode.OK));
        using (var others = await _http.GetAsync($"http://127.0.0.1:{probe}/api/status", Cancellation))
            others.StatusCode.ShouldBe(HttpStatusCode.NotFound, "the port has nothing else");

        process.Signal(PosixSignal.SIGTERM);
        var told = Stopwatch.StartNew();
        if (role == "serve")
        {
            while (await StatusAsync(probe, "ready") == HttpStatusCode.OK)
                told.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
            (await StatusAsync(probe, "live")).ShouldBe(HttpStatusCode.OK);
            using var late = await _http.GetAsync(new Uri(process.Address(), "health/live"), Cancellation);
            late.StatusCode.ShouldBe(HttpStatusCode.OK, "who has not looked away yet is still answered");
        }

        var said = await process.EndAsync();
        said.ExitCode.ShouldBe(0, said.Error);
        told.Elapsed.ShouldBeLessThan(EndsWithin);
    }

    [Fact]
    public async Task Of_several_that_serve_one_makes_the_scheduled_runs_and_another_takes_over()
    {
        var stores = await MakeAsync();
        (string, string)[] often =
            [("CAUDAL_Http__Port", "0"), ("CAUDAL_Schedule__Cron", "* * * * * *"), ("CAUDAL_Schedule__Reach", "now")];
        await StartAsync(stores, "ingest");
        var first = await StartAsync(stores, "serve", often);
        await stores.AskAsync("generate", "--count", "300", "--seed", "1");
        await first.WaitForAsync("Run 1 of");

        var second = await StartAsync(stores, "serve", often);
        await second.WaitForAsync("Another process makes the scheduled runs");
        first.Signal(PosixSignal.SIGTERM);
        (await first.EndAsync()).ExitCode.ShouldBe(0);
        await stores.AskAsync("generate", "--count", "300", "--seed", "2");
        await second.WaitForAsync("transactions are in history");

        await stores.IngestedAsync();
        var books = await stores.AskAsync("status");
        books.GetProperty("reconciled").GetBoolean().ShouldBeTrue(books.ToString());
    }

    [Fact]
    public async Task What_one_process_of_the_api_has_taken_another_knows()
    {
        var stores = await MakeAsync();
        var operating = await CaudalProcess.TokenAsync(stores.Folder, "operator");
        await StartAsync(stores, "ingest");
        var one = await StartAsync(stores, "serve", ("CAUDAL_Http__Port", "0"));
        var other = await StartAsync(stores, "serve", ("CAUDAL_Http__Port", "0"));
        await stores.AskAsync("generate", "--count", "300", "--seed", "1");
        await stores.IngestedAsync();
        using var first = one.Client(operating);
        using var second = other.Client(operating);

        using var made = await first.PostAsJsonAsync("/api/batch/runs", new { key = "day-1" }, Cancellation);
        using var found = await second.PostAsJsonAsync("/api/batch/runs", new { key = "day-1" }, Cancellation);
        var run = await ReadAsync(made, "run");
        (await ReadAsync(found, "run")).ShouldBe(run);
        using var started = await first.PostAsync($"/api/batch/runs/{run}/run", null, Cancellation);
        // Whoever asks the other one is told where the work stands that the first has begun, and not that it is done.
        while (await AskAsync(second, $"/api/batch/runs/{run}/run", "state") == "running")
            await Task.Delay(50, Cancellation);
        (await AskAsync(second, $"/api/batch/runs/{run}", "state")).ShouldBe("purged");
        (await AskAsync(second, "/api/status", "reconciled")).ShouldBe("true");
    }

    [Fact]
    public async Task Serving_beside_a_store_that_is_a_file_is_refused_and_the_setting_is_named()
    {
        var stores = await MakeAsync(history: "duckdb");

        var said = await CaudalProcess.RunAsync(stores.Folder, "serve");

        said.ExitCode.ShouldBe(2);
        said.Error.ShouldContain("History:Engine=duckdb");
        said.Error.ShouldContain("caudal up");
        said.Error.ShouldNotContain("Hot:Engine=duckdb");
    }

    [Fact]
    public async Task A_second_worker_over_a_store_that_is_a_file_is_refused_and_the_setting_is_named()
    {
        var stores = await MakeAsync(hot: "duckdb", history: "duckdb");
        await StartAsync(stores, "ingest");

        var said = await CaudalProcess.RunAsync(stores.Folder, "ingest");

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldContain("Hot:Engine=duckdb and History:Engine=duckdb");
    }

    async Task<SharedStores> MakeAsync(string hot = "elasticsearch", string history = "postgres")
    {
        var stores = await SharedStores.MakeAsync(kafka, elasticsearch, postgres, "kafka", hot, history);
        _opened.Add(stores);
        return stores;
    }

    async Task<CaudalProcess> StartAsync(SharedStores stores, string role, params (string Name, string Value)[] variables)
    {
        var process = await stores.StartAsync(role, variables);
        _opened.Add(process);
        return process;
    }

    async Task<HttpStatusCode> StatusAsync(int probe, string route)
    {
        using var response = await _http.GetAsync($"http://127.0.0.1:{probe}/health/{route}", Cancellation);
        return response.StatusCode;
    }

    static async Task<string> AskAsync(HttpClient client, string path, string name)
    {
        using var response = await client.GetAsync(path, Cancellation);
        return await ReadAsync(response, name);
    }

    static async Task<string> ReadAsync(HttpResponseMessage response, string name)
    {
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        response.IsSuccessStatusCode.ShouldBeTrue(body);
        return JsonNode.Parse(body)![name]!.ToString();
    }
}
