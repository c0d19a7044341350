using System.Collections.Concurrent;
using System.Xml.Linq;
using Caudal.Access;
using Caudal.Dashboard.Api;
using Caudal.Dashboard.Discover;
using Caudal.Dashboard.Overview;
using Caudal.Dashboard.Rejected;
using Caudal.Dashboard.Viewing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;

namespace Caudal.Dashboard.Shell;

/// <summary>The pages, for people with a browser: served where the port is, and entered with a session.</summary>
public static class PageRoutes
{
    /// <summary>
    /// What a page may do: show what is ours and ask us alone. Scripts and style sheets are files of ours; only attributes may hold styles,
    /// since MudBlazor places what it opens by them.
    /// </summary>
    const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src-elem 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static void AddCaudalPages(this IServiceCollection services, PagesOptions options, OneTimeLink link)
    {
        services.AddSingleton(options).AddSingleton(link);
        services.AddSingleton<Views>().AddSingleton<OverviewFeed>().AddSingleton<RejectionWork>();
        services.AddSingleton<Pulse>().AddHostedService(provider => provider.GetRequiredService<Pulse>());
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState().AddScoped<AuthenticationStateProvider, SessionState>();
        services.AddMudServices(settings => settings.PopoverOptions.CheckForPopoverProvider = false);
        // What they protect, forms under way and the pages' own state, lives no longer than the process: no file need hold them.
        services.Configure<KeyManagementOptions>(settings =>
            (settings.XmlRepository, settings.XmlEncryptor) = (new KeysInMemory(), new NullXmlEncryptor()));
        services.AddAntiforgery(settings =>
        {
            settings.Cookie.Name = "caudal-form";
            settings.Cookie.SameSite = SameSiteMode.Strict;
            settings.SuppressXFrameOptionsHeader = true;
        });
    }

    public static void MapCaudalPages(this WebApplication app, RunningPipeline pipeline, OneTimeLink link)
    {
        app.MapAssets();
        app.MapEntering(pipeline, link);
        app.MapPageExport(pipeline);
        app.MapRazorComponents<Document>()
            .AddInteractiveServerRenderMode(mode =>
            {
                // On loopback there is nothing to win, and what is secret and what others write do not share a stream that is compressed.
                mode.DisableWebSocketCompression = true;
                mode.ContentSecurityFrameAncestorsPolicy = null;
            })
            .Needs(Right.View).WithMetadata(new PageOfSession()).DisableRateLimiting().DisableRequestTimeout().ExcludeFromDescription();
    }

    /// <summary>What a browser is told with every answer, refusals too.</summary>
    public static Task SetHeaders(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        // Not "no-referrer", which would hide from us that our own forms are ours.
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = PagePolicy;
        return next(context);
    }

    sealed class KeysInMemory : IXmlRepository
    {
        readonly ConcurrentQueue<XElement> _keys = new();

        public IReadOnlyCollection<XElement> GetAllElements() => _keys;

        public void StoreElement(XElement element, string friendlyName) => _keys.Enqueue(element);
    }
}
