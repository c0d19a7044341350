using Caudal.Access;
using Caudal.Batch;
using Caudal.Transactions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

/// <summary>
/// Runs: made under the caller's key, taken through their steps by work that starts and is polled, decided by a person.
/// Repeating any request changes nothing that was done.
/// </summary>
static class BatchRoutes
{
    const int KeyLengthMax = 200;

    public static void MapBatch(this IEndpointRouteBuilder app, RunningPipeline pipeline, LongWork work, ApiLimits limits)
    {
        var runs = app.MapGroup("/api/batch/runs");
        runs.MapGet("", (int? limit, CancellationToken cancellation) => ListAsync(pipeline, limits.Rows(limit), cancellation))
            .Needs(Right.View).Says("The latest runs, newest first").Produces<RunAnswer[]>();
        runs.MapPost("", ([FromBody] NewRun run, HttpContext context) => CreateAsync(pipeline, run, context)).Needs(Right.Operate)
            .Says("Make a run, or find it by its key", "A retry with the same key finds the same run. Without one: the unfinished run, or "
                + "a new one.")
            .WithExample("""{"key": "day-2025-09-13", "day": "2025-09-13"}""")
            .Produces<RunAnswer>().ProducesProblem(StatusCodes.Status409Conflict);
        runs.MapGet("/{id:long}", (long id, CancellationToken cancellation) => ShowAsync(pipeline, id, cancellation)).Needs(Right.View)
            .Says("A run with its checks and steps").Produces<RunDetail>().ProducesProblem(StatusCodes.Status404NotFound);
        runs.MapGet("/{id:long}/failing", (long id, int? limit, HttpContext context) =>
            FailingAsync(pipeline, id, limits.Rows(limit), context)).Needs(Right.View)
            .Says("The rows that keep a run waiting", "They become rejections where a person declines it.")
            .Produces<FailingRow>(contentType: RowStream.MediaType).ProducesProblem(StatusCodes.Status409Conflict);
        runs.MapPost("/{id:long}/run", async (long id, HttpContext context) =>
        {
            var actor = ApiRoutes.Actor(context);
            await FindAsync(pipeline, id, context.RequestAborted);
            StartRun(pipeline, work, id, actor);
            return TypedResults.Accepted($"/api/batch/runs/{id}/run");
        }).Needs(Right.Operate).Says("Take a run through its remaining steps", "Starts the work and returns; GET looks at it.");
        runs.MapGet("/{id:long}/run", (long id, CancellationToken cancellation) => LookAsync(pipeline, work, id, null, cancellation))
            .Needs(Right.View).Says("How far the run has come").Produces<RunProgress>();
        runs.MapPost("/{id:long}/steps/{name}", async (long id, string name, HttpContext context) =>
        {
            var (actor, step) = (ApiRoutes.Actor(context), ParseStep(name));
            await FindAsync(pipeline, id, context.RequestAborted);
            work.Start(WorkName(id, step), cancellation => pipeline.Batch.StepAsync(step, id, actor, cancellation).AsTask());
            return TypedResults.Accepted($"/api/batch/runs/{id}/steps/{name}");
        }).Needs(Right.Operate).Says("Run one step", "extract, validate, load, reconcile or purge; done already, it changes nothing.");
        runs.MapGet("/{id:long}/steps/{name}", (long id, string name, CancellationToken cancellation) =>
            LookAsync(pipeline, work, id, ParseStep(name), cancellation)).Needs(Right.View)
            .Says("How far the step has come").Produces<RunProgress>();
        runs.MapPost("/{id:long}/approve", async (long id, [FromBody] Decision? decision, HttpContext context) =>
        {
            await FindAsync(pipeline, id, context.RequestAborted);
            var approved = await pipeline.Batch.ApproveAsync(id, ApiRoutes.Actor(context), context.RequestAborted, decision?.Why);
            return TypedResults.Ok(RunAnswer.Of(approved));
        }).Needs(Right.Operate).Says("Let a waiting run go on with all its rows", "A reason may be given, and is kept with the run.")
            .WithExample("""{"why": "the amounts were confirmed"}""").ProducesProblem(StatusCodes.Status409Conflict);
        runs.MapPost("/{id:long}/decline", async (long id, [FromBody] Decision decision, HttpContext context) =>
        {
            await FindAsync(pipeline, id, context.RequestAborted);
            var declined = await pipeline.Batch.DeclineAsync(id, decision.Why, ApiRoutes.Actor(context), context.RequestAborted);
            return TypedResults.Ok(RunAnswer.Of(declined));
        }).Needs(Right.Operate).Says("Let a waiting run go on without the rows that failed", "They become rejections.")
            .WithExample("""{"why": "amounts of a test system"}""").ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <summary>Takes the run through its remaining steps beside whoever asks; where that is under way it is joined.</summary>
    internal static void StartRun(RunningPipeline pipeline, LongWork work, long id, string actor) =>
        work.Start(WorkName(id, null), cancellation => pipeline.Batch.RunAsync(id, actor, cancellation).AsTask());

    static string WorkName(long id, BatchStepName? step) => step is null ? $"run {id}" : $"run {id} {step}";

    static BatchStepName ParseStep(string name) =>
        Enum.TryParse<BatchStepName>(name, ignoreCase: true, out var step) && Enum.IsDefined(step)
            ? step
            : throw ApiProblemException.NotFound("There is no such step: they are extract, validate, load, reconcile and purge.");

    static async Task<BatchRun> FindAsync(RunningPipeline pipeline, long id, CancellationToken cancellation) =>
        await pipeline.History.Journal.FindAsync(id, cancellation)
            ?? throw ApiProblemException.NotFound($"There is no run {id}; `caudal batch list` names those there are.");

    static async Task<IResult> ListAsync(RunningPipeline pipeline, int limit, CancellationToken cancellation)
    {
        var runs = await pipeline.History.Journal.ListAsync(limit, cancellation);
        return TypedResults.Ok(runs.Select(RunAnswer.Of).ToArray());
    }

    static async Task FailingAsync(RunningPipeline pipeline, long id, int limit, HttpContext context)
    {
        await FindAsync(pipeline, id, context.RequestAborted);
        await using var rows = new RowStream(context);
        await foreach (var row in pipeline.Batch.ReadFailingAsync(id, context.RequestAborted))
        {
            await rows.WriteAsync(new(row.Position, row.Id, row.Code, row.Sentence), ApiJson.Default.FailingRow);
            if (--limit == 0)
                break;
        }
    }

    static async Task<IResult> CreateAsync(RunningPipeline pipeline, NewRun run, HttpContext context)
    {
        if (run.Key is { } key && (string.IsNullOrWhiteSpace(key) || key.Length > KeyLengthMax))
            throw ApiProblemException.BadRequest($"A run's key has 1 to {KeyLengthMax} characters; leave it out for a run without one.");
        var created = await pipeline.Batch.CreateAsync(run.Key, CutoffOf(run, pipeline), ApiRoutes.Actor(context), context.RequestAborted);
        return TypedResults.Ok(RunAnswer.Of(created));
    }

    static Instant? CutoffOf(NewRun run, RunningPipeline pipeline) => run switch
    {
        { Day: not null, Cutoff: not null } => throw ApiProblemException.BadRequest("A run is to a cutoff or of a day: give one of them."),
        { Day: { } day } => pipeline.Days.CutoffOf(Moments.ParseDay(day, "day")),
        { Cutoff: { } cutoff } => Moments.Parse(cutoff, "cutoff", pipeline.History.BusinessZone),
        _ => null,
    };

    static async Task<IResult> ShowAsync(RunningPipeline pipeline, long id, CancellationToken cancellation)
    {
        var run = await FindAsync(pipeline, id, cancellation);
        return TypedResults.Ok(RunDetail.Of(run, await pipeline.History.Journal.ListStepsAsync(id, cancellation)));
    }

    /// <summary>
    /// Where the work is unknown here, another process may have begun it, which then has the turn to; else the record answers, and nobody
    /// is at work.
    /// </summary>
    static async Task<IResult> LookAsync(
        RunningPipeline pipeline, LongWork work, long id, BatchStepName? step, CancellationToken cancellation)
    {
        var name = WorkName(id, step);
        var finished = await work.LookAsync<BatchRun>(name, cancellation);
        var run = finished ?? await FindAsync(pipeline, id, cancellation);
        var progress = pipeline.Batch.Progress is { } now && now.RunId == id ? now : null;
        var isAtWork = finished is null && (work.IsKnown(name)
            || await pipeline.History.Journal.IsAtWorkAsync(run, step ?? BatchStepName.Purge, pipeline.Time, cancellation));
        var state = isAtWork ? WorkState.Running : WorkState.Done;
        return TypedResults.Ok(new RunProgress(state, progress?.Step, progress?.Done ?? 0, progress?.Rows, RunAnswer.Of(run)));
    }
}
