using System.Text;
using Caudal.Batch;
using Caudal.Ingesting;
using Caudal.Journeys;
using Caudal.Log;
using Caudal.Tests.Batch;
using Caudal.Transactions;

namespace Caudal.Tests.Journeys;

/// <summary>What became of a message is found wherever it is, by its id and by its position.</summary>
public sealed class JourneyReaderTests : IAsyncLifetime
{
    EmbeddedPipeline _pipeline = null!;
    JourneyReader _journeys = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _pipeline = await EmbeddedPipeline.StartAsync();
        _journeys = new(_pipeline.Log, _pipeline.Hot, _pipeline.History, _pipeline.Rejections, Some.Topic);
    }

    public ValueTask DisposeAsync() => _pipeline.DisposeAsync();

    [Fact]
    public async Task A_row_is_followed_from_hot_through_each_step_to_the_receipt_that_vouches_for_it()
    {
        await _pipeline.AppendOnAsync(14, Some.LogMessage(1), Some.LogMessage(2));

        var inHot = (await _journeys.FindAsync(Some.Id(2), Token))!;
        inHot.Place.ShouldBe(Place.Hot);
        inHot.Row!.Amount.ShouldBe(new(3));
        inHot.Message!.Value.Message.Value.ToArray().ShouldBe(Some.Message(2));
        inHot.Stops.Select(stop => stop.Milestone).ShouldBe([Milestone.Happened, Milestone.Appended, Milestone.Indexed]);

        var run = await _pipeline.Runner.CreateAsync(null, null, "test", Token);
        run = await _pipeline.StepUpToAsync(BatchStepName.Load, run);
        var loaded = (await _journeys.FindAsync(Some.Id(2), Token))!;
        (loaded.Place, loaded.AwaitsPurge, loaded.Receipt).ShouldBe((Place.History, true, null));

        await _pipeline.Runner.RunAsync(run.Id, "test", Token);
        var proven = (await _journeys.FindAsync(Some.Id(2), Token))!;
        (proven.Place, proven.AwaitsPurge, proven.Run!.Id).ShouldBe((Place.History, false, run.Id));
        proven.Receipt!.RunId.ShouldBe(run.Id);
        proven.Stops.Select(stop => stop.Milestone).Distinct().Count().ShouldBe(8);
        proven.Stops.Single(stop => stop.Milestone == Milestone.Appended).Took.ShouldBe(
            proven.Row!.AppendedAt - Some.Transaction(2).Timestamp);
        (await _journeys.FindAsync(proven.Position!.Value, Token))!.Row!.Id.ShouldBe(Some.Id(2));
    }

    [Fact]
    public async Task The_second_message_of_a_transaction_is_a_duplicate_that_names_the_first_in_hot_and_in_history()
    {
        await _pipeline.AppendAsync(Some.LogMessage(1));
        var first = (await _journeys.FindAsync(Some.Id(1), Token))!.Position!.Value;
        await _pipeline.AppendAsync(Some.LogMessage(1));
        var second = first with { Offset = first.Offset + 1 };

        await ShouldBeDuplicateAsync();
        await _pipeline.SettleAsync();
        await ShouldBeDuplicateAsync();

        async Task ShouldBeDuplicateAsync()
        {
            var found = (await _journeys.FindAsync(second, Token))!;
            (found.Place, found.Id, found.Row!.Position).ShouldBe((Place.Duplicates, Some.Id(1), first));
            found.Stops[0].Milestone.ShouldBe(Milestone.Appended);
        }
    }

    [Fact]
    public async Task A_rejection_is_found_by_the_id_that_it_brings_and_leads_to_what_was_taken_in_its_place()
    {
        var bad = Encoding.UTF8.GetString(Some.Message(1)).Replace("\"valor\": 0.02", "\"valor\": -2", StringComparison.Ordinal);
        await _pipeline.AppendAsync(new LogMessage(Encoding.UTF8.GetBytes(bad)));

        var rejected = (await _journeys.FindAsync(Some.Id(1), Token))!;
        (rejected.Place, rejected.Rejection!.Code, rejected.Row).ShouldBe((Place.Rejections, FaultCode.AmountNegative, null));
        rejected.Stops[^1].Milestone.ShouldBe(Milestone.Rejected);

        await _pipeline.Rejections.ResendAsync(rejected.Position!.Value, Some.Message(1), "ana", Token);
        await _pipeline.CatchUpAsync();

        (await _journeys.FindAsync(Some.Id(1), Token))!.Place.ShouldBe(Place.Hot);
        var resent = (await _journeys.FindAsync(rejected.Position.Value, Token))!;
        (resent.Place, resent.Rejection!.State, resent.Row!.Id).ShouldBe((Place.Rejections, RejectionState.Resent, Some.Id(1)));
    }

    [Fact]
    public async Task What_ingest_has_yet_to_take_is_in_the_log_and_what_nobody_has_is_nowhere()
    {
        await _pipeline.AppendAsync(Some.LogMessage(1));
        var first = (await _journeys.FindAsync(Some.Id(1), Token))!.Position!.Value;
        await _pipeline.StopIngestAsync();
        await _pipeline.AppendUnseenAsync(Some.LogMessage(2));

        var waiting = (await _journeys.FindAsync(first with { Offset = first.Offset + 1 }, Token))!;
        (waiting.Place, waiting.Id).ShouldBe((Place.Log, Some.Id(2)));
        (await _journeys.FindAsync(first with { Offset = first.Offset + 2 }, Token)).ShouldBeNull();
        (await _journeys.FindAsync(Some.Id(2), Token)).ShouldBeNull();
        (await _journeys.FindAsync(first with { Epoch = Guid.Empty }, Token)).ShouldBeNull();
        _pipeline.StartIngest();
    }

    [Fact]
    public async Task A_transaction_is_found_by_what_its_sender_calls_it_one_an_application()
    {
        await _pipeline.AppendAsync(
            new(Named(1, "pago-1")), new(Named(2, "pago-1")), new(Named(3, "pago-3")));

        (await _journeys.FindIdsAsync("pago-1", Token)).Count.ShouldBe(2);
        (await _journeys.FindIdsAsync("pago-3", Token)).ShouldHaveSingleItem();
        (await _journeys.FindIdsAsync("pago", Token)).ShouldBeEmpty();

        static byte[] Named(int n, string name) => Some.Message(Some.Transaction(n, some => some with { IdText = name }));
    }
}
