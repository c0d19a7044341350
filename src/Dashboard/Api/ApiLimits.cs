using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace Caudal.Dashboard.Api;

/// <summary>
/// What the port gives to those who call it. At the socket, whose callers own the data, rate, concurrency and time are not limited.
/// </summary>
/// <param name="OnlyLoopbackNames">True where the port listens on loopback and no proxy forwards to it.</param>
/// <param name="RequestsPerSecondMax">Of one token, or of one address without one; ten times as many may come at once.</param>
/// <param name="ConcurrentRequestsMax">Of all callers together.</param>
/// <param name="RequestTimeMax">After which a request is cancelled, down to the engine. Streams go on for as long as they are read.</param>
/// <param name="ResultRowsMax">Of one list or search; an export has no such limit.</param>
public sealed record ApiLimits(
    DoorLimits Door, bool OnlyLoopbackNames, int RequestsPerSecondMax, int ConcurrentRequestsMax, TimeSpan RequestTimeMax,
    int ResultRowsMax)
{
    /// <summary>How many rows are sent: what was asked for, or the usual number.</summary>
    public int Rows(int? asked, int usual = 100) => asked switch
    {
        null => usual,
        < 1 => throw ApiProblemException.BadRequest("The limit must be at least 1."),
        _ when asked > ResultRowsMax => throw ApiProblemException.BadRequest(
            $"The limit may be {ResultRowsMax} at most (Http:ResultRowsMax); an export has none."),
        _ => asked.Value,
    };
}

static class Limiting
{
    /// <summary>A burst is what this many seconds allow.</summary>
    const int BurstSeconds = 10;

    public static void AddLimits(this IServiceCollection services, ApiLimits limits)
    {
        services.AddRateLimiter(options =>
        {
            options.GlobalLimiter = PartitionedRateLimiter.CreateChained(RateOf(limits), ConcurrencyOf(limits));
            options.OnRejected = (rejected, _) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
                var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
                rejected.HttpContext.Response.Headers.RetryAfter = $"{seconds}";
                throw new ApiProblemException(StatusCodes.Status429TooManyRequests,
                    $"Too many requests for now: send this one again in {seconds} s. Nothing of it was done.");
            };
        });
        services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = limits.RequestTimeMax,
            WriteTimeoutResponse = context => Problems.WriteAsync(context, Problems.Problem(StatusCodes.Status504GatewayTimeout,
                $"This took longer than {limits.RequestTimeMax} (Http:RequestTimeMax) and was cancelled. Ask for less at a time; "
                + "where it was to change something, look whether it did, or send it again with the same key.")),
        });
    }

    public static void UseLimits(this WebApplication app)
    {
        app.UseRequestTimeouts();
        app.Use((context, next) =>
        {
            if (Caller.IsAtSocket(context))
                context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
            return next(context);
        });
        app.UseRateLimiter();
    }

    static PartitionedRateLimiter<HttpContext> RateOf(ApiLimits limits) =>
        PartitionedRateLimiter.Create<HttpContext, string>(context => Caller.IsAtSocket(context)
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetTokenBucketLimiter(
                Caller.Of(context)?.TokenId ?? $"{context.Connection.RemoteIpAddress}",
                _ => new()
                {
                    TokensPerPeriod = limits.RequestsPerSecondMax,
                    ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                    TokenLimit = limits.RequestsPerSecondMax * BurstSeconds,
                }));

    static PartitionedRateLimiter<HttpContext> ConcurrencyOf(ApiLimits limits) =>
        PartitionedRateLimiter.Create<HttpContext, bool>(context => Caller.IsAtSocket(context)
            ? RateLimitPartition.GetNoLimiter(true)
            : RateLimitPartition.GetConcurrencyLimiter(false, _ => new() { PermitLimit = limits.ConcurrentRequestsMax }));
}
