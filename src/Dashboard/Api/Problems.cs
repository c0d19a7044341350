using System.Data.Common;
using Caudal.History;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Reconciling;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Caudal.Dashboard.Api;

/// <summary>A request that cannot be answered, with the status it deserves and a sentence that says what to do.</summary>
public sealed class ApiProblemException(int status, string detail, string type = ApiProblemException.Plain) : Exception(detail)
{
    public const string Plain = "about:blank";

    /// <summary>The type of a problem that means: the books do not agree.</summary>
    public const string NotReconciled = "urn:caudal:not-reconciled";

    /// <summary>The type of a problem that means: the Idempotency-Key belongs to other rows.</summary>
    public const string KeyReused = "urn:caudal:key-reused";

    public int Status { get; } = status;

    public string Type { get; } = type;

    public static ApiProblemException NotFound(string detail) => new(StatusCodes.Status404NotFound, detail);

    public static ApiProblemException BadRequest(string detail) => new(StatusCodes.Status400BadRequest, detail);
}

/// <summary>The one place where a failure becomes problem details (RFC 9457).</summary>
static partial class Problems
{
    /// <summary>Answers every failure of what comes after it, and never with a stack trace.</summary>
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next, ILogger logger)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone: nobody is left to answer.
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            var problem = Of(failure);
            if (problem.Status >= StatusCodes.Status500InternalServerError)
                LogFailure(logger, context.Request.Method, context.GetEndpoint()?.DisplayName ?? "unknown route", failure);
            await WriteAsync(context, problem);
        }
    }

    public static Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status ?? StatusCodes.Status500InternalServerError;
        return context.Response.WriteAsJsonAsync(problem, ApiJson.Default.ProblemDetails, "application/problem+json",
            context.RequestAborted);
    }

    public static ProblemDetails Of(Exception failure) => failure switch
    {
        ApiProblemException known => Problem(known.Status, known.Message, known.Type),
        BadHttpRequestException bad => Problem(bad.StatusCode, bad.Message),
        RunConflictException or RejectionConflictException => Problem(StatusCodes.Status409Conflict, failure.Message),
        KeyReusedException => Problem(StatusCodes.Status422UnprocessableEntity, failure.Message, ApiProblemException.KeyReused),
        ReconciliationException => Problem(StatusCodes.Status409Conflict, failure.Message, ApiProblemException.NotReconciled),
        LogUnavailableException log => Problem(StatusCodes.Status503ServiceUnavailable, log.OutcomeUnknown
            ? $"{log.Message} It is unknown whether the rows were kept: send them again with the same Idempotency-Key."
            : log.Message),
        OperationCanceledException => Problem(StatusCodes.Status503ServiceUnavailable, "Caudal is stopping; ask again once it is up."),
        IOException or DbException or TimeoutException => Problem(StatusCodes.Status500InternalServerError, FirstLine(failure.Message)),
        // Anything else is a fault of ours, whose message may hold anything: the log has it, the answer does not.
        _ => Problem(StatusCodes.Status500InternalServerError, $"Caudal failed at this ({failure.GetType().Name}); its log says more."),
    };

    static ProblemDetails Problem(int status, string detail, string type = ApiProblemException.Plain) =>
        new() { Status = status, Type = type, Title = ReasonPhrases.GetReasonPhrase(status), Detail = detail };

    static string FirstLine(string text) => text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] : text;

    [LoggerMessage(500, LogLevel.Error, "{Method} {Route} failed")]
    static partial void LogFailure(ILogger logger, string method, string route, Exception failure);
}
