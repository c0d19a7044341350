using System.Data.Common;
using Caudal.Dashboard.Api;
using Caudal.History;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Host;

/// <summary>What a caudal process ends with.</summary>
static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed; the last line of standard error says why and what to do.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the settings are wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>The books do not agree, or a run waits for a person.</summary>
    public const int NotReconciled = 3;
}

/// <summary>The command line or the settings are wrong; each line of the message is one thing to mend.</summary>
sealed class UsageException(string message) : Exception(message);

/// <summary>A verb cannot do its work; the message says why and what to do.</summary>
sealed class VerbException(string message) : Exception(message);

/// <summary>The one place where a failure becomes a sentence and an exit code.</summary>
static class Failures
{
    public static (int ExitCode, string Sentence) Explain(Exception failure) => failure switch
    {
        UsageException => (ExitCode.Usage, failure.Message),
        ApiProblemException { Code: ApiProblemException.NotReconciled } or ReconciliationException =>
            (ExitCode.NotReconciled, failure.Message),
        ApiProblemException { Status: StatusCodes.Status400BadRequest } => (ExitCode.Usage, failure.Message),
        VerbException or ApiProblemException or RunConflictException => (ExitCode.Failed, failure.Message),
        OperationCanceledException => (ExitCode.Failed, "Interrupted. What was acknowledged is kept; run the same command again to go on."),
        HttpRequestException { InnerException: IOException or System.Net.Sockets.SocketException } or HttpIOException =>
            (ExitCode.Failed, "The owner of the data stopped meanwhile. What was acknowledged is kept; run the same command again."),
        IOException or UnauthorizedAccessException or DbException or TimeoutException =>
            (ExitCode.Failed, Sentences.FirstLine(failure.Message)),
        _ => (ExitCode.Failed, $"Caudal failed at this: {Sentences.FirstLine(failure.Message)} ({failure.GetType().Name})"),
    };
}
