using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caudal.Dashboard;
using Caudal.Dashboard.Api;
using Caudal.Dashboard.Shell;
using Caudal.Host.Options;

namespace Caudal.Host.Composition;

/// <summary>The REST routes on the folder's Unix socket (for this user only), and on the loopback port where that is wanted.</summary>
sealed class ApiServer : IAsyncDisposable
{
    /// <summary>How long requests have to end by themselves once the server stops.</summary>
    static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(3);

    const int BodyBytesMax = 1024 * 1024;

    readonly WebApplication _app;
    readonly string _socket;

    readonly OneTimeLink? _link;

    ApiServer(WebApplication app, string socket, OneTimeLink? link) => (_app, _socket, _link) = (app, socket, link);

    /// <summary>Where the port listens, or null where there is none.</summary>
    public string? Address => _app.Urls.FirstOrDefault(url => !url.Contains("unix:", StringComparison.Ordinal));

    /// <summary>An address that opens the pages once, or null where there are none.</summary>
    public string? MakeLink() => _link is null ? null : $"{Address}/enter#{_link.Make()}";

    /// <summary>Every route there is.</summary>
    internal IEnumerable<Endpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints);

    public static async Task<ApiServer> StartAsync(
        CaudalSettings settings, DataFolder folder, RunningPipeline pipeline, LongWork work, string verb, bool opensPort,
        Telemetry? telemetry, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var http = settings.Http;
        folder.CreateSocketFolder();
        // The owner lock is ours, so a socket that is there is a dead owner's.
        File.Delete(folder.Socket);
        var limits = new ApiLimits(
            new(http.BodyBytesMax, http.RowsMax), OnlyLoopbackNames: http is { IsLoopback: true, ProxyInFront: false },
            http.RequestsPerSecondMax, http.ConcurrentRequestsMax, http.RequestTimeMax, http.ResultRowsMax);
        if (opensPort && !http.IsLoopback && !await pipeline.Tokens.AnyInForceAsync(cancellation))
            throw new VerbException(
                $"Nobody could call {http.Address}, since there is no token in force: make one first with "
                + "`caudal token create --role admin`.");
        // Whoever is watched is also called by others than its own client.
        var link = opensPort ? new OneTimeLink(pipeline.Time) : null;
        var app = Build(http, folder, opensPort, services =>
        {
            services.AddSingleton(loggers);
            services.AddCaudalApi(pipeline, work, limits, isDescribed: telemetry is not null);
            if (link is not null)
                services.AddCaudalPages(settings.Pages, link);
        });
        app.MapCaudalApi(pipeline, work, new(Environment.ProcessId, verb), limits, isDescribed: telemetry is not null, link);
        telemetry?.MapMetrics(app);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException refused)
        {
            await app.DisposeAsync();
            throw new VerbException($"{refused.Message.TrimEnd('.')}. If another program has the port, choose one with --port.");
        }
        File.SetUnixFileMode(folder.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new(app, folder.Socket, link);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        File.Delete(_socket);
    }

    /// <summary>Nothing but Kestrel and routing: a verb that runs alone starts all this and stops it again.</summary>
    static WebApplication Build(HttpSettings http, DataFolder folder, bool opensPort, Action<IServiceCollection> add)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "caudal" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // What is larger is the door's, which has a limit of its own.
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.ListenUnixSocket(folder.Socket);
            if (opensPort)
                kestrel.Listen(IPAddress.Parse(http.Address), http.Port, port =>
                {
                    if (http.CertificateFile is not null)
                        port.UseHttps(ReadCertificate(http.CertificateFile, http.CertificateKeyFile));
                });
        });
        if (http.CertificateFile is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, SignalsAreTheVerbs>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainMax);
        add(builder.Services);
        return builder.Build();
    }

    static X509Certificate2 ReadCertificate(string file, string? keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(file, keyFile);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"Http:CertificateFile '{file}' and its key cannot be read as PEM: {unreadable.Message}");
        }
    }

    /// <summary>The host would listen for Ctrl-C too; here the verb does, which knows what is to be drained first.</summary>
    sealed class SignalsAreTheVerbs : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
