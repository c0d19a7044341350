using System.Text;
using Caudal.Batch;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

public sealed class RejectionBookTests : IAsyncLifetime
{
    const string Bad = """
        {"app": "DeUna", "id_ordenante": "1", "valor": -5, "producto": "Ahorros", "cuenta_ordenante": "2",
        "cuenta_beneficiario": "3", "detalle": "Pago", "timestamp": "2025-09-13T05:12:15Z"}
        """;

    Ingestion _ingestion = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    static ReadOnlyMemory<byte> Mended(int amount = 5) =>
        Encoding.UTF8.GetBytes(Bad.Replace("-5", $"{amount}", StringComparison.Ordinal));

    RejectionBook Book => _ingestion.Book;

    public async ValueTask InitializeAsync() => _ingestion = await Ingestion.OpenAsync();

    public ValueTask DisposeAsync() => _ingestion.DisposeAsync();

    [Fact]
    public async Task A_mended_message_becomes_a_row_under_its_origin_s_identity()
    {
        var rejection = await RejectAsync(Bad);

        var resent = await Book.ResendAsync(rejection.Position, Mended(), "ana", Token);
        await _ingestion.CatchUpAsync();

        resent.State.ShouldBe(RejectionState.Resent);
        (await Book.FindAsync(rejection.Position, Token))!.State.ShouldBe(RejectionState.Resent);
        var row = (await _ingestion.RowsAsync()).ShouldHaveSingleItem();
        row.Id.ShouldBe(DerivedId.OfPosition(Some.Topic, rejection.Position));
        row.Amount.ShouldBe(new(500));
        (await Book.CountOpenAsync(Token)).ShouldBe(0);
    }

    [Fact]
    public async Task Sending_it_twice_makes_a_duplicate_and_never_a_second_transaction()
    {
        var rejection = await RejectAsync(Bad);
        await Book.ResendAsync(rejection.Position, Mended(), "ana", Token);
        await Book.ResendAsync(rejection.Position, Mended(), "luis", Token);

        await _ingestion.CatchUpAsync();

        (await _ingestion.RowsAsync()).ShouldHaveSingleItem();
        (await _ingestion.DuplicatesAsync()).ShouldHaveSingleItem();
        await _ingestion.ShouldAccountForAsync(3);
    }

    [Fact]
    public async Task Mending_it_in_two_ways_makes_one_transaction_and_an_alarm()
    {
        var rejection = await RejectAsync(Bad);
        await Book.ResendAsync(rejection.Position, Mended(5), "ana", Token);
        await Book.ResendAsync(rejection.Position, Mended(6), "luis", Token);

        await _ingestion.CatchUpAsync();

        (await _ingestion.RowsAsync()).ShouldHaveSingleItem().Amount.ShouldBe(new(500));
        (await _ingestion.RejectionsAsync()).Select(each => each.Code).ShouldBe([FaultCode.IdConflict, FaultCode.AmountNegative]);
    }

    [Fact]
    public async Task A_message_that_is_still_wrong_is_rejected_again_and_keeps_its_identity()
    {
        var first = await RejectAsync(Bad);
        await Book.ResendAsync(first.Position, edited: null, "ana", Token);

        await _ingestion.CatchUpAsync();

        var again = (await Book.ListAsync(RejectionState.Open, code: null, Token).ToListAsync(Token)).ShouldHaveSingleItem();
        again.Position.Offset.ShouldBe(1);
        again.AssignedId.ShouldBe(first.AssignedId);
    }

    [Fact]
    public async Task A_crash_between_sending_and_noting_leaves_it_open_and_sending_again_makes_a_duplicate()
    {
        var rejection = await RejectAsync(Bad);
        _ingestion.Log.BeforeAppend = topic =>
        {
            if (topic == RejectionBook.TopicOf(Some.Topic))
                throw new IOException("crash");
        };
        await Should.ThrowAsync<IOException>(async () => await Book.ResendAsync(rejection.Position, Mended(), "ana", Token));
        await _ingestion.ReopenAsync();

        (await Book.FindAsync(rejection.Position, Token))!.State.ShouldBe(RejectionState.Open);
        await Book.ResendAsync(rejection.Position, Mended(), "ana", Token);
        await _ingestion.CatchUpAsync();

        (await _ingestion.RowsAsync()).ShouldHaveSingleItem();
        await _ingestion.ShouldAccountForAsync(3);
    }

    [Fact]
    public async Task Discarding_takes_a_reason_and_keeps_the_first()
    {
        var rejection = await RejectAsync(Bad);
        await Should.ThrowAsync<ArgumentException>(async () => await Book.DiscardAsync(rejection.Position, " ", "ana", Token));

        await Book.DiscardAsync(rejection.Position, "prueba", "ana", Token);
        (await Book.DiscardAsync(rejection.Position, "otra cosa", "luis", Token)).Why.ShouldBe("prueba");

        await _ingestion.ReopenAsync();
        var found = (await Book.FindAsync(rejection.Position, Token))!;
        (found.State, found.Why).ShouldBe((RejectionState.Discarded, "prueba"));
        (await Book.CountOpenAsync(Token)).ShouldBe(0);
    }

    [Fact]
    public async Task What_was_resent_cannot_be_discarded_but_what_was_discarded_can_be_resent()
    {
        var rejection = await RejectAsync(Bad);
        await Book.DiscardAsync(rejection.Position, "prueba", "ana", Token);
        await Book.ResendAsync(rejection.Position, Mended(), "ana", Token);

        await Should.ThrowAsync<RejectionConflictException>(async () => await Book.DiscardAsync(rejection.Position, "no", "ana", Token));
    }

    [Fact]
    public async Task Nothing_is_made_of_a_position_that_was_not_rejected()
    {
        await RejectAsync(Bad);

        (await Book.FindAsync(Some.Position(99), Token)).ShouldBeNull();
        await Should.ThrowAsync<KeyNotFoundException>(async () => await Book.ResendAsync(Some.Position(99), null, "ana", Token));
        await Should.ThrowAsync<KeyNotFoundException>(async () => await Book.DiscardAsync(Some.Position(99), "no", "ana", Token));
    }

    [Fact]
    public async Task A_message_of_which_only_the_start_is_kept_is_not_resent_without_its_rest()
    {
        var rejection = await RejectAsync(new string('x', Wire.MessageBytesMax + 1));

        rejection.Code.ShouldBe(FaultCode.TooLarge);
        (await Should.ThrowAsync<RejectionConflictException>(async () => await Book.ResendAsync(rejection.Position, null, "ana", Token)))
            .Message.ShouldContain("edited");
        await Book.ResendAsync(rejection.Position, Mended(), "ana", Token);
    }

    [Fact]
    public async Task Many_are_listed_newest_first_and_resent()
    {
        const int count = 2_500;
        await _ingestion.AppendAsync(Enumerable.Range(0, count).Select(n => $"{{\"n\": {n}}}"));
        await _ingestion.CatchUpAsync();

        var listed = await _ingestion.RejectionsAsync();
        listed.Select(each => each.Position.Offset).ShouldBe(Enumerable.Range(0, count).Reverse().Select(n => (long)n));
        listed.Select(each => Encoding.UTF8.GetString(each.Bytes.Span))
            .ShouldBe(listed.Select(each => $"{{\"n\": {each.Position.Offset}}}"));

        foreach (var rejection in listed.Take(200))
            await Book.ResendAsync(rejection.Position, Mended((int)rejection.Position.Offset), "ana", Token);
        await _ingestion.CatchUpAsync();
        (await _ingestion.RowsAsync()).Count.ShouldBe(200);
        (await Book.CountOpenAsync(Token)).ShouldBe(count - 200);
        (await Book.ListAsync(RejectionState.Resent, code: null, Token).ToListAsync(Token)).Count.ShouldBe(200);
        await _ingestion.ShouldAccountForAsync(count + 200);
    }

    [Fact]
    public async Task What_a_run_rejected_stands_in_the_same_book_and_is_resent_only_after_its_purge()
    {
        var zero = Some.Transaction(0, some => some with { Amount = default });
        await RejectAsync(Bad);
        await _ingestion.AppendAsync(Some.Message(zero), Some.Message(1));
        await _ingestion.CatchUpAsync();
        using var runner = new BatchRunner(
            _ingestion.Log, _ingestion.Hot, _ingestion.History, Book, new BatchOptions { AmountZeroPerMillionMax = 0 }, Some.Topic,
            TimeProvider.System, NullLogger<BatchRunner>.Instance);
        var run = await runner.CreateAsync("día 1", cutoff: null, "ana", Token);
        (await runner.RunAsync(run.Id, "ana", Token)).State.ShouldBe(RunState.WaitingForApproval);
        await runner.DeclineAsync(run.Id, "ceros", "ana", Token);
        await runner.StepAsync(BatchStepName.Load, run.Id, "ana", Token);

        var declined = (await _ingestion.RejectionsAsync())[0];
        (declined.Code, declined.RunId, declined.AssignedId).ShouldBe((FaultCode.Declined, run.Id, zero.Id));
        declined.Bytes.ToArray().ShouldBe(Some.Message(zero));
        (await Book.CountOpenAsync(Token)).ShouldBe(2);
        await Should.ThrowAsync<RejectionConflictException>(async () => await Book.ResendAsync(declined.Position, null, "ana", Token));

        await runner.RunAsync(run.Id, "ana", Token);
        await Book.ResendAsync(declined.Position, edited: null, "ana", Token);
        await _ingestion.CatchUpAsync();
        (await Book.FindAsync(declined.Position, Token))!.State.ShouldBe(RejectionState.Resent);
        (await Book.CountOpenAsync(Token)).ShouldBe(1);
        (await _ingestion.RowsAsync()).ShouldHaveSingleItem().Id.ShouldBe(zero.Id);
    }

    async Task<Rejection> RejectAsync(string message)
    {
        await _ingestion.AppendAsync(message);
        await _ingestion.CatchUpAsync();
        return (await _ingestion.RejectionsAsync())[0];
    }
}
