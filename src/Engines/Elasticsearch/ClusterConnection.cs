using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Caudal.Ingesting;

namespace Caudal.Engines.Elasticsearch;

/// <summary>What the cluster answered.</summary>
readonly record struct Answer(int Status, byte[] Body)
{
    public bool Succeeded => Status is >= 200 and < 300;
}

/// <summary>
/// The way to the cluster: HTTP to one node after another, with TLS and a login as set. A request whose node does not answer goes to the
/// next, and one that an overloaded cluster turns away is repeated after a pause: all that is sent through here may be sent twice.
/// </summary>
sealed class ClusterConnection : IDisposable
{
    static readonly TimeSpan ConnectTimeMax = TimeSpan.FromSeconds(5);

    readonly ElasticsearchOptions _options;
    readonly TimeProvider _time;
    readonly ClusterNodes _nodes;
    readonly HttpClient _http;

    /// <exception cref="ElasticsearchException">The authority's file is not there, or holds no certificate.</exception>
    public ClusterConnection(ElasticsearchOptions options, TimeProvider time)
    {
        (_options, _time, _nodes) = (options, time, ClusterNodes.Parse(options.Addresses, time));
        _http = new(MakeHandler(options)) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = options switch
        {
            { ApiKey: { } key } => new("ApiKey", key),
            { User: { } user } => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}"))),
            _ => null,
        };
    }

    /// <summary>
    /// Sends a request and returns what came of it, be it good or bad, once a node has answered other than that it cannot now.
    /// </summary>
    /// <param name="patient">True where it is worth waiting for a cluster that is away or overloaded.</param>
    /// <exception cref="ElasticsearchException">No node answered in time.</exception>
    public async Task<Answer> SendAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte> body, string mediaType, bool patient, CancellationToken cancellation)
    {
        var begun = _time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var (answer, fault) = await GoRoundAsync(method, path, body, mediaType, cancellation);
            if (answer is { } final && !IsBusy(final))
                return final;
            if (!patient || _time.GetElapsedTime(begun) > _options.RetryTimeMax)
                throw answer is { } busy
                    ? new ElasticsearchException($"{this} is overloaded or cannot serve now ({ErrorText.Of(busy)}).")
                    : Unreachable(fault!);
            await Task.Delay(StoreFault.PauseBefore(attempt), _time, cancellation);
        }
    }

    /// <summary>For messages.</summary>
    public override string ToString() => $"Elasticsearch at {_nodes}";

    public void Dispose() => _http.Dispose();

    /// <summary>Asks one node after another until one answers for the cluster: the last answer, or why there was none.</summary>
    async Task<(Answer?, Exception?)> GoRoundAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte> body, string mediaType, CancellationToken cancellation)
    {
        Answer? answer = null;
        Exception? fault = null;
        foreach (var node in _nodes.Round())
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(_options.RequestTimeMax);
            try
            {
                using var request = new HttpRequestMessage(method, new Uri(_nodes[node], path));
                if (!body.IsEmpty)
                    request.Content = Content(body, mediaType);
                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
                answer = new((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(patience.Token));
                _nodes.Answered(node);
                if (!IsBusy(answer.Value))
                    return (answer, null);
            }
            catch (Exception silent) when (silent is HttpRequestException or IOException or OperationCanceledException)
            {
                cancellation.ThrowIfCancellationRequested();
                fault = silent;
                _nodes.Failed(node);
            }
        }
        return (answer, fault);
    }

    /// <summary>True where the same request may succeed later, or elsewhere. An answer that is too large stays so.</summary>
    static bool IsBusy(Answer answer) => answer.Status switch
    {
        429 or 502 or 503 or 504 => ErrorText.KindOf(answer) != ErrorText.TooManyBuckets,
        // A node that answers, of another that went away while it was asked by the first.
        500 => ErrorText.IsOfALostNode(answer),
        _ => false,
    };

    HttpContent Content(ReadOnlyMemory<byte> body, string mediaType)
    {
        HttpContent content;
        if (_options.Compress && mediaType == MediaType.Lines)
        {
            var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                gzip.Write(body.Span);
            content = new ByteArrayContent(packed.GetBuffer(), 0, (int)packed.Length);
            content.Headers.ContentEncoding.Add("gzip");
        }
        else
        {
            content = new ReadOnlyMemoryContent(body);
        }
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return content;
    }

    ElasticsearchException Unreachable(Exception fault) => new(
        fault switch
        {
            HttpRequestException { InnerException: AuthenticationException untrusted } =>
                $"{this} shows a certificate that is not trusted, or does not speak TLS: look at Elasticsearch:AuthorityFile and at "
                + $"https:// in Elasticsearch:Addresses ({untrusted.Message})",
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } unknown =>
                $"{this} has no known address: look at Elasticsearch:Addresses ({unknown.Message}).",
            OperationCanceledException => $"{this} did not answer within {_options.RequestTimeMax} (Elasticsearch:RequestTimeMax).",
            _ => $"{this} does not answer: look at Elasticsearch:Addresses and whether it runs ({fault.Message}).",
        }, fault);

    static SocketsHttpHandler MakeHandler(ElasticsearchOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = ConnectTimeMax,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            UseProxy = false,
        };
        if (options.AuthorityFile is { } file)
            handler.SslOptions = new() { CertificateChainPolicy = Trust(file) };
        return handler;
    }

    static X509ChainPolicy Trust(string file)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ElasticsearchException($"Elasticsearch:AuthorityFile '{file}' cannot be read: {unusable.Message}", unusable);
        }
        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new ElasticsearchException($"Elasticsearch:AuthorityFile '{file}' holds no certificate in PEM.");
    }
}

static class MediaType
{
    public const string Json = "application/json";
    public const string Lines = "application/x-ndjson";
}
