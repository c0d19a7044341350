using System.Net;
using System.Text.Json.Serialization;
using Caudal.Access;
using Caudal.Dashboard.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Caudal.Dashboard.Api;

/// <summary>The REST API, the same on the owner's Unix socket and on the TCP port: there each caller brings a token.</summary>
public static class ApiRoutes
{
    /// <summary>The header by which a verb at the socket says who asks for a change: it, and the person at it.</summary>
    public const string ActorHeader = "Caudal-Actor";

    /// <summary>How deep the JSON of a request's body may be nested; transactions have a limit of their own.</summary>
    const int JsonDepthMax = 32;

    public static void AddCaudalApi(
        this IServiceCollection services, RunningPipeline pipeline, LongWork work, ApiLimits limits, bool isDescribed)
    {
        services.AddSingleton(pipeline).AddSingleton(work).AddSingleton<Verification>().AddApiJson();
        // What does not bind is then a problem like any other, and not an empty answer.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddPolicies();
        services.AddLimits(limits);
        if (isDescribed)
            services.AddDescription();
    }

    /// <summary>How bodies are written and read, on whichever port.</summary>
    public static IServiceCollection AddApiJson(this IServiceCollection services) => services.ConfigureHttpJsonOptions(options =>
    {
        // The types come from the context; its converters it keeps for itself.
        options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
        options.SerializerOptions.MaxDepth = JsonDepthMax;
        options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        foreach (var converter in ApiJson.Default.Options.Converters)
            options.SerializerOptions.Converters.Add(converter);
    });

    /// <param name="isDescribed">False for a verb alone, whose own client is the only one and knows what there is.</param>
    /// <param name="link">Opens the pages for the person at the terminal; null where there are none.</param>
    public static void MapCaudalApi(
        this WebApplication app, RunningPipeline pipeline, LongWork work, OwnerAnswer owner, Readiness readiness, ApiLimits limits,
        bool isDescribed, OneTimeLink? link)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Caudal.Api");
        app.Use((context, next) => Problems.AnswerAsync(context, next, logger));
        if (link is not null)
            app.Use(PageRoutes.SetHeaders);
        app.UseRouting();
        if (limits.OnlyLoopbackNames)
            app.Use(GuardPort);
        app.Use((context, next) => Caller.IdentifyAsync(context, next, pipeline.Tokens));
        app.UseLimits();
        app.UseAuthorization();
        if (link is not null)
            app.UseAntiforgery();
        app.MapGet("/api/owner", () => TypedResults.Ok(owner)).Needs(Right.Connect)
            .Says("Which process serves");
        app.MapHealth(readiness);
        app.MapDoor(pipeline, limits.Door);
        app.MapIngest(pipeline);
        app.MapLog(pipeline);
        app.MapStatus(pipeline, app.Services.GetRequiredService<Verification>());
        app.MapBatch(pipeline, work, limits);
        app.MapSchedule(pipeline);
        app.MapRejections(pipeline, limits);
        app.MapSearch(pipeline, limits);
        app.MapJourneys(pipeline);
        app.MapExport(pipeline);
        app.MapRecords(pipeline, limits);
        app.MapTokens(pipeline);
        if (isDescribed)
            app.MapDescription();
        if (link is not null)
            app.MapCaudalPages(pipeline, link);
    }

    /// <summary>
    /// A port on loopback is reachable by every program of the machine, browsers included: it answers only under a loopback name, so that
    /// no page can reach it under another one.
    /// </summary>
    static Task GuardPort(HttpContext context, RequestDelegate next)
    {
        var host = context.Request.Host.Host;
        var isLoopback = host is "localhost" || IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address);
        return isLoopback || Caller.IsAtSocket(context)
            ? next(context)
            : throw new ApiProblemException(StatusCodes.Status421MisdirectedRequest,
                "This port answers to localhost and to loopback addresses only.");
    }

    /// <summary>Every change is somebody's.</summary>
    internal static string Actor(HttpContext context) => Caller.Of(context)!.Actor;
}
