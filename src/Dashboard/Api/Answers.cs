using System.Text.Json.Serialization;
using Caudal.Batch;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Scheduling;
using Caudal.Transactions;

namespace Caudal.Dashboard.Api;

/// <summary>Which process serves these routes, and as which verb.</summary>
public sealed record OwnerAnswer(int Process, string Verb);

/// <summary>How far work that a request started has come.</summary>
public enum WorkState
{
    Running,
    Done,
}

/// <summary>The books, and when runs are made by themselves.</summary>
/// <param name="Schedule">Null where no scheduler runs in the process that answers.</param>
/// <param name="Caution">What may go wrong with the log later: a retention that could outrun the batch. Null where nothing.</param>
public sealed record StatusAnswer(
    bool Reconciled, LogAccount Log, HotAccount Hot, HistoryAccount History, RejectionAccount Rejections, DuplicateAccount Duplicates,
    IReadOnlyList<Difference> Differences,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ScheduleState? Schedule,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Caution)
{
    [JsonIgnore]
    public Reconciliation Books => new(Reconciled, Log, Hot, History, Rejections, Duplicates, Differences);

    public static StatusAnswer Of(Reconciliation books, ScheduleState? schedule, string? caution) => new(
        books.Reconciled, books.Log, books.Hot, books.History, books.Rejections, books.Duplicates, books.Differences, schedule, caution);
}

/// <param name="Result">Set once it is done.</param>
public sealed record VerifyAnswer(WorkState State, long Done, long Total, Reconciliation? Result);

/// <summary>What making a run takes: a retry with the same key finds the same run.</summary>
/// <param name="Cutoff">A time, read in the business zone where it has no offset; null for what ingest has taken by now.</param>
/// <param name="Day">Instead: the run is to the end of this day in the business zone, and refused while the day goes on.</param>
public sealed record NewRun(string? Key, string? Cutoff, string? Day = null);

/// <summary>A person's word on a waiting run, or on a rejection.</summary>
public sealed record Decision(string Why);

/// <summary>A run as verbs and Airflow see it.</summary>
/// <param name="Duplicates">All duplicates of its range: those that ingest found and, once it has run, those that validate found.</param>
/// <param name="Sum">Of what was loaded; before that of what was extracted. So is <paramref name="Digest"/>.</param>
public sealed record RunAnswer(
    long Run, RunState State, long Extracted, long Loaded, long Rejected, long Duplicates, long Purged, MoneySum Sum, Digest Digest)
{
    public static RunAnswer Of(BatchRun run)
    {
        var figures = run.IsSettled ? run.Loaded : run.Extracted;
        return new(
            run.Id, run.State, run.Extracted.Rows.Count, run.Loaded.Rows.Count, run.Rejected.Count,
            run.Extracted.Duplicates.Count + run.DuplicateRows, run.Purged.Rows.Count, figures.Rows.Sum, figures.Rows.Digest);
    }
}

/// <summary>All that is known of one run: the members of <see cref="RunAnswer"/>, then the rest.</summary>
/// <param name="DuplicatesOfHistory">Of the duplicates those that validate found: in history, or a second time in the run.</param>
public sealed record RunDetail(
    long Run, RunState State, long Extracted, long Loaded, long Rejected, long Duplicates, long Purged, MoneySum Sum, Digest Digest,
    long DuplicatesOfHistory, string Key, DateOnly Day, string Actor, Instant CreatedAt, Instant? FinishedAt, Watermark From,
    Watermark Cutoff, long Messages, IReadOnlyList<CheckResult> Checks, string? Decision, IReadOnlyList<BatchStep> Steps)
{
    public static RunDetail Of(BatchRun run, IReadOnlyList<BatchStep> steps)
    {
        var brief = RunAnswer.Of(run);
        return new(
            brief.Run, brief.State, brief.Extracted, brief.Loaded, brief.Rejected, brief.Duplicates, brief.Purged, brief.Sum, brief.Digest,
            run.DuplicateRows, run.Key, run.Day, run.Actor, run.CreatedAt, run.FinishedAt, run.Range.From, run.Range.To, run.Messages,
            run.Checks, run.Decision, steps);
    }
}

/// <summary>How far a run, or one step of it, has come.</summary>
/// <param name="Step">The step at work now, with what it has done of how many rows; null between steps.</param>
/// <param name="Run">The run as it is recorded.</param>
public sealed record RunProgress(WorkState State, BatchStepName? Step, long Done, long? Rows, RunAnswer Run);

/// <summary>A rejection as people see it; <paramref name="Bytes"/> (Base64) only where one is asked for.</summary>
public sealed record RejectionAnswer(
    Position Id, RejectionState State, string Code, string? Field, string Sentence, Instant RejectedAt, long Length, string Sha256,
    long? Run, string? Why, ReadOnlyMemory<byte>? Bytes)
{
    public static RejectionAnswer Of(Rejection rejection, bool withBytes) => new(
        rejection.Position, rejection.State, rejection.Code, rejection.Field, rejection.Sentence, rejection.RejectedAt, rejection.Length,
        rejection.Sha256, rejection.RunId, rejection.Why, withBytes ? rejection.Bytes : null);
}

/// <summary>A row of a waiting run that becomes a rejection where a person declines.</summary>
public sealed record FailingRow(Position Id, TransactionId Transaction, string Code, string Sentence);

/// <summary>Messages that somebody asks what became of: from the first inclusive to the second exclusive.</summary>
public sealed record AskedRange(Watermark From, Watermark To);

/// <summary>Where ingest stands against the watermark that was asked for.</summary>
/// <param name="Goal">The watermark that was waited for: the one asked for, or the end that the log had.</param>
/// <param name="Lag">Messages before it that are not ingested yet.</param>
/// <param name="Fault">Why it is not getting on now, or null.</param>
/// <param name="Stopped">True where it will not try again by itself.</param>
public sealed record IngestAnswer(bool Reached, Watermark Goal, long Lag, string? Fault, bool Stopped);

/// <summary>What became of each row that was handed in, in order.</summary>
public sealed record DoorReply(long Accepted, long Rejected, IReadOnlyList<DoorRow> Rows);

/// <summary>Either the id of what is durable now, or why the row was refused.</summary>
public sealed record DoorRow(long Row, TransactionId? Id, string? Code = null, string? Field = null, string? Sentence = null);

/// <summary>The process answers; whether it can work is another question: /health/ready.</summary>
public sealed record LiveAnswer(bool Live);

/// <param name="Reasons">What is not ready, a sentence each.</param>
public sealed record HealthAnswer(bool Ready, IReadOnlyList<string> Reasons);
