using System.Collections.Frozen;
using System.Security.Cryptography;
using Caudal.Dashboard.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Shell;

/// <summary>
/// The pages' style sheets, scripts and fonts, kept in this assembly. They are the product's and the same for everybody, so they are open
/// to those who have not entered yet too. Their addresses carry their contents' hash, so that browsers may keep them.
/// </summary>
static class PageAssets
{
    const string Prefix = "assets/";

    static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".css"] = "text/css; charset=utf-8", [".js"] = "text/javascript; charset=utf-8", [".svg"] = "image/svg+xml",
        [".woff2"] = "font/woff2",
    }.ToFrozenDictionary();

    static readonly FrozenDictionary<string, (byte[] Bytes, string Version)> Files = Read();

    /// <summary>The address of a file, below the page's base.</summary>
    public static string At(string name) => $"{Prefix}{name}?v={Files[name].Version}";

    public static void MapAssets(this IEndpointRouteBuilder app) =>
        app.MapGet("/assets/{name}", (string name, HttpContext context) =>
        {
            if (!Files.TryGetValue(name, out var file))
                throw ApiProblemException.NotFound("There is no such file.");
            // Without its version it is what the browser finds by itself, such as a font named in a style sheet.
            var isVersioned = context.Request.Query["v"] == file.Version;
            context.Response.Headers.CacheControl = isVersioned ? "public, max-age=31536000, immutable" : "no-cache";
            context.Response.Headers.ETag = $"\"{file.Version}\"";
            return TypedResults.Bytes(file.Bytes, Types[Path.GetExtension(name)]);
        }).AllowAnonymous().DisableRateLimiting().ExcludeFromDescription();

    static FrozenDictionary<string, (byte[], string)> Read()
    {
        var assembly = typeof(PageAssets).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return (bytes, Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
            });
    }
}
