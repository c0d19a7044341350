using System.Net;
using Caudal.Dashboard.Api;
using Caudal.Host.Options;

namespace Caudal.Host.Composition;

/// <summary>The port of <see cref="ProbeSettings"/>: first to open and last to close, so that whoever looks is always answered.</summary>
sealed class Probe : IAsyncDisposable
{
    readonly WebApplication _app;

    Probe(WebApplication app) => _app = app;

    /// <summary>Null where none is wanted.</summary>
    public static async Task<Probe?> StartAsync(
        ProbeSettings settings, Readiness readiness, ILoggerFactory loggers, CancellationToken cancellation)
    {
        if (settings.Port is not { } port)
            return null;
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "caudal" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Parse(settings.Address), port);
        });
        builder.Services.AddSingleton(loggers).AddRoutingCore().AddApiJson();
        builder.Services.AddSingleton<IHostLifetime, SignalsAreTheVerbs>();
        var app = builder.Build();
        app.UseRouting();
        app.MapHealth(readiness);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException refused)
        {
            await app.DisposeAsync();
            throw new VerbException(
                $"{refused.Message.TrimEnd('.')}. If another program has the port, choose another one by Probe:Port.");
        }
        return new(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
