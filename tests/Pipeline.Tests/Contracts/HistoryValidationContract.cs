using Caudal.Batch;
using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Tests.Contracts;

/// <summary>What validate finds: duplicates and conflicts, with history and within the run, and rows that fail a check.</summary>
public abstract class HistoryValidationContract(HistoryEngine engine) : HistoryContract(engine)
{
    static readonly PositionRange Second = Range(10, 30);

    static readonly QualityCheck[] AllChecks =
    [
        new(QualityRule.FutureTimestamp, 100_000), new(QualityRule.SuspectedDuplicate, 100_000),
        new(QualityRule.AmountAboveMax, 100_000, new(1_000)), new(QualityRule.AmountZero, 100_000),
    ];

    [Fact]
    public async Task Rows_that_history_does_not_hold_are_new()
    {
        await FinishAsync(await SettleAsync(1, Range(0, 10), Some.Transactions(0, 10)));
        var run = await StageAsync(await CreateAsync(2, Second), Some.Transactions(10, 10));
        (await Store.ValidateAsync(run, NoChecks, Cancellation)).ShouldBe(0, 0);
    }

    [Fact]
    public async Task The_same_id_again_is_a_duplicate_if_all_is_equal_and_else_a_conflict()
    {
        await FinishAsync(await SettleAsync(1, Range(0, 10), Some.Transactions(0, 10)));
        Transaction[] rows =
        [
            Some.Transaction(11), At(12, Some.Transaction(4)), At(13, Altered(5)), Some.Transaction(14),
            At(15, Some.Transaction(14)), At(16, Altered(14)), At(17, Some.Transaction(14)), At(18, Altered(4)),
        ];
        var run = await StageAsync(await CreateAsync(2, Second), rows, Duplicate.Of(At(19, Some.Transaction(11))));
        (await Store.ValidateAsync(run, NoChecks, Cancellation)).ShouldBe(duplicates: 3, conflicts: 3);

        var rejections = await Store.ReadStagedRejectionsAsync(run, Cancellation).ToListAsync(Cancellation);
        rejections.Select(rejection => rejection.Position.Offset).ShouldBe([13, 16, 18]);
        rejections.ShouldAllBe(rejection => rejection.Code == FaultCode.IdConflict);
        rejections[0].Id.ShouldBe(Some.Id(5));
        (rejections[0].Amount, rejections[0].Digest).ShouldBe((rows[2].Amount, rows[2].Digest));

        run = await LoadAsync(await ValidateAsync(run));
        var (loaded, duplicates) = await ReadAsync(Second);
        loaded.Select(row => row.Position.Offset).ShouldBe([11, 14]);
        duplicates.Select(duplicate => duplicate.Position.Offset).ShouldBe([12, 15, 17, 19]);
        run.Loaded.Duplicates.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Of_equal_ids_the_first_position_wins_whatever_the_order_they_came_in()
    {
        Transaction[] rows = [At(20, Some.Transaction(3)), At(12, Some.Transaction(3)), At(15, Altered(3))];
        var run = await StageAsync(await CreateAsync(1, Second), rows);
        await LoadAsync(await ValidateAsync(run));
        var (loaded, duplicates) = await ReadAsync(Second);
        loaded.Select(row => row.Position.Offset).ShouldBe([12]);
        duplicates.Select(duplicate => duplicate.Position.Offset).ShouldBe([20]);
    }

    [Fact]
    public async Task What_a_run_rejects_is_kept_with_its_exact_bytes()
    {
        await FinishAsync(await SettleAsync(1, Range(0, 10), Some.Transactions(0, 10)));
        Transaction[] rows = [At(12, Altered(4)), At(13, Altered(5)), Some.Transaction(14)];
        var run = await ValidateAsync(await StageAsync(await CreateAsync(2, Second), rows));
        var rejections = await ReadRejectedAsync(run);
        await LoadAsync(run);
        await ReopenAsync();

        var found = await Store.ReadRejectionsAsync(Cancellation).ToListAsync(Cancellation);
        found.Select(rejection => rejection.Position.Offset).ShouldBe([13, 12]);
        foreach (var (kept, given) in found.AsEnumerable().Reverse().Zip(rejections))
        {
            kept.Bytes.ToArray().ShouldBe(given.Bytes.ToArray());
            (kept with { Bytes = given.Bytes }).ShouldBe(given);
        }
    }

    [Fact]
    public async Task A_run_whose_rejections_were_not_given_is_not_loaded()
    {
        var run = await ValidateAsync(await StageAsync(await CreateAsync(1, Second), [At(12, Some.Transaction(4)), At(13, Altered(4))]));
        await Should.ThrowAsync<ReconciliationException>(
            async () => await Store.LoadAsync(run, [], figures => Loaded(run, figures), Cancellation));
        (await Store.MeasureAsync(null, Cancellation)).ShouldBe(default);
    }

    [Theory]
    [InlineData(QualityRule.FutureTimestamp, "11 12")]
    [InlineData(QualityRule.SuspectedDuplicate, "14 15")]
    [InlineData(QualityRule.AmountAboveMax, "16")]
    [InlineData(QualityRule.AmountZero, "17 18")]
    public async Task Declined_rows_become_rejections_and_the_rest_is_loaded(QualityRule rule, string offsets)
    {
        var run = await StageAsync(await CreateAsync(1, Second), Failing());
        run = run with { Declined = [rule] };
        await Store.ValidateAsync(run, AllChecks, Cancellation);

        var rejections = await Store.ReadStagedRejectionsAsync(run, Cancellation).ToListAsync(Cancellation);
        string.Join(' ', rejections.Select(rejection => rejection.Position.Offset)).ShouldBe(offsets);
        rejections.ShouldAllBe(rejection => rejection.Code == FaultCode.Declined && rejection.Sentence.Contains(rule.ToString()));

        await LoadAsync(await MoveAsync(run, run with { State = RunState.Validated }));
        (await ReadAsync(Second)).Rows.Count.ShouldBe(Failing().Count - rejections.Count);
    }

    [Fact]
    public async Task Checks_count_the_rows_that_fail()
    {
        var run = await StageAsync(await CreateAsync(1, Second), Failing());
        var outcome = await Store.ValidateAsync(run, AllChecks, Cancellation);
        outcome.Checks.ShouldBe(
        [
            new(QualityRule.FutureTimestamp, 2, 10, 100_000), new(QualityRule.SuspectedDuplicate, 2, 10, 100_000),
            new(QualityRule.AmountAboveMax, 1, 10, 100_000), new(QualityRule.AmountZero, 2, 10, 100_000),
        ]);
        outcome.Checks.Select(check => check.OverThreshold).ShouldBe([true, true, false, true]);
    }

    [Fact]
    public async Task Rows_that_are_not_loaded_anyway_neither_fail_nor_count()
    {
        var zero = Some.Transaction(11, some => some with { Amount = default });
        var run = await StageAsync(await CreateAsync(1, Second), [zero, At(12, zero), At(13, Altered(11)), Some.Transaction(14)]);
        var outcome = await Store.ValidateAsync(run, AllChecks, Cancellation);
        outcome.ShouldBe(duplicates: 1, conflicts: 1);
        outcome.Checks.Single(check => check.Rule == QualityRule.AmountZero).ShouldBe(new(QualityRule.AmountZero, 1, 2, 100_000));
        outcome.Checks.Single(check => check.Rule == QualityRule.SuspectedDuplicate).Failing.ShouldBe(0);
    }

    [Fact]
    public async Task A_row_that_fails_several_declined_checks_is_one_rejection()
    {
        var run = await StageAsync(await CreateAsync(1, Second), [Some.Transaction(11), Both(12)]);
        run = run with { Declined = [QualityRule.AmountZero, QualityRule.FutureTimestamp] };
        await Store.ValidateAsync(run, AllChecks, Cancellation);
        (await Store.ReadStagedRejectionsAsync(run, Cancellation).CountAsync(Cancellation)).ShouldBe(1);

        static Transaction Both(int n) =>
            Some.Transaction(n, some => some with { Amount = default, Timestamp = some.AppendedAt + TimeSpan.FromDays(2) });
    }

    [Fact]
    public async Task Validating_again_replaces_what_was_found()
    {
        var run = await StageAsync(await CreateAsync(1, Second), [.. Failing(), At(25, Some.Transaction(10))]);
        var first = await Store.ValidateAsync(run, AllChecks, Cancellation);
        var second = await Store.ValidateAsync(run, AllChecks, Cancellation);
        second.ShouldBe(first.Duplicates, first.Conflicts);
        second.Checks.ShouldBe(first.Checks);
        (await Store.ValidateAsync(run, NoChecks, Cancellation)).Checks.ShouldBeEmpty();
        await LoadAsync(await ValidateAsync(run));
        (await ReadAsync(Second)).Rows.Count.ShouldBe(Failing().Count);
    }

    /// <summary>Ten rows: 11 and 12 lie in the future, 14 and 15 repeat 13 under other ids, 16 is large, 17 and 18 are zero.</summary>
    static IReadOnlyList<Transaction> Failing() =>
    [
        Some.Transaction(10),
        Some.Transaction(11, some => some with { Timestamp = some.AppendedAt + TimeSpan.FromDays(1) + TimeSpan.FromMicroseconds(1) }),
        Some.Transaction(12, some => some with { Timestamp = some.AppendedAt + TimeSpan.FromDays(300) }),
        Some.Transaction(13),
        At(14, Some.Transaction(13, some => some with { Id = Some.Id(14), Detail = "otro" })),
        At(15, Some.Transaction(13, some => some with { Id = Some.Id(15), App = "DeUna" })),
        Some.Transaction(16, some => some with { Amount = new(1_001) }),
        Some.Transaction(17, some => some with { Amount = default }),
        Some.Transaction(18, some => some with { Amount = default }),
        // On the edge of two rules, and on the right side of both.
        Some.Transaction(19, some => some with { Amount = new(1_000), Timestamp = some.AppendedAt + TimeSpan.FromDays(1) }),
    ];

    static Transaction Altered(int n) => Some.Transaction(n, some => some with { Detail = "otra cosa" });

    static Transaction At(long offset, Transaction transaction) => transaction with { Position = Some.Position(offset) };
}

static class ValidationOutcomes
{
    public static void ShouldBe(this ValidationOutcome outcome, long duplicates, long conflicts) =>
        (outcome.Duplicates, outcome.Conflicts).ShouldBe((duplicates, conflicts));
}
