using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Caudal.Host.Composition;

namespace Caudal.Tests;

/// <summary>Who has the data, what the port answers, and how a process ends.</summary>
public sealed class OwningTests : IDisposable
{
    const string Row = """
        {"app": "Banca Móvil", "id_ordenante": "4677717306", "valor": 367.6, "producto": "Corriente", "cuenta_ordenante": "1582464633",
         "cuenta_beneficiario": "3216342883", "detalle": "Transacción 3", "timestamp": "2025-09-13T05:12:15.093369"}
        """;

    static readonly string OneLine = Row.ReplaceLineEndings("");

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_verb_waits_for_another_and_says_for_whom()
    {
        var data = new DataFolder(_folder.File("data"));
        data.Create();
        var taken = OwnerLock.TryTake(data, "batch run")!;

        await using var status = CaudalProcess.Start(_folder, "status", "--json");
        (await status.WaitForAsync("Waiting for")).ShouldContain($"`caudal batch run` (process {Environment.ProcessId})");
        taken.Dispose();

        var said = await status.EndAsync();
        said.ExitCode.ShouldBe(0, said.Error);
        said.Json.GetProperty("reconciled").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Two_roles_never_share_a_folder()
    {
        await using var up = await CaudalProcess.UpAsync(_folder);

        var second = await CaudalProcess.RunAsync(_folder, "up", "--port", "0");

        second.ExitCode.ShouldBe(1);
        second.Error.ShouldContain($"`caudal up` (process {up.Id}) runs over");
    }

    [Fact]
    public async Task Ingest_alone_serves_the_verbs_and_opens_no_port()
    {
        await using var ingest = CaudalProcess.Start(_folder, "ingest");
        await ingest.WaitForAsync("Ready: ingest");

        await CaudalProcess.RunAsync(_folder, "generate", "--count", "100");
        (await CaudalProcess.RunAsync(_folder, "batch", "run", "--json")).ExitCode.ShouldBe(0);
        ingest.Signal(PosixSignal.SIGTERM);

        var said = await ingest.EndAsync();
        said.ExitCode.ShouldBe(0);
        said.Error.ShouldNotContain("http://");
        (await CaudalProcess.RunAsync(_folder, "search", "--count", "--json")).Json.GetProperty("count").GetInt64().ShouldBe(100);
    }

    [Fact]
    public async Task What_a_killed_owner_leaves_behind_keeps_nobody_out()
    {
        await using (var up = await CaudalProcess.UpAsync(_folder))
            up.Kill();
        File.Exists(_folder.File("data/caudal.sock")).ShouldBeTrue("a killed process cannot tidy up");

        (await CaudalProcess.RunAsync(_folder, "status", "--json")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Only_its_user_may_enter_the_folder_and_use_the_socket()
    {
        await using var up = await CaudalProcess.UpAsync(_folder);

        File.GetUnixFileMode(_folder.File("data")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(_folder.File("data/caudal.sock")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task Up_ends_in_order_when_it_is_told_to(PosixSignal signal)
    {
        await using var up = await CaudalProcess.UpAsync(_folder, "--demo");
        up.Signal(signal);
        if (signal == PosixSignal.SIGTERM)
            up.Signal(signal);

        var said = await up.EndAsync().WaitAsync(TimeSpan.FromSeconds(10), Cancellation);

        said.ExitCode.ShouldBe(0, said.Error);
        said.Error.ShouldContain("nothing acknowledged is lost");
        File.Exists(_folder.File("data/caudal.sock")).ShouldBeFalse();
        (await CaudalProcess.RunAsync(_folder, "verify", "--json")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task An_import_that_was_interrupted_is_completed_by_the_same_import_again()
    {
        await CaudalProcess.RunAsync(_folder, "generate", "--count", "50000", "--output", "rows.ndjson");
        await using (var import = CaudalProcess.Start(_folder, "import", "rows.ndjson", "--json"))
        {
            while (!File.Exists(_folder.File("data/log.db")))
                await Task.Delay(1, Cancellation);
            import.Signal(PosixSignal.SIGINT);
            var said = await import.EndAsync();
            said.ExitCode.ShouldBeOneOf(0, 1);
            if (said.ExitCode == 1)
                said.Error.ShouldContain("run the same command again");
        }

        (await CaudalProcess.RunAsync(_folder, "import", "rows.ndjson", "--json")).Json.GetProperty("read").GetInt64().ShouldBe(50_000);
        (await CaudalProcess.RunAsync(_folder, "search", "--count", "--json")).Json.GetProperty("count").GetInt64().ShouldBe(50_000);
        (await CaudalProcess.RunAsync(_folder, "verify", "--json")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_port_in_use_is_told_with_the_option_that_helps()
    {
        await using var up = await CaudalProcess.UpAsync(_folder);
        var port = up.Address().Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

        var other = await CaudalProcess.RunAsync(_folder, "up", "--port", port, "--data", "other");

        other.ExitCode.ShouldBe(1);
        other.Error.ShouldContain("choose one with --port");
        other.Error.Split("address already in use").Length.ShouldBe(2, other.Error);
    }

    [Fact]
    public async Task The_port_takes_transactions_and_absorbs_a_repeated_request()
    {
        await using var up = await CaudalProcess.UpAsync(_folder);
        using var http = up.Client(await CaudalProcess.TokenAsync(_folder, "sender"));

        var first = await PostAsync(http, $"[{Row}, {{\"app\": 1}}]", "application/json", key: "a");
        var again = await PostAsync(http, $"[{Row}, {{\"app\": 1}}]", "application/json", key: "a");

        first.Status.ShouldBe(HttpStatusCode.MultiStatus);
        first.Body.GetProperty("accepted").GetInt64().ShouldBe(1);
        first.Body.GetProperty("rows")[1].GetProperty("code").GetString().ShouldNotBeNullOrEmpty();
        again.Body.ToString().ShouldBe(first.Body.ToString());
        (await PostAsync(http, $"{OneLine}\n{OneLine}", "application/x-ndjson")).Body.GetProperty("accepted").GetInt64().ShouldBe(2);
        (await http.GetAsync("/health/live", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync("/health/ready", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);

        up.Signal(PosixSignal.SIGINT);
        (await up.EndAsync()).ExitCode.ShouldBe(0);
        (await CaudalProcess.RunAsync(_folder, "search", "--count", "--json")).Out
            .ShouldBe("{\"count\":3,\"sum\":\"1102.80\",\"average\":\"367.6000\"}\n");
    }

    [Fact]
    public async Task What_the_door_cannot_take_is_a_problem()
    {
        await using var up = await CaudalProcess.UpAsync(_folder);
        using var http = up.Client(await CaudalProcess.TokenAsync(_folder, "sender"));
        foreach (var (body, type, encoding, status) in new[]
        {
            ("{}", "application/json", "", HttpStatusCode.UnprocessableEntity),
            ("[{}", "application/json", "", HttpStatusCode.BadRequest),
            ("", "application/json", "", HttpStatusCode.BadRequest),
            ("{}", "text/plain", "", HttpStatusCode.UnsupportedMediaType),
            ("{}", "application/json", "br", HttpStatusCode.UnsupportedMediaType),
            ("no gzip", "application/json", "gzip", HttpStatusCode.BadRequest),
        })
        {
            var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new(type) } };
            if (encoding.Length > 0)
                content.Headers.ContentEncoding.Add(encoding);

            using var response = await http.PostAsync("/api/transactions", content, Cancellation);

            response.StatusCode.ShouldBe(status, $"{type} {encoding} {body}");
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement;
            problem.GetProperty("status").GetInt32().ShouldBe((int)status);
            problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        }
    }

    [Fact]
    public async Task A_body_over_the_limits_is_refused()
    {
        File.WriteAllText(_folder.File("caudal.json"), """{ "Http": { "BodyBytesMax": 1000, "RowsMax": 2 } }""");
        await using var up = await CaudalProcess.UpAsync(_folder);
        using var http = up.Client(await CaudalProcess.TokenAsync(_folder, "sender"));

        (await PostAsync(http, "[{},{},{}]", "application/json")).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await PostAsync(http, new string(' ', 2000), "application/json")).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    public void Dispose() => _folder.Dispose();

    static async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(HttpClient http, string body, string type, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/transactions")
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(type)),
        };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await http.SendAsync(request, Cancellation);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement);
    }
}
