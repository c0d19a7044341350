using System.Data.Common;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Caudal.Access;
using Caudal.Auditing;
using Caudal.History;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Caudal.Dashboard.Api;

/// <summary>A request that cannot be answered, with the status it deserves and a sentence that says what to do.</summary>
/// <param name="code">What a program can tell it by; null for the usual one of its status.</param>
public sealed class ApiProblemException(int status, string detail, string? code = null) : Exception(detail)
{
    /// <summary>409: the books do not agree; <c>caudal verify</c> names what differs.</summary>
    public const string NotReconciled = "not-reconciled";

    /// <summary>409: another run is unfinished; once it is done, ask for the same again.</summary>
    public const string RunUnfinished = "run-unfinished";

    /// <summary>409: other runs have settled all of it, and more; there is nothing left to do.</summary>
    public const string AlreadySettled = "already-settled";

    /// <summary>409: more may be logged on the day; ask for its run after its end.</summary>
    public const string DayNotOver = "day-not-over";

    /// <summary>422: the Idempotency-Key belongs to other rows; send these under a key of their own.</summary>
    public const string KeyReused = "key-reused";

    /// <summary>422: no row was taken; <c>rows</c> says of each what is wrong with it.</summary>
    public const string NoRowTaken = "no-row-taken";

    /// <summary>503: it is not known whether the rows were kept; send them again with the same Idempotency-Key.</summary>
    public const string OutcomeUnknown = "outcome-unknown";

    /// <summary>503, at <c>/health/ready</c>: it takes no transactions; <c>reasons</c> says why.</summary>
    public const string NotReady = "not-ready";

    public int Status { get; } = status;

    public string Code { get; } = code ?? Problems.CodeOf(status);

    public static ApiProblemException NotFound(string detail) => new(StatusCodes.Status404NotFound, detail);

    public static ApiProblemException BadRequest(string detail) => new(StatusCodes.Status400BadRequest, detail);
}

/// <summary>
/// The one place where a failure becomes problem details (RFC 9457): <c>type</c> and <c>code</c> are stable, the rest is for people.
/// </summary>
static partial class Problems
{
    const string TypePrefix = "urn:caudal:";
    const string Description = "/openapi/v1.json";

    /// <summary>It is no page: what people read of it stays legible.</summary>
    static readonly JsonTypeInfo<ProblemDetails> Json = new ApiJson(
        new(ApiJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).ProblemDetails;

    /// <summary>Answers every failure of what comes after it, and never with a stack trace.</summary>
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        try
        {
            await next(context);
            if (context.Response is { StatusCode: >= StatusCodes.Status400BadRequest, HasStarted: false, ContentType: null })
                await WriteAsync(context, Problem(context.Response.StatusCode, Sentence(context.Response.StatusCode)));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: nobody is left to answer.
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            var problem = Of(failure);
            if (problem.Status == StatusCodes.Status500InternalServerError)
                LogFailure(logger, context.Request.Method, context.GetEndpoint()?.DisplayName ?? "unknown route", failure);
            await WriteAsync(context, problem);
        }
    }

    public static Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status ?? StatusCodes.Status500InternalServerError;
        return context.Response.WriteAsJsonAsync(problem, Json, "application/problem+json", context.RequestAborted);
    }

    public static ProblemDetails Problem(int status, string detail, string? code = null) => new()
    {
        Status = status,
        Type = TypePrefix + (code ?? CodeOf(status)),
        Title = ReasonPhrases.GetReasonPhrase(status),
        Detail = detail,
        Extensions = { ["code"] = code ?? CodeOf(status) },
    };

    public static ProblemDetails Of(Exception failure) => failure switch
    {
        ApiProblemException known => Problem(known.Status, known.Message, known.Code),
        BadHttpRequestException bad => Problem(bad.StatusCode, Sentence(bad)),
        TokenException or MissingReasonException => Problem(StatusCodes.Status400BadRequest, failure.Message),
        QueryException query => AtColumn(Problem(StatusCodes.Status400BadRequest, query.Message, "bad-query"), query.Column),
        AnswerTooLargeException => Problem(StatusCodes.Status422UnprocessableEntity, failure.Message),
        RunConflictException run => Problem(StatusCodes.Status409Conflict, run.Message, CodeOf(run.Conflict)),
        RejectionConflictException or LogUnsupportedException =>
            Problem(StatusCodes.Status409Conflict, failure.Message),
        KeyReusedException => Problem(StatusCodes.Status422UnprocessableEntity, failure.Message, ApiProblemException.KeyReused),
        ReconciliationException => Problem(StatusCodes.Status409Conflict, failure.Message, ApiProblemException.NotReconciled),
        LogUnavailableException { OutcomeUnknown: true } log => Problem(StatusCodes.Status503ServiceUnavailable,
            $"{log.Message} It is unknown what came of this: look, or send the same again with the same Idempotency-Key.",
            ApiProblemException.OutcomeUnknown),
        LogUnavailableException => Problem(StatusCodes.Status503ServiceUnavailable, failure.Message),
        OperationCanceledException => Problem(StatusCodes.Status503ServiceUnavailable, "Caudal is stopping; ask again once it is up."),
        IOException or DbException or TimeoutException =>
            Problem(StatusCodes.Status500InternalServerError, Sentences.FirstLine(failure.Message)),
        // Anything else is a fault of ours, whose message may hold anything: the log has it, the answer does not.
        _ => Problem(StatusCodes.Status500InternalServerError, $"Caudal failed at this ({failure.GetType().Name}); its log says more."),
    };

    /// <summary>With the column of a query, from 0, at which it goes wrong.</summary>
    static ProblemDetails AtColumn(ProblemDetails problem, int column)
    {
        problem.Extensions["column"] = column;
        return problem;
    }

    static string? CodeOf(RunConflict conflict) => conflict switch
    {
        RunConflict.Unfinished => ApiProblemException.RunUnfinished,
        RunConflict.Settled => ApiProblemException.AlreadySettled,
        RunConflict.DayNotOver => ApiProblemException.DayNotOver,
        _ => null,
    };

    public static string CodeOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "bad-request",
        StatusCodes.Status401Unauthorized => "no-token",
        StatusCodes.Status403Forbidden => "wrong-role",
        StatusCodes.Status404NotFound => "not-found",
        StatusCodes.Status405MethodNotAllowed => "wrong-method",
        StatusCodes.Status408RequestTimeout => "too-slow",
        StatusCodes.Status409Conflict => "conflict",
        StatusCodes.Status413PayloadTooLarge => "too-large",
        StatusCodes.Status415UnsupportedMediaType => "unsupported-media-type",
        StatusCodes.Status421MisdirectedRequest => "misdirected",
        StatusCodes.Status422UnprocessableEntity => "unprocessable",
        StatusCodes.Status429TooManyRequests => "too-many-requests",
        StatusCodes.Status503ServiceUnavailable => "unavailable",
        StatusCodes.Status504GatewayTimeout => "took-too-long",
        _ => "failed",
    };

    /// <summary>What the framework answers with a bare status.</summary>
    static string Sentence(int status) => status switch
    {
        StatusCodes.Status400BadRequest =>
            $"A parameter of the address, or the body, is missing or not of its kind; {Description} describes them.",
        StatusCodes.Status404NotFound => $"There is nothing at this address; {Description} describes what there is.",
        StatusCodes.Status405MethodNotAllowed => "This address takes other methods: the header Allow names them.",
        StatusCodes.Status413PayloadTooLarge => "The body is larger than this address takes; send less at a time.",
        StatusCodes.Status415UnsupportedMediaType =>
            $"The body is of a kind that this address does not take; {Description} says which it does.",
        _ => $"The request was answered with {status}.",
    };

    /// <summary>The framework's own words name types and parameters of ours; these say what the caller can do.</summary>
    static string Sentence(BadHttpRequestException bad) => bad.InnerException is JsonException json
        ? $"The body is not the JSON that this address takes: see {json.Path ?? "$"}, line {json.LineNumber + 1}."
        : Sentence(bad.StatusCode);

    [LoggerMessage(500, LogLevel.Error, "{Method} {Route} failed")]
    static partial void LogFailure(ILogger logger, string method, string route, Exception failure);
}
