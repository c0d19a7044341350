using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Caudal.Tests;

/// <summary>
/// A real Airflow of a test's own with the DAG that is published, set as its users set it: by the lines at its top. Its commands run by
/// themselves; its scheduler and REST API run once they are started.
/// </summary>
sealed class AirflowHome : IAsyncDisposable
{
    /// <summary>The DAG's name.</summary>
    public const string Dag = "caudal_batch";

    static readonly string Engine = Path.Combine(RealEngine.Servers, "airflow");
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    readonly string _home = Directory.CreateTempSubdirectory("airflow").FullName;
    readonly HttpClient _api = new();
    bool _isStarted;

    AirflowHome()
    {
    }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string Dags => Path.Combine(_home, "dags");

    /// <param name="firstDay">The first day that its scheduler settles.</param>
    public static AirflowHome Make(DateOnly firstDay)
    {
        if (!Directory.Exists(Engine))
            RealEngine.GoWithout("There is no Airflow here to start.");
        var airflow = new AirflowHome();
        Directory.CreateDirectory(airflow.Dags);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(TidyTests.Root, "deploy", "airflow"), "*.py"))
            File.Copy(file, Path.Combine(airflow.Dags, Path.GetFileName(file)));
        airflow.Set("FIRST_DAY", $"pendulum.datetime({firstDay:yyyy, M, d}, tz=ZONE)");
        airflow.Set("RETRY_DELAY", "timedelta(seconds=1)");
        airflow.Set("LOOK_AGAIN", "timedelta(seconds=2)");
        return airflow;
    }

    /// <summary>Changes one of the DAG's settings.</summary>
    public void Set(string name, string value)
    {
        var file = Path.Combine(Dags, $"{Dag}.py");
        var (text, line) = (File.ReadAllText(file), new Regex($"^{name} = .*$", RegexOptions.Multiline));
        line.Count(text).ShouldBe(1, name);
        File.WriteAllText(file, line.Replace(text, $"{name} = {value}"));
    }

    /// <summary>Runs the DAG for a date, as <c>airflow dags test</c> does it; gives all that it and its tasks have said.</summary>
    public async Task<(int ExitCode, string Log)> TestAsync(DateOnly day, Uri caudal, string token)
    {
        var start = new ProcessStartInfo(Path.Combine(Engine, "cli"), [
            "--home", _home, "--dags", Dags, "dags", "test", Dag, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["AIRFLOW_CONN_CAUDAL"] = JsonSerializer.Serialize(
            new { conn_type = "http", host = caudal.Host, port = caudal.Port, password = token });
        using var process = Process.Start(start)!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation).WaitAsync(Patience, Cancellation);
        return (process.ExitCode, string.Join('\n', await said));
    }

    /// <summary>Starts scheduler and REST API, and returns once they are healthy.</summary>
    public async Task StartAsync()
    {
        await RealEngine.RunAsync(Path.Combine(Engine, "install"));
        var port = RealEngine.FreePorts(1, apart: 0);
        RealEngine.EndWithThisProcess(_home, Path.Combine(Engine, "stop"), "--home", _home, "--grace", "1");
        _isStarted = true;
        await RealEngine.RunAsync(
            Path.Combine(Engine, "start"), "--home", _home, "--dags", Dags, "--port", port.ToString(CultureInfo.InvariantCulture));
        _api.BaseAddress = new($"http://127.0.0.1:{port}");
        using var login = await _api.PostAsJsonAsync("/auth/token", new { username = "admin", password = "admin" }, Cancellation);
        var token = (await ReadAsync(login)).GetProperty("access_token").GetString();
        _api.DefaultRequestHeaders.Authorization = new("Bearer", token);
        await UntilAsync("the DAG is read", async () =>
        {
            using var known = await _api.GetAsync($"/api/v2/dags/{Dag}", Cancellation);
            return known.IsSuccessStatusCode;
        });
    }

    /// <summary>The connection that the DAG uses, as a person adds it.</summary>
    public Task ConnectAsync(Uri caudal, string token) => PostAsync("/connections", new
    {
        connection_id = "caudal", conn_type = "http", host = caudal.Host, port = caudal.Port, password = token,
    });

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _api.GetAsync($"/api/v2{path}", Cancellation);
        return await ReadAsync(response);
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await _api.PostAsJsonAsync($"/api/v2{path}", body, Cancellation);
        return await ReadAsync(response);
    }

    public async Task UnpauseAsync()
    {
        using var response = await _api.PatchAsJsonAsync($"/api/v2/dags/{Dag}", new { is_paused = false }, Cancellation);
        await ReadAsync(response);
    }

    /// <summary>What a task's page shows of its log.</summary>
    public async Task<string> LogAsync(string dagRun, string task, int attempt = 1) =>
        (await GetAsync($"/dags/{Dag}/dagRuns/{Uri.EscapeDataString(dagRun)}/taskInstances/{task}/logs/{attempt}")).ToString();

    public static async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        for (var begun = Stopwatch.StartNew(); !await condition(); await Task.Delay(250, Cancellation))
            if (begun.Elapsed > Patience)
                throw new TimeoutException($"Airflow never came to this: {what}.");
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        if (_isStarted)
            await RealEngine.RunAsync(Path.Combine(Engine, "stop"), "--home", _home, "--grace", "1");
        Directory.Delete(_home, recursive: true);
    }

    static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        response.IsSuccessStatusCode.ShouldBeTrue($"{response.RequestMessage!.RequestUri} answered {response.StatusCode}: {body}");
        return body.Length == 0 ? default : JsonElement.Parse(body);
    }
}
