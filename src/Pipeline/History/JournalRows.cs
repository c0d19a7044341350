using System.Globalization;
using Caudal.Batch;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.History;

/// <summary>
/// A row of <c>batch_runs</c> in types that every engine's driver reads and writes alike. Figures and watermarks stand as JSON text,
/// with money and digests as strings, so that both databases can take them apart and none can round them.
/// </summary>
sealed record RunRow
{
    public const string Select = """
        SELECT id, key, range_from AS RangeFrom, range_to AS RangeTo, CAST(day AS VARCHAR) AS Day, state, actor, created_at AS CreatedAt,
          finished_at AS FinishedAt, messages, rejected_before AS RejectedBefore, extracted,
          duplicate_rows AS DuplicateRows, loaded, rejected, purged, checks, declined, decision
        FROM batch_runs
        """;

    public const string Insert = """
        INSERT INTO batch_runs (id, key, range_from, range_to, day, state, actor, created_at, finished_at, messages, rejected_before,
          extracted, duplicate_rows, loaded, rejected, purged, checks, declined, decision)
        VALUES (@Id, @Key, @RangeFrom, @RangeTo, CAST(@Day AS DATE), @State, @Actor, @CreatedAt, @FinishedAt, @Messages, @RejectedBefore,
          @Extracted, @DuplicateRows, @Loaded, @Rejected, @Purged, @Checks, @Declined, @Decision)
        """;

    // Neither what a run is called nor when and by whom it was made ever changes.
    public const string Update = """
        UPDATE batch_runs SET range_from = @RangeFrom, range_to = @RangeTo, day = CAST(@Day AS DATE), state = @State,
          finished_at = @FinishedAt, messages = @Messages, rejected_before = @RejectedBefore, extracted = @Extracted,
          duplicate_rows = @DuplicateRows, loaded = @Loaded, rejected = @Rejected, purged = @Purged,
          checks = @Checks, declined = @Declined, decision = @Decision
        WHERE id = @Id AND state = @Expected
        """;

    public required long Id { get; init; }
    public required string Key { get; init; }
    public required string RangeFrom { get; init; }
    public required string RangeTo { get; init; }
    public required string Day { get; init; }
    public required string State { get; init; }
    public required string Actor { get; init; }
    public required DateTime CreatedAt { get; init; }
    public DateTime? FinishedAt { get; init; }
    public required long Messages { get; init; }
    public required long RejectedBefore { get; init; }
    public required string Extracted { get; init; }
    public required long DuplicateRows { get; init; }
    public required string Loaded { get; init; }
    public required string Rejected { get; init; }
    public required string Purged { get; init; }
    public required string Checks { get; init; }
    public required string Declined { get; init; }
    public string? Decision { get; init; }

    /// <summary>Not a column: the state that an update finds or changes nothing.</summary>
    public string? Expected { get; init; }

    public static RunRow Of(BatchRun run) => new()
    {
        Id = run.Id,
        Key = run.Key,
        RangeFrom = run.Range.From.ToString(),
        RangeTo = run.Range.To.ToString(),
        Day = run.Day.ToString("O", CultureInfo.InvariantCulture),
        State = run.State.ToString(),
        Actor = run.Actor,
        CreatedAt = JournalTime.Of(run.CreatedAt),
        FinishedAt = JournalTime.Of(run.FinishedAt),
        Messages = run.Messages,
        RejectedBefore = run.RejectedBefore,
        Extracted = JournalJson.Write(run.Extracted),
        DuplicateRows = run.DuplicateRows,
        Loaded = JournalJson.Write(run.Loaded),
        Rejected = JournalJson.Write(run.Rejected),
        Purged = JournalJson.Write(run.Purged),
        Checks = JournalJson.Write(run.Checks),
        Declined = JournalJson.Write(run.Declined),
        Decision = run.Decision,
    };

    public BatchRun ToRun() => new()
    {
        Id = Id,
        Key = Key,
        Range = new(Watermark.Parse(RangeFrom), Watermark.Parse(RangeTo)),
        Day = DateOnly.ParseExact(Day, "O", CultureInfo.InvariantCulture),
        State = Enum.Parse<RunState>(State),
        Actor = Actor,
        CreatedAt = JournalTime.ToInstant(CreatedAt),
        FinishedAt = JournalTime.ToInstant(FinishedAt),
        Messages = Messages,
        RejectedBefore = RejectedBefore,
        Extracted = JournalJson.Read<RangeFigures>(Extracted),
        DuplicateRows = DuplicateRows,
        Loaded = JournalJson.Read<RangeFigures>(Loaded),
        Rejected = JournalJson.Read<Figures>(Rejected),
        Purged = JournalJson.Read<RangeFigures>(Purged),
        Checks = JournalJson.Read<CheckResult[]>(Checks),
        Declined = JournalJson.Read<QualityRule[]>(Declined),
        Decision = Decision,
    };
}

/// <summary>A row of <c>batch_steps</c>.</summary>
sealed record StepRow
{
    public const string Select = """
        SELECT run_id AS RunId, name, attempt, actor, started_at AS StartedAt, finished_at AS FinishedAt, error
        FROM batch_steps WHERE run_id = @runId ORDER BY started_at, attempt
        """;

    public const string Insert = """
        INSERT INTO batch_steps (run_id, name, attempt, actor, started_at, finished_at, error)
        VALUES (@RunId, @Name, @Attempt, @Actor, @StartedAt, @FinishedAt, @Error)
        """;

    public const string Update = """
        UPDATE batch_steps SET finished_at = @FinishedAt, error = @Error WHERE run_id = @RunId AND name = @Name AND attempt = @Attempt
        """;

    public required long RunId { get; init; }
    public required string Name { get; init; }
    public required int Attempt { get; init; }
    public required string Actor { get; init; }
    public required DateTime StartedAt { get; init; }
    public DateTime? FinishedAt { get; init; }
    public string? Error { get; init; }

    public static StepRow Of(BatchStep step) => new()
    {
        RunId = step.RunId,
        Name = step.Name.ToString(),
        Attempt = step.Attempt,
        Actor = step.Actor,
        StartedAt = JournalTime.Of(step.StartedAt),
        FinishedAt = JournalTime.Of(step.FinishedAt),
        Error = step.Error,
    };

    public BatchStep ToStep() => new(
        RunId, Enum.Parse<BatchStepName>(Name), Attempt, Actor, JournalTime.ToInstant(StartedAt),
        JournalTime.ToInstant(FinishedAt), Error);
}

/// <summary>A row of <c>receipts</c>: written once, never changed.</summary>
sealed record ReceiptRow
{
    public const string Select = """
        SELECT run_id AS RunId, range_from AS RangeFrom, range_to AS RangeTo, messages, rejections, run_rejected AS RunRejected, history,
          breakdown, previous_hash AS PreviousHash, hash, anchor
        FROM receipts
        """;

    public const string Insert = """
        INSERT INTO receipts (run_id, range_from, range_to, messages, rejections, run_rejected, history, breakdown, previous_hash, hash,
          anchor)
        VALUES (@RunId, @RangeFrom, @RangeTo, @Messages, @Rejections, @RunRejected, @History, @Breakdown, @PreviousHash, @Hash, @Anchor)
        """;

    public required long RunId { get; init; }
    public required string RangeFrom { get; init; }
    public required string RangeTo { get; init; }
    public required long Messages { get; init; }
    public required long Rejections { get; init; }
    public required string RunRejected { get; init; }
    public required string History { get; init; }
    public required string Breakdown { get; init; }
    public required string PreviousHash { get; init; }
    public required string Hash { get; init; }
    public string? Anchor { get; init; }

    public static ReceiptRow Of(Receipt receipt) => new()
    {
        RunId = receipt.RunId,
        RangeFrom = receipt.Range.From.ToString(),
        RangeTo = receipt.Range.To.ToString(),
        Messages = receipt.Messages,
        Rejections = receipt.Rejections,
        RunRejected = JournalJson.Write(receipt.RunRejected),
        History = JournalJson.Write(receipt.History),
        Breakdown = JournalJson.Write(
            from entry in receipt.Groups
            orderby entry.Key.Day, entry.Key.App, entry.Key.Product
            select new GroupFigures(entry.Key, entry.Value)),
        PreviousHash = receipt.PreviousHash,
        Hash = receipt.Hash,
        Anchor = receipt.Anchor?.ToString(),
    };

    public Receipt ToReceipt() => new(
        RunId, new(Watermark.Parse(RangeFrom), Watermark.Parse(RangeTo)), Messages, Rejections, JournalJson.Read<Figures>(RunRejected),
        JournalJson.Read<RangeFigures>(History),
        JournalJson.Read<GroupFigures[]>(Breakdown).ToDictionary(entry => entry.Group, entry => entry.Figures), PreviousHash, Hash)
    {
        Anchor = Anchor is { } anchor ? LogAnchor.Parse(anchor) : null,
    };

    sealed record GroupFigures(FigureGroup Group, Figures Figures);
}
