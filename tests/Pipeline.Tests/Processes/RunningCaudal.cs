using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Caudal.Tests;

/// <summary>A real <c>caudal up</c> over one data folder, to be started, asked and killed again and again.</summary>
sealed class RunningCaudal : IAsyncDisposable
{
    /// <summary>The product as it was built beside the tests.</summary>
    public static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "caudal");

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly string _data;
    readonly string[] _options;
    readonly HttpClient _api;
    ChildProcess? _process;

    /// <param name="config">Its settings file, or null for the defaults.</param>
    public RunningCaudal(string data, string? config = null)
    {
        _data = data;
        _options = config is null ? ["--data", data] : ["--data", data, "--config", config];
        Port = FreePort();
        _api = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_data, "caudal.sock")), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = new("http://caudal"),
            DefaultRequestHeaders = { { "Caudal-Actor", "kill harness" } },
        };
    }

    public int Port { get; }

    public void Start() => _process = ChildProcess.Start(Executable, ["up", .. _options, "--port", $"{Port}"]);

    /// <summary>Returns once it takes transactions.</summary>
    public async Task ReadyAsync(CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                using var response = await http.GetAsync($"http://127.0.0.1:{Port}/health/ready", patience.Token);
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException($"caudal up was not ready after {Patience.TotalSeconds} s: {_process!.Errors}");
            }
            await Task.Delay(20, cancellation);
        }
    }

    /// <summary>A client of the port, with a token that lets it hand in transactions.</summary>
    public async Task<HttpClient> SenderAsync(CancellationToken cancellation)
    {
        using var response = await _api.PostAsJsonAsync("/api/tokens", new { role = "sender" }, cancellation);
        var token = (await ReadAsync(response, cancellation)).GetProperty("token").GetString();
        return new()
        {
            BaseAddress = new($"http://127.0.0.1:{Port}"), Timeout = TimeSpan.FromSeconds(10),
            DefaultRequestHeaders = { Authorization = new("Bearer", token) },
        };
    }

    public async Task KillAsync() => await _process!.KillAsync();

    /// <summary>The unfinished run, or a new one up to what ingest has taken.</summary>
    public async Task<long> CreateRunAsync(CancellationToken cancellation)
    {
        using var response = await _api.PostAsJsonAsync("/api/batch/runs", new { }, cancellation);
        return (await ReadAsync(response, cancellation)).GetProperty("run").GetInt64();
    }

    public async Task StartStepAsync(long run, string step, CancellationToken cancellation)
    {
        using var response = await _api.PostAsync($"/api/batch/runs/{run}/steps/{step}", null, cancellation);
        await ReadAsync(response, cancellation);
    }

    public async Task FinishStepAsync(long run, string step, CancellationToken cancellation)
    {
        while (true)
        {
            using var response = await _api.GetAsync($"/api/batch/runs/{run}/steps/{step}", cancellation);
            if ((await ReadAsync(response, cancellation)).GetProperty("state").GetString() == "done")
                return;
        }
    }

    /// <summary>What a route answers, over the socket.</summary>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellation)
    {
        using var response = await _api.GetAsync(path, cancellation);
        return await ReadAsync(response, cancellation);
    }

    /// <summary>How many rows hot and history hold.</summary>
    public async Task<long> CountAsync(CancellationToken cancellation)
    {
        using var response = await _api.PostAsJsonAsync("/api/search/count", new { }, cancellation);
        return (await ReadAsync(response, cancellation)).GetProperty("count").GetInt64();
    }

    /// <summary>Every row that hot and history hold.</summary>
    public async Task<IReadOnlyList<(string Id, long Cents)>> ReadRowsAsync(CancellationToken cancellation)
    {
        var rows = new List<(string, long)>();
        for (string? after = null; ;)
        {
            using var response = await _api.PostAsJsonAsync("/api/search", new { sort = "position", limit = 10_000, after }, cancellation);
            var page = await ReadAsync(response, cancellation);
            rows.AddRange(page.GetProperty("rows").EnumerateArray()
                .Select(row => (row.GetProperty("id").GetString()!, Cents(row.GetProperty("valor").GetString()!))));
            after = page.GetProperty("next").GetString();
            if (after is null)
                return rows;
        }
    }

    /// <summary>Starts a verb beside it.</summary>
    public ChildProcess StartVerb(params IEnumerable<string> verb) => ChildProcess.Start(Executable, [.. verb, "--json", .. _options]);

    /// <summary>Runs a verb beside it and gives what it printed.</summary>
    public async Task<JsonElement> AskAsync(string verb, CancellationToken cancellation)
    {
        await using var process = StartVerb(verb.Split(' '));
        var lines = await process.ReadToEndAsync(cancellation);
        (await process.WaitForExitAsync(cancellation)).ShouldBe(0, $"caudal {verb}: {string.Join('\n', lines)} {process.Errors}");
        return JsonDocument.Parse(lines[^1]).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _api.Dispose();
    }

    static async Task<JsonElement> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStringAsync(cancellation);
        response.IsSuccessStatusCode.ShouldBeTrue($"{response.RequestMessage!.RequestUri} answered {response.StatusCode}: {body}");
        return body.Length == 0 ? default : JsonDocument.Parse(body).RootElement;
    }

    static long Cents(string amount) => long.Parse(amount.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
