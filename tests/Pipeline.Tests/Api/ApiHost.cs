using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Caudal.Access;
using Caudal.Auditing;
using Caudal.Dashboard;
using Caudal.Host.Composition;
using Caudal.Host.Options;
using Microsoft.Extensions.Logging;

namespace Caudal.Tests.Api;

/// <summary>The running application with its port, in the test's own process, and a client for each role.</summary>
public sealed class ApiHost : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    readonly Dictionary<Role, HttpClient> _clients = [];
    readonly EventRecord _events = new(TimeProvider.System);
    readonly LoggerFactory _loggers;
    PipelineOwner _owner = null!;

    public ApiHost() => _loggers = new([_events]);

    internal ILoggerFactory Loggers => _loggers;

    internal RunningPipeline Pipeline => _owner.Pipeline;

    internal ApiServer Server => _owner.Server!;

    public HttpClient Anonymous { get; private set; } = null!;

    /// <summary>Set before the first test.</summary>
    internal HttpSettings Http { get; init; } = new();

    public HttpClient As(Role role) => _clients[role];

    public async ValueTask InitializeAsync()
    {
        var folder = new DataFolder(_folder.File("data"));
        folder.Create();
        var settings = new CaudalSettings { Data = folder.Path, Http = Http with { Port = 0 } };
        _owner = await PipelineOwner.StartAsync(
            settings, folder, OwnerLock.TryTake(folder, "up"), new("up", Ingests: true, folder.Socket, OpensPort: true), new(), _loggers,
            _events, default);
        Anonymous = Client(null);
        foreach (var role in Enum.GetValues<Role>())
            _clients[role] = Client((await CreateAsync(role, $"the-{role}")).Text);
    }

    internal async Task<NewToken> CreateAsync(Role role, string? name = null) =>
        await Pipeline.Tokens.CreateAsync(role, name, null, "a test", TestContext.Current.CancellationToken);

    public HttpClient Client(string? token)
    {
        // Where an answer leads elsewhere, that is the answer: the token would not go along.
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new(Server.Address!) };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Anonymous.Dispose();
        foreach (var client in _clients.Values)
            client.Dispose();
        await _owner.DisposeAsync();
        _loggers.Dispose();
        _folder.Dispose();
    }
}

/// <summary>What tests ask and are answered.</summary>
static class Asking
{
    public static StringContent Json(string body) => new(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    public static async Task<JsonElement> ReadAsync(this HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;

    /// <summary>A problem as RFC 9457 has it: of its status, with a code and a sentence, and nothing of our insides.</summary>
    public static async Task<JsonElement> ShouldBeProblemAsync(this HttpResponseMessage response, int status, string code)
    {
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)response.StatusCode).ShouldBe(status, body);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(body).RootElement;
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("type").GetString().ShouldBe($"urn:caudal:{code}");
        problem.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
        body.ShouldNotContain("   at ");
        return problem;
    }
}
