using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>What <see cref="IHotStore"/> promises about what it takes, word by word. An engine joins with one line.</summary>
public abstract class HotStoreContract : IAsyncLifetime
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected IHotStore Hot { get; private set; } = null!;

    /// <summary>Makes the store anew over the same data each time; the suite opens it.</summary>
    protected abstract IHotStore Make();

    /// <summary>Runs SQL, or what the engine has in its place, behind the store's back.</summary>
    protected abstract Task TamperAsync(Tampering tampering);

    public virtual async ValueTask InitializeAsync() => await ReopenAsync(Watermark.Zero);

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Hot.DisposeAsync();
    }

    [Fact]
    public async Task A_new_store_begins_where_it_is_told()
    {
        var state = await Hot.OpenAsync(Watermark.Zero, Cancellation);

        state.ShouldBe(new HotState(Watermark.Zero, Watermark.Zero, 0, 0, default, default));
        (await Hot.GetStateAsync(Cancellation)).ShouldBe(state);
    }

    [Fact]
    public async Task The_last_messages_that_were_read_are_kept_with_the_watermark()
    {
        var (first, second) = (Anchor(9), Anchor(11));
        await Hot.IndexAsync(new(Some.Transactions(0, 10), At(10), 10, 0) { Anchor = first }, NoConflicts, Cancellation);
        (await ReopenAsync(Watermark.Zero)).Anchor.ShouldBe(first);
        await Hot.IndexAsync(new([], At(12), 2, 2) { Anchor = second }, NoConflicts, Cancellation);

        (await Hot.GetStateAsync(Cancellation)).Anchor.ShouldBe(second);
        (await ReopenAsync(Watermark.Zero)).Anchor.ShouldBe(second);

        static LogAnchor Anchor(int n) => LogAnchor.At([new(Some.Position(n), Some.Start, Some.LogMessage(n))]);
    }

    [Fact]
    public async Task A_batch_is_searchable_and_counted_once_it_was_indexed()
    {
        var outcome = await IndexAsync(Some.Transactions(0, 10), messages: 12, rejected: 2, next: 12);

        outcome.ShouldBe(new IndexOutcome(10, 0, 0, 0));
        (await ReadRowsAsync()).ShouldBe(Some.Transactions(0, 10));
        var state = await Hot.GetStateAsync(Cancellation);
        (state.Next, state.Messages, state.Rejected).ShouldBe((At(12), 12, 2));
        state.Expected.ShouldBe(new(Figures.Of(Some.Transactions(0, 10)), default));
        (await Hot.Queries.CountAsync(Query.Everything, Cancellation)).ShouldBe(new(10, new(55)));
    }

    [Fact]
    public async Task Rows_are_told_when_they_became_searchable()
    {
        await IndexAsync(Some.Transactions(0, 1));

        var row = (await Hot.Queries.SearchAsync(new(), Cancellation).ToListAsync(Cancellation)).Single().Single();
        (row.IndexedAt > row.AppendedAt).ShouldBeTrue();
    }

    [Fact]
    public async Task A_batch_of_which_all_was_rejected_moves_the_watermark()
    {
        await IndexAsync([], messages: 5, rejected: 5, next: 5);

        var state = await Hot.GetStateAsync(Cancellation);
        (state.Next, state.Messages, state.Rejected, state.Taken).ShouldBe((At(5), 5, 5, default));
    }

    [Fact]
    public async Task The_same_positions_again_are_redeliveries_and_count_as_nothing()
    {
        await IndexAsync(Some.Transactions(0, 10));
        var before = await Hot.GetStateAsync(Cancellation);

        var outcome = await IndexAsync(Some.Transactions(0, 10));

        outcome.ShouldBe(new IndexOutcome(0, 0, 0, 10));
        (await Hot.GetStateAsync(Cancellation)).ShouldBe(before);
        (await ReadRowsAsync()).Count.ShouldBe(10);
    }

    [Fact]
    public async Task Of_a_batch_that_overlaps_only_what_is_new_is_taken()
    {
        await IndexAsync(Some.Transactions(0, 10));

        var outcome = await IndexAsync(Some.Transactions(5, 10), messages: 5);

        outcome.ShouldBe(new IndexOutcome(5, 0, 0, 5));
        (await ReadRowsAsync()).ShouldBe(Some.Transactions(0, 15));
        (await Hot.GetStateAsync(Cancellation)).Messages.ShouldBe(15);
    }

    [Fact]
    public async Task The_same_id_at_another_position_is_a_duplicate_with_a_row_of_its_own()
    {
        await IndexAsync(Some.Transactions(0, 3));

        var outcome = await IndexAsync([Again(1, at: 3), Some.Transaction(4), Again(1, at: 5)]);

        outcome.ShouldBe(new IndexOutcome(1, 2, 0, 0));
        (await ReadDuplicatesAsync()).ShouldBe([Duplicate.Of(Again(1, at: 3)), Duplicate.Of(Again(1, at: 5))]);
        (await ReadRowsAsync()).ShouldBe([.. Some.Transactions(0, 3), Some.Transaction(4)]);
        (await Hot.GetStateAsync(Cancellation)).Expected.Duplicates.ShouldBe(Figures.Of([Again(1, at: 3), Again(1, at: 5)]));
    }

    [Fact]
    public async Task Within_a_batch_the_first_position_wins()
    {
        var other = Some.Digested(Again(0, at: 2) with { Amount = new(99) });

        var outcome = await IndexAsync([Some.Transaction(0), Again(0, at: 1), other, Some.Transaction(3)]);

        outcome.ShouldBe(new IndexOutcome(2, 1, 1, 0));
        (await ReadRowsAsync()).ShouldBe([Some.Transaction(0), Some.Transaction(3)]);
        (await ReadDuplicatesAsync()).ShouldBe([Duplicate.Of(Again(0, at: 1))]);
    }

    [Fact]
    public async Task The_same_id_with_other_contents_is_a_conflict_and_settled_before_the_commit()
    {
        await IndexAsync(Some.Transactions(0, 3));
        var conflict = Some.Digested(Again(1, at: 3) with { Amount = new(1_000_000) });
        var settled = new List<RefusedTransaction>();
        var countWhenSettled = -1L;

        var outcome = await Hot.IndexAsync(
            new([conflict, Some.Transaction(4)], At(5), 2, 0),
            async (refused, token) =>
            {
                settled.AddRange(refused);
                countWhenSettled = (await Hot.Queries.CountAsync(Query.Everything, token)).Count;
            }, Cancellation);

        outcome.ShouldBe(new IndexOutcome(1, 0, 1, 0));
        settled.ShouldBe([new(conflict, Fault.IdConflict)]);
        countWhenSettled.ShouldBe(3);
        (await ReadRowsAsync()).ShouldBe([.. Some.Transactions(0, 3), Some.Transaction(4)]);
        (await Hot.GetStateAsync(Cancellation)).Rejected.ShouldBe(1);
    }

    [Fact]
    public async Task A_conflict_that_could_not_be_settled_leaves_nothing_committed_and_the_batch_can_come_again()
    {
        await IndexAsync(Some.Transactions(0, 3));
        var before = await Hot.GetStateAsync(Cancellation);
        var conflict = Some.Digested(Again(1, at: 3) with { Amount = new(7) });
        var batch = new IndexBatch([conflict, Again(2, at: 4), Some.Transaction(5)], At(6), 3, 0);

        await Should.ThrowAsync<IOException>(async () =>
            await Hot.IndexAsync(batch, (_, _) => throw new IOException("The process dies here."), Cancellation));

        (await Hot.GetStateAsync(Cancellation)).ShouldBe(before);
        (await ReadRowsAsync()).ShouldBe(Some.Transactions(0, 3));
        (await ReopenAsync(Watermark.Zero)).ShouldBe(before);
        (await Hot.IndexAsync(batch, (_, _) => default, Cancellation)).ShouldBe(new IndexOutcome(1, 1, 1, 0));
    }

    [Fact]
    public async Task Reopening_keeps_state_rows_duplicates_and_what_is_known_of_ids()
    {
        await IndexAsync([.. Some.Transactions(0, 5), Again(2, at: 5)]);
        await IndexAsync(Some.Transactions(6, 5), messages: 6, rejected: 1);
        var before = await Hot.GetStateAsync(Cancellation);

        (await ReopenAsync(Watermark.Zero)).ShouldBe(before);

        (await ReadRowsAsync()).ShouldBe([.. Some.Transactions(0, 5), .. Some.Transactions(6, 5)]);
        (await IndexAsync([Again(8, at: 11)])).ShouldBe(new IndexOutcome(0, 1, 0, 0));
        (await IndexAsync(Some.Transactions(0, 11))).Redelivered.ShouldBe(11);
    }

    /// <summary>Thirty thousand ids, a third of which come back: whatever finds them, it finds all and no other.</summary>
    [Fact]
    public async Task Among_many_ids_every_duplicate_is_found_and_nothing_else()
    {
        await IndexAsync(Some.Transactions(0, 30_000));

        var outcome = await IndexAsync(
            [.. Enumerable.Range(30_000, 30_000).Select(n => n % 3 == 0 ? Again(n - 30_000, at: n) : Some.Transaction(n))]);

        outcome.ShouldBe(new IndexOutcome(20_000, 10_000, 0, 0));
    }

    [Fact]
    public async Task Partitions_and_epochs_are_kept_apart()
    {
        var (other, later) = (new LogPartition(Some.Epoch, 1), new LogPartition(Guid.CreateVersion7(), 0));
        Transaction[] batch =
        [
            Some.Transaction(0), Some.Transaction(1),
            Some.Transaction(2, some => some with { Position = new(other, 0) }),
            Some.Transaction(3, some => some with { Position = new(later, 0) }),
        ];
        var next = At(2).With(other, 1).With(later, 1);

        (await Hot.IndexAsync(new(batch, next, 4, 0), NoConflicts, Cancellation)).Rows.ShouldBe(4);

        (await Hot.GetStateAsync(Cancellation)).Next.ShouldBe(next);
        (await ReadRowsAsync(new(Watermark.Zero, next))).Select(row => row.Position)
            .ShouldBe(batch.Select(row => row.Position).Order());
        (await ReadRowsAsync(new(Watermark.Zero, Watermark.Of(other, 1)))).ShouldBe([batch[2]]);
    }

    protected static Watermark At(long offset) => Watermark.Of(Some.Partition, offset);

    protected static PositionRange Between(long from, long to) => new(At(from), At(to));

    /// <summary>Transaction <paramref name="n"/> as it comes once more, at another position: equal in all that its digest covers.</summary>
    protected static Transaction Again(int n, long at) => Some.Transaction(n, some => some with { Position = Some.Position(at) });

    protected static ValueTask NoConflicts(IReadOnlyList<RefusedTransaction> refused, CancellationToken cancellation) =>
        throw new InvalidOperationException("There was to be no conflict.");

    protected ValueTask<IndexOutcome> IndexAsync(
        IReadOnlyList<Transaction> transactions, long? messages = null, long rejected = 0, long? next = null) => Hot.IndexAsync(
        new(transactions, At(next ?? transactions[^1].Position.Offset + 1), messages ?? transactions.Count, rejected),
        (_, _) => default, Cancellation);

    protected async Task<HotState> ReopenAsync(Watermark startAt)
    {
        if (Hot is not null)
            await Hot.DisposeAsync();
        Hot = Make();
        return await Hot.OpenAsync(startAt, Cancellation);
    }

    protected async Task<IReadOnlyList<Transaction>> ReadRowsAsync(PositionRange? range = null) =>
        [.. (await ReadAsync(range)).SelectMany(batch => batch.Rows).Select(row => row with { IndexedAt = default })];

    protected async Task<IReadOnlyList<Duplicate>> ReadDuplicatesAsync(PositionRange? range = null) =>
        [.. (await ReadAsync(range)).SelectMany(batch => batch.Duplicates)];

    protected async Task<IReadOnlyList<IndexedBatch>> ReadAsync(PositionRange? range = null) =>
        await Hot.ReadAsync(range ?? Between(0, 1_000_000), Cancellation).ToListAsync(Cancellation);

    /// <summary>What a hand may do to one row, whose position has this offset, without touching anything else.</summary>
    public enum Tampering
    {
        AlterOneCentAtOffset1,
        AlterTheDetailAtOffset1,
        LoseTheRowAtOffset1,
        AddARowBesideOffset1,
        AlterTheDuplicateAtOffset5,
        LoseTheDuplicateAtOffset5,
    }
}
