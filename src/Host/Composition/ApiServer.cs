using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caudal.Dashboard;
using Caudal.Dashboard.Api;
using Caudal.Dashboard.Shell;
using Caudal.Host.Options;

namespace Caudal.Host.Composition;

/// <summary>The REST routes on a Unix socket (for this user only), on the port, or on both: wherever they are wanted.</summary>
sealed class ApiServer : IAsyncDisposable
{
    /// <summary>How long requests have to end by themselves once the server stops.</summary>
    static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(3);

    const int BodyBytesMax = 1024 * 1024;

    readonly WebApplication _app;
    readonly string? _socket;

    readonly OneTimeLink? _link;

    ApiServer(WebApplication app, string? socket, OneTimeLink? link) => (_app, _socket, _link) = (app, socket, link);

    /// <summary>Where the port listens, or null where there is none.</summary>
    public string? Address => _app.Urls.FirstOrDefault(url => !url.Contains("unix:", StringComparison.Ordinal));

    /// <summary>An address that opens the pages once, or null where there are none.</summary>
    public string? MakeLink() => _link is null ? null : $"{Address}/enter#{_link.Make()}";

    /// <summary>Every route there is.</summary>
    internal IEnumerable<Endpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints);

    public static async Task<ApiServer> StartAsync(
        CaudalSettings settings, Duties duties, RunningPipeline pipeline, LongWork work, Readiness readiness, Telemetry? telemetry,
        ILoggerFactory loggers, CancellationToken cancellation)
    {
        var (http, opensPort) = (settings.Http, duties.OpensPort);
        if (duties.Socket is { } path)
        {
            DataFolder.CreateSocketFolder(path);
            // The owner lock or the process id is ours, so a socket that is there is a dead process's.
            File.Delete(path);
        }
        var limits = new ApiLimits(
            new(http.BodyBytesMax, http.RowsMax), OnlyLoopbackNames: http is { IsLoopback: true, ProxyInFront: false },
            http.RequestsPerSecondMax, http.ConcurrentRequestsMax, http.RequestTimeMax, http.ResultRowsMax);
        if (opensPort && !http.IsLoopback && !await pipeline.Tokens.AnyInForceAsync(cancellation))
            throw new VerbException(
                $"Nobody could call {http.Address}, since there is no token in force: make one first with "
                + "`caudal token create --role admin`.");
        // Whoever is watched is also called by others than its own client.
        var link = opensPort ? new OneTimeLink(pipeline.Time) : null;
        var app = Build(http, duties, services =>
        {
            services.AddSingleton(loggers);
            services.AddCaudalApi(pipeline, work, limits, isDescribed: telemetry is not null);
            if (link is not null)
                services.AddCaudalPages(settings.Pages, link);
        });
        app.MapCaudalApi(
            pipeline, work, new(Environment.ProcessId, duties.Verb), readiness, limits, isDescribed: telemetry is not null, link);
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
        if (duties.Socket is { } socket)
            File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new(app, duties.Socket, link);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        if (_socket is not null)
            File.Delete(_socket);
    }

    /// <summary>Nothing but Kestrel and routing: a verb that runs alone starts all this and stops it again.</summary>
    static WebApplication Build(HttpSettings http, Duties duties, Action<IServiceCollection> add)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "caudal" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // What is larger is the door's, which has a limit of its own.
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            if (duties.Socket is not null)
                kestrel.ListenUnixSocket(duties.Socket);
            if (duties.OpensPort)
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
}
