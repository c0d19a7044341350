using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Serialization.Metadata;
using Caudal.Dashboard.Api;

namespace Caudal.Host.Composition;

/// <summary>Asks the owner over its socket. A problem that it answers with is thrown as <see cref="ApiProblemException"/>.</summary>
sealed class ApiClient : IDisposable
{
    readonly HttpClient _http;

    public ApiClient(string socket, string actor)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                    return new NetworkStream(connection, ownsSocket: true);
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            },
        };
        _http = new(handler) { BaseAddress = new("http://caudal"), Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Add(ApiRoutes.ActorHeader, Uri.EscapeDataString(actor));
    }

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Get, path, null, type, cancellation);

    /// <summary>Starts work; the answer only says that it was taken on.</summary>
    public async Task PostAsync(string path, CancellationToken cancellation)
    {
        using var response = await SendAsync(HttpMethod.Post, path, null, cancellation);
    }

    public Task<T> PostAsync<T>(string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, path, content, type, cancellation);

    public Task<T> PostAsync<TBody, T>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, path, JsonContent.Create(body, bodyType), type, cancellation);

    /// <summary>The body as it comes: one JSON object a line.</summary>
    public async Task<Stream> GetLinesAsync(string path, CancellationToken cancellation) =>
        await (await SendAsync(HttpMethod.Get, path, null, cancellation)).Content.ReadAsStreamAsync(cancellation);

    public void Dispose() => _http.Dispose();

    async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var response = await SendAsync(method, path, content, cancellation);
        return await response.Content.ReadFromJsonAsync(type, cancellation)
            ?? throw new VerbException("The owner of the data answered nothing.");
    }

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            var problem = await response.Content.ReadFromJsonAsync(ApiJson.Default.ProblemDetails, cancellation);
            throw new ApiProblemException(
                (int)response.StatusCode, problem?.Detail ?? $"The owner of the data answered {(int)response.StatusCode}.",
                problem?.Extensions.TryGetValue("code", out var code) == true ? $"{code}" : null);
        }
    }
}
