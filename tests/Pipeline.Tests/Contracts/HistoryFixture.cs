using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Tests.Contracts;

/// <summary>A history of one test's own: opened, closed, opened again, and reached behind its back.</summary>
public abstract class HistoryEngine : IAsyncDisposable
{
    /// <summary>Opens the history, or makes it where there is none.</summary>
    public abstract ValueTask<IHistoryStore> OpenAsync(TimeZoneInfo? zone = null);

    /// <summary>Runs SQL on the history while no store has it open.</summary>
    public abstract ValueTask TamperAsync(string sql);

    public abstract ValueTask DisposeAsync();
}

/// <summary>What the history's contract tests share: an open store, and the steps that lead to what is tested.</summary>
public abstract class HistoryContract(HistoryEngine engine) : IAsyncLifetime
{
    protected static readonly IReadOnlyList<QualityCheck> NoChecks = [];

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected HistoryEngine Engine => engine;

    protected IHistoryStore Store { get; private set; } = null!;

    protected RunJournal Journal => Store.Journal;

    public virtual async ValueTask InitializeAsync() => Store = await engine.OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await engine.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the store and opens it again, as a restart would.</summary>
    protected async ValueTask ReopenAsync(string? tamper = null)
    {
        await Store.DisposeAsync();
        if (tamper is not null)
            await engine.TamperAsync(tamper);
        Store = await engine.OpenAsync();
    }

    /// <summary>The offsets of the one partition from <paramref name="from"/> up to <paramref name="to"/>.</summary>
    protected static PositionRange Range(long from, long to) => new(Watermark.Of(Some.Partition, from), Watermark.Of(Some.Partition, to));

    protected static BatchRun NewRun(long id, PositionRange range) => new()
    {
        Id = id,
        Key = $"key {id}",
        Range = range,
        Day = new(2025, 9, 13),
        State = RunState.Created,
        Actor = "test",
        CreatedAt = Some.Start,
    };

    protected ValueTask<BatchRun> CreateAsync(long id, PositionRange range) =>
        Journal.FindOrCreateAsync($"key {id}", next => NewRun(next, range), Cancellation);

    protected async ValueTask<BatchRun> MoveAsync(BatchRun from, BatchRun to)
    {
        (await Journal.SaveAsync(to, from.State, Cancellation)).ShouldBeTrue();
        return to;
    }

    protected async ValueTask<BatchRun> StageAsync(BatchRun run, IReadOnlyList<Transaction> rows, params Duplicate[] duplicates)
    {
        var staged = await Store.StageAsync(run, Snapshot(rows, duplicates), Cancellation);
        return await MoveAsync(run, run with { State = RunState.Extracted, Extracted = staged });
    }

    protected async ValueTask<BatchRun> ValidateAsync(BatchRun run, params QualityRule[] declined)
    {
        var outcome = await Store.ValidateAsync(run, [.. declined.Select(rule => new QualityCheck(rule, 0, Money.Max))], Cancellation);
        return await MoveAsync(run, run with { State = RunState.Validated, DuplicateRows = outcome.Duplicates, Declined = declined });
    }

    protected async ValueTask<BatchRun> LoadAsync(BatchRun run)
    {
        await Store.LoadAsync(run, await ReadRejectedAsync(run), figures => Loaded(run, figures), Cancellation);
        return (await Journal.FindAsync(run.Id, Cancellation)).ShouldNotBeNull();
    }

    /// <summary>A run from its creation to its load.</summary>
    protected async ValueTask<BatchRun> SettleAsync(
        long id, PositionRange range, IReadOnlyList<Transaction> rows, params Duplicate[] duplicates) =>
        await LoadAsync(await ValidateAsync(await StageAsync(await CreateAsync(id, range), rows, duplicates)));

    /// <summary>Seals and ends the run, so that another may begin.</summary>
    protected async ValueTask<BatchRun> FinishAsync(BatchRun run)
    {
        var reconciled = run with { State = RunState.Reconciled };
        var receipt = Receipt.Of(
            reconciled, new Dictionary<FigureGroup, Figures>(), await Journal.FindLastReceiptAsync(Cancellation), LogAnchor.None);
        (await Journal.SealAsync(receipt, reconciled, run.State, Cancellation)).ShouldBeTrue();
        await Store.DropStagingAsync(run, Cancellation);
        return await MoveAsync(reconciled, reconciled with { State = RunState.Purged });
    }

    protected async ValueTask<List<RejectedTransaction>> ReadRejectedAsync(BatchRun run) =>
    [
        .. from staged in await Store.ReadStagedRejectionsAsync(run, Cancellation).ToListAsync(Cancellation)
           select new RejectedTransaction(
               run.Id, staged.Position, staged.Id, staged.Amount, staged.Digest, staged.Code, staged.Sentence,
               BytesAt(staged.Position), Some.Start),
    ];

    /// <summary>Not UTF-8, with a zero: a rejection's bytes are kept whatever they are.</summary>
    protected static ReadOnlyMemory<byte> BytesAt(Position position) => new byte[] { 0xFF, 0, (byte)position.Offset, 0xC3 };

    protected async ValueTask<(List<Transaction> Rows, List<Duplicate> Duplicates)> ReadAsync(PositionRange range)
    {
        var batches = await Store.ReadAsync(range, Cancellation).ToListAsync(Cancellation);
        return ([.. batches.SelectMany(batch => batch.Rows)], [.. batches.SelectMany(batch => batch.Duplicates)]);
    }

    protected static BatchRun Loaded(BatchRun run, RangeFigures figures) => run with { State = RunState.Loaded, Loaded = figures };

    protected static RangeFigures Amount(IReadOnlyList<Transaction> rows, params Duplicate[] duplicates) =>
        new(Figures.Of(rows), duplicates.Aggregate(default(Figures), (sum, duplicate) => sum + Figures.Of(duplicate)));

    /// <summary>In small batches, as a hot store gives them.</summary>
    protected static async IAsyncEnumerable<IndexedBatch> Snapshot(IReadOnlyList<Transaction> rows, params Duplicate[] duplicates)
    {
        foreach (var chunk in rows.Chunk(Math.Max(3, rows.Count / 8)))
            yield return new(chunk, []);
        await Task.CompletedTask;
        yield return new([], duplicates);
    }
}
