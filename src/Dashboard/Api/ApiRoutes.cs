using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Caudal.Dashboard.Api;

/// <summary>
/// The REST API. All of it is served on the owner's Unix socket; what carries <see cref="OpenOnPort"/> on the TCP port too.
/// </summary>
public static class ApiRoutes
{
    /// <summary>The header that says who asks for a change: a verb and the person at it, Airflow, a page.</summary>
    public const string ActorHeader = "Caudal-Actor";

    public static void AddCaudalApi(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(options =>
        {
            // The types come from the context; its converters it keeps for itself.
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            foreach (var converter in ApiJson.Default.Options.Converters)
                options.SerializerOptions.Converters.Add(converter);
        });

    public static void MapCaudalApi(this WebApplication app, RunningPipeline pipeline, LongWork work, OwnerAnswer owner, DoorLimits limits)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Caudal.Api");
        app.Use((context, next) => Problems.AnswerAsync(context, next, logger));
        app.UseRouting();
        app.Use(GuardPort);
        app.MapGet("/api/owner", () => TypedResults.Ok(owner));
        app.MapHealth(pipeline);
        app.MapDoor(pipeline, limits);
        app.MapIngest(pipeline);
        app.MapLog(pipeline);
        app.MapStatus(pipeline, work);
        app.MapBatch(pipeline, work);
        app.MapSchedule(pipeline);
        app.MapRejections(pipeline);
        app.MapSearch(pipeline);
        app.MapFallback(_ => throw ApiProblemException.NotFound("There is nothing at this address."));
    }

    /// <summary>
    /// The socket is its owner's by file mode and serves everything. The port is reachable by every program of the machine, browsers
    /// included: it answers only what is meant for it, and only under a loopback name, so that no page can reach it under another one.
    /// </summary>
    static Task GuardPort(HttpContext context, RequestDelegate next)
    {
        if (context.Connection.LocalIpAddress is null)
            return next(context);
        var host = context.Request.Host.Host;
        if (host is not "localhost" && !(IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)))
            throw new ApiProblemException(StatusCodes.Status421MisdirectedRequest,
                "This port answers to localhost and to loopback addresses only.");
        if (context.GetEndpoint()?.Metadata.GetMetadata<OpenOnPort>() is null)
            throw ApiProblemException.NotFound("The port answers POST /api/transactions, GET /health/live and GET /health/ready only.");
        return next(context);
    }

    /// <summary>Every change is somebody's.</summary>
    internal static string Actor(HttpContext context) =>
        context.Request.Headers[ActorHeader].ToString() is { Length: > 0 and <= 200 } actor
            ? Uri.UnescapeDataString(actor)
            : throw ApiProblemException.BadRequest($"A change needs the header {ActorHeader}, which says who makes it.");
}

/// <summary>Marks a route that the TCP port answers too.</summary>
sealed class OpenOnPort;
