using Caudal.Access;
using Caudal.Scheduling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

/// <summary>The days that have, or wait for, their runs, and when runs are made by themselves.</summary>
static class ScheduleRoutes
{
    public static void MapSchedule(this IEndpointRouteBuilder app, RunningPipeline pipeline)
    {
        app.MapGet("/api/batch/days", async (string from, string to, CancellationToken cancellation) =>
        {
            var (first, last) = (Moments.ParseDay(from, "from"), Moments.ParseDay(to, "to"));
            if (last < first)
                throw ApiProblemException.BadRequest($"The days end ({to}) before they begin ({from}).");
            if (last.DayNumber - first.DayNumber >= DayRuns.DaysMax)
                throw ApiProblemException.BadRequest($"{DayRuns.DaysMax} days at once are the most.");
            return TypedResults.Ok((await pipeline.Days.ListAsync(first, last, cancellation)).ToArray());
        }).Needs(Right.View).Says("The days of the log", "Which are settled, due, or not over. Both ends included.");
    }
}
