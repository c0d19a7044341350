using System.Diagnostics;
using System.Globalization;
using Caudal.Tests.Killing;

namespace Caudal.Tests;

/// <summary>
/// The only broker is killed again and again while an application hands in transactions, ingest carries them and runs settle them. What is
/// left is compared with what the application was told.
/// </summary>
[Trait("Category", "Kill")]
public sealed class KafkaFailureTests(KafkaServer server, ITestOutputHelper output)
{
    /// <summary>2 here; the long run asks for more.</summary>
    static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("CAUDAL_TEST_BROKER_KILLS") ?? "2", CultureInfo.InvariantCulture);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Brokers_that_are_killed_and_come_back_lose_and_double_nothing()
    {
        await using var broker = await server.StartOneMoreAsync();
        using var folder = new TemporaryFolder();
        await using var caudal = new RunningCaudal(
            Path.Combine(folder.Path, "data"), KafkaServer.WriteSettings(folder, broker.Address, "financial_transactions"));
        caudal.Start();
        await caudal.ReadyAsync(Cancellation);
        using var http = await caudal.SenderAsync(Cancellation);
        var ledger = new Ledger();
        var client = new Client(ledger, http, seed: 5);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var feeding = client.FeedOnAsync(stop.Token);

        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(700 + 400 * kill, Cancellation);
            broker.Kill();
            await Task.Delay(500, Cancellation);
            await broker.ReviveAsync();
            var back = Stopwatch.StartNew();
            var before = ledger.Count;
            while (ledger.Count == before)
                await Task.Delay(20, Cancellation);
            output.WriteLine($"kill {kill + 1}: {before} acknowledged before; the next {back.ElapsedMilliseconds} ms after its return");
            await HasIngestedAsync(caudal);
            output.WriteLine($"ingest has caught up {back.ElapsedMilliseconds} ms after its return");
            await caudal.AskAsync("batch run", Cancellation);
        }
        await stop.CancelAsync();
        await feeding;
        await client.SettleAsync(Cancellation);

        await HasIngestedAsync(caudal);
        await caudal.AskAsync("batch run", Cancellation);
        output.WriteLine($"{ledger.Count} acknowledged, {client.Repeated} requests repeated");
        ledger.Compare(await caudal.ReadRowsAsync(Cancellation)).Take(5).ShouldBeEmpty();
        var proven = await caudal.AskAsync("verify", Cancellation);
        proven.GetProperty("reconciled").GetBoolean().ShouldBeTrue(proven.ToString());
        proven.GetProperty("history").GetProperty("count").GetInt64().ShouldBe(ledger.Count);
    }

    /// <summary>Returns once ingest has come to where the log ended when this was asked.</summary>
    static async Task HasIngestedAsync(RunningCaudal caudal)
    {
        while ((await caudal.GetAsync("/api/ingest/wait", Cancellation)).GetProperty("reached").GetBoolean() is false)
            await Task.Delay(50, Cancellation);
    }
}
