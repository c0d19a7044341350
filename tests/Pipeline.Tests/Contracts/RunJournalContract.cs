using Caudal.Batch;
using Caudal.History;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;
using Dapper;

namespace Caudal.Tests.Contracts;

/// <summary>Runs, steps and receipts: found again as they were written, by whoever asks, and changed by one at a time.</summary>
public abstract class RunJournalContract(HistoryEngine engine) : HistoryContract(engine)
{
    static readonly PositionRange First = Range(0, 10);

    /// <summary>A page's token is looked for in the journal: whoever closes the page meanwhile is no fault of the store.</summary>
    [Fact]
    public async Task A_question_whose_asker_has_gone_ends_as_cancelled_by_whatever_name_the_engine_has_for_it()
    {
        const string Long = """
            SELECT count(*) FROM generate_series(CAST(1 AS BIGINT), CAST(1000000 AS BIGINT)) a(i),
              generate_series(CAST(1 AS BIGINT), CAST(300 AS BIGINT)) b(j) WHERE (i * j) % 7 = 3
            """;
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        await Should.ThrowAsync<OperationCanceledException>(async () => await Journal.ReadAsync(async connection =>
        {
            gone.CancelAfter(TimeSpan.FromMilliseconds(100));
            return await connection.ExecuteScalarAsync<long>(Journal.Command(Long, null, null, gone.Token));
        }, gone.Token));
    }

    [Fact]
    public async Task Runs_are_numbered_from_one()
    {
        var run = await CreateAsync(1, First);
        run.Id.ShouldBe(1);
        (await FinishAsync(run)).State.ShouldBe(RunState.Purged);
        (await CreateAsync(2, Range(10, 20))).Id.ShouldBe(2);
    }

    [Fact]
    public async Task The_same_key_finds_the_same_run()
    {
        var made = await CreateAsync(1, First);
        var found = await Journal.FindOrCreateAsync(
            made.Key, _ => throw new InvalidOperationException("It was made before."), Cancellation);
        found.Id.ShouldBe(made.Id);
        (await Journal.ListAsync(10, Cancellation)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Another_unfinished_run_stands_in_the_way()
    {
        await CreateAsync(1, First);
        (await Should.ThrowAsync<RunConflictException>(async () => await CreateAsync(2, Range(10, 20)))).Message.ShouldContain("key 1");
        (await Journal.FindUnfinishedAsync(Cancellation)).ShouldNotBeNull().Id.ShouldBe(1);
    }

    [Fact]
    public async Task Two_callers_at_once_with_one_key_make_one_run()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () => await CreateAsync(1, First), Cancellation)));
        runs.ShouldAllBe(run => run.Id == 1);
        (await Journal.ListAsync(10, Cancellation)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Two_callers_at_once_with_two_keys_make_one_run()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 8).Select(caller => Task.Run(async () =>
        {
            try
            {
                var key = $"caller {caller}";
                await Journal.FindOrCreateAsync(key, id => NewRun(id, First) with { Key = key }, Cancellation);
                return true;
            }
            catch (RunConflictException)
            {
                return false;
            }
        }, Cancellation)));
        outcomes.Count(made => made).ShouldBe(1);
        (await Journal.ListAsync(10, Cancellation)).Count.ShouldBe(1);
    }

    /// <summary>The caller read the last receipt, slept, and meanwhile another run was made and finished.</summary>
    [Fact]
    public async Task A_run_cannot_settle_what_a_receipt_covers()
    {
        await FinishAsync(await CreateAsync(1, First));
        await Should.ThrowAsync<RunConflictException>(async () => await CreateAsync(2, Range(5, 20)));
    }

    [Fact]
    public async Task A_run_is_found_again_exactly_as_it_was_saved()
    {
        var run = await MoveAsync(await CreateAsync(1, First), FullRun());
        await ReopenAsync();
        BatchRun?[] ways =
        [
            await Journal.FindAsync(1, Cancellation), await Journal.FindByKeyAsync(run.Key, Cancellation),
            await Journal.FindUnfinishedAsync(Cancellation), (await Journal.ListAsync(1, Cancellation)).Single(),
        ];
        foreach (var found in ways)
        {
            found.ShouldNotBeNull().Checks.ShouldBe(run.Checks);
            found.Declined.ShouldBe(run.Declined);
            (found with { Checks = run.Checks, Declined = run.Declined }).ShouldBe(run);
        }
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        (await Journal.FindAsync(1, Cancellation)).ShouldBeNull();
        (await Journal.FindByKeyAsync("key", Cancellation)).ShouldBeNull();
        (await Journal.FindUnfinishedAsync(Cancellation)).ShouldBeNull();
        (await Journal.FindLastReceiptAsync(Cancellation)).ShouldBeNull();
        (await Journal.ListAsync(10, Cancellation)).ShouldBeEmpty();
        (await Journal.ListStepsAsync(1, Cancellation)).ShouldBeEmpty();
        (await Journal.ReadReceiptsAsync(Cancellation).ToListAsync(Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_the_faster_of_two_saves_a_run()
    {
        var run = await CreateAsync(1, First);
        (await Journal.SaveAsync(run with { State = RunState.Extracted, Messages = 1 }, RunState.Created, Cancellation)).ShouldBeTrue();
        (await Journal.SaveAsync(run with { State = RunState.Extracted, Messages = 2 }, RunState.Created, Cancellation)).ShouldBeFalse();
        (await Journal.FindAsync(1, Cancellation)).ShouldNotBeNull().Messages.ShouldBe(1);
    }

    [Fact]
    public async Task Of_many_at_once_one_saves_a_run()
    {
        var run = await CreateAsync(1, First);
        var extracted = run with { State = RunState.Extracted };
        var saved = await Task.WhenAll(Enumerable.Range(1, 8).Select(_ => Task.Run(
            async () => await Journal.SaveAsync(extracted, RunState.Created, Cancellation), Cancellation)));
        saved.Count(one => one).ShouldBe(1);
    }

    [Fact]
    public async Task Every_attempt_at_a_step_is_noted()
    {
        var first = await Journal.BeginStepAsync(1, BatchStepName.Load, "test", Cancellation);
        await Journal.FinishStepAsync(first, "The disk is full.", Cancellation);
        var second = await Journal.BeginStepAsync(1, BatchStepName.Load, "night", Cancellation);
        await Journal.FinishStepAsync(second, null, Cancellation);
        var other = await Journal.BeginStepAsync(1, BatchStepName.Reconcile, "night", Cancellation);
        await Journal.BeginStepAsync(2, BatchStepName.Load, "night", Cancellation);

        var steps = await Journal.ListStepsAsync(1, Cancellation);
        steps.Select(step => (step.Name, step.Attempt, step.Actor, step.Error)).ShouldBe(
        [
            (BatchStepName.Load, 1, "test", "The disk is full."), (BatchStepName.Load, 2, "night", null),
            (BatchStepName.Reconcile, 1, "night", null),
        ]);
        steps.Select(step => step.FinishedAt is not null).ShouldBe([true, true, false]);
        steps.Select(step => step.StartedAt).ShouldBe([first.StartedAt, second.StartedAt, other.StartedAt]);
    }

    [Fact]
    public async Task A_receipt_is_read_back_exactly()
    {
        var run = await CreateAsync(1, First);
        var receipt = Receipt.Of(
            FullRun(), new Dictionary<FigureGroup, Figures>
            {
                [new(new(2025, 9, 13), "Banca Móvil", "Tarjeta \"Crédito\"")] = new(1, new(long.MaxValue), new(1, 2)),
                [new(new(1970, 1, 1), "DeUna", "Ahorros")] = new(2, new(5), new(ulong.MaxValue, ulong.MaxValue)),
            }, previous: null, LogAnchor.At([new(new(Some.Partition, 41), Some.Start, Some.LogMessage(1))]));
        (await Journal.SealAsync(receipt, run with { State = RunState.Reconciled }, RunState.Created, Cancellation)).ShouldBeTrue();
        await ReopenAsync();

        var found = (await Journal.FindLastReceiptAsync(Cancellation)).ShouldNotBeNull();
        found.IsIntact.ShouldBeTrue();
        found.Groups.ShouldBe(receipt.Groups, ignoreOrder: true);
        (found with { Groups = receipt.Groups }).ShouldBe(receipt);
        (await Journal.FindAsync(1, Cancellation)).ShouldNotBeNull().State.ShouldBe(RunState.Reconciled);
    }

    [Fact]
    public async Task A_run_is_sealed_once()
    {
        var run = await CreateAsync(1, First);
        var reconciled = run with { State = RunState.Reconciled };
        var receipt = Receipt.Of(run, new Dictionary<FigureGroup, Figures>(), previous: null, LogAnchor.None);
        (await Journal.SealAsync(receipt, reconciled, RunState.Created, Cancellation)).ShouldBeTrue();
        (await Journal.SealAsync(receipt, reconciled, RunState.Created, Cancellation)).ShouldBeFalse();
        (await Journal.ReadReceiptsAsync(Cancellation).ToListAsync(Cancellation)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Receipts_come_oldest_first_and_each_names_the_one_before()
    {
        for (var id = 1; id <= 12; id++)
            await FinishAsync(await CreateAsync(id, Range(id * 10, id * 10 + 10)));
        var receipts = await Journal.ReadReceiptsAsync(Cancellation).ToListAsync(Cancellation);
        receipts.Select(receipt => receipt.RunId).ShouldBe(Enumerable.Range(1, 12).Select(id => (long)id));
        receipts.Skip(1).Select(receipt => receipt.PreviousHash).ShouldBe(receipts.SkipLast(1).Select(receipt => receipt.Hash));
        (await Journal.ListAsync(5, Cancellation)).Select(run => run.Id).ShouldBe([12, 11, 10, 9, 8]);
    }

    /// <summary>A run with something unlike its default in every field.</summary>
    static BatchRun FullRun()
    {
        var other = new LogPartition(Guid.Parse("00000000-0000-4000-8000-00000000000f"), 3);
        return NewRun(1, new(Watermark.Zero.With(other, 5), Watermark.Of(Some.Partition, 10).With(other, long.MaxValue))) with
        {
            State = RunState.WaitingForApproval,
            FinishedAt = Some.Start + TimeSpan.FromMicroseconds(1),
            Messages = 9,
            RejectedBefore = 2,
            Extracted = new(new(3, new((Int128)long.MaxValue * 1000), new(ulong.MaxValue, 1)), new(4, new(5), new(0, 6))),
            DuplicateRows = 7,
            Loaded = new(new(8, new(9), new(10, 11)), new(12, new(13), new(14, 15))),
            Rejected = new(16, new(17), new(18, 19)),
            Purged = new(new(20, new(21), new(22, 23)), new(24, new(25), new(26, 27))),
            Checks = [new(QualityRule.FutureTimestamp, 1, 3, 10), new(QualityRule.AmountZero, 2, 3, 20)],
            Declined = [QualityRule.FutureTimestamp],
            Decision = "declined by 'ana': \"no\" @ $1 — ñandú",
        };
    }
}
