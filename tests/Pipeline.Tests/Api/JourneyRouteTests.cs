using Caudal.Access;
using Caudal.Log;

namespace Caudal.Tests.Api;

/// <summary>What became of one transaction, over HTTP.</summary>
public sealed class JourneyRouteTests(ApiHost host) : IClassFixture<ApiHost>
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_transaction_and_its_position_tell_the_same_journey()
    {
        await host.Pipeline.Log.AppendAsync(host.Pipeline.Topic, [Some.LogMessage(1)], Cancellation);
        while ((await host.Pipeline.Hot.GetStateAsync(Cancellation)).Messages < 1)
            await Task.Delay(10, Cancellation);

        using var byId = await host.As(Role.Viewer).GetAsync($"/api/transactions/{Some.Id(1)}/journey", Cancellation);
        var journey = await byId.ReadAsync();
        journey.GetProperty("place").GetString().ShouldBe("hot");
        journey.GetProperty("transaction").GetProperty("valor").GetString().ShouldBe("0.02");
        journey.GetProperty("bytes").GetBytesFromBase64().ShouldBe(Some.Message(1));
        journey.GetProperty("stops").EnumerateArray().Select(stop => stop.GetProperty("milestone").GetString())
            .ShouldBe(["happened", "appended", "indexed"]);

        var position = journey.GetProperty("position").GetString();
        using var byPosition = await host.As(Role.Viewer).GetAsync($"/api/transactions/at/{position}/journey", Cancellation);
        (await byPosition.ReadAsync()).GetRawText().ShouldBe(journey.GetRawText());
    }

    [Fact]
    public async Task What_is_no_id_and_what_is_nowhere_is_told()
    {
        using var noId = await host.As(Role.Viewer).GetAsync("/api/transactions/4711/journey", Cancellation);
        await noId.ShouldBeProblemAsync(400, "bad-request");
        using var nowhere = await host.As(Role.Viewer).GetAsync($"/api/transactions/{Some.Id(2)}/journey", Cancellation);
        await nowhere.ShouldBeProblemAsync(404, "not-found");
        using var nothing = await host.As(Role.Viewer).GetAsync($"/api/transactions/at/{Some.Position(9)}/journey", Cancellation);
        await nothing.ShouldBeProblemAsync(404, "not-found");
    }
}
