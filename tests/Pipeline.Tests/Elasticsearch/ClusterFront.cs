using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Caudal.Tests;

/// <summary>
/// Stands before a cluster, or another server, as a proxy does: it may ask for TLS and a login, turn requests away, or lose answers after
/// the server has done what was asked.
/// </summary>
sealed class ClusterFront : IAsyncDisposable
{
    static readonly HttpClient Http = new();

    readonly WebApplication _web;
    readonly string _target;

    ClusterFront(WebApplication web, string target) => (_web, _target) = (web, target);

    public string Address => _web.Urls.Single();

    /// <summary>Sees each request first; true where it has answered it.</summary>
    public Func<HttpContext, string, bool> Before { get; set; } = (_, _) => false;

    /// <summary>The body of what <see cref="Before"/> has answered.</summary>
    public string Refusal { get; set; } = "";

    /// <summary>Sees each request and the cluster's answer, and gives back what is answered; null loses it.</summary>
    public Func<HttpContext, string, string?> After { get; set; } = (_, answer) => answer;

    public static async Task<ClusterFront> StartAsync(string target, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        var web = builder.Build();
        var front = new ClusterFront(web, target);
        web.Run(front.PassOnAsync);
        await web.StartAsync();
        return front;
    }

    /// <summary>For 127.0.0.1; its PEM is the authority that signed it.</summary>
    public static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    async Task PassOnAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (Before(context, System.Text.Encoding.UTF8.GetString(body.ToArray())))
        {
            await context.Response.WriteAsync(Refusal);
            return;
        }
        using var request = new HttpRequestMessage(
            new(context.Request.Method), $"{_target}{context.Request.Path.ToUriComponent()}{context.Request.QueryString}");
        if (context.Request.Headers.Authorization is [{ } login])
            request.Headers.TryAddWithoutValidation("Authorization", login);
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body.ToArray());
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
            if (context.Request.Headers.ContentEncoding is { Count: > 0 } encoding)
                request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding.ToArray());
        }
        using var response = await Http.SendAsync(request);
        if (After(context, await response.Content.ReadAsStringAsync()) is not { } answer)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await context.Response.WriteAsync(answer);
    }
}
