using System.Globalization;

namespace Caudal.Tests.Killing;

/// <summary>
/// Kills real processes at random moments of everything that they do, and compares what is left with what a client was told. SIGKILL does
/// not lose what the kernel has in its cache: that is what the strace tests of the log are for.
/// </summary>
[Trait("Category", "Kill")]
public sealed class KillTests(ITestOutputHelper output)
{
    static readonly string[] Steps = ["extract", "validate", "load", "reconcile", "purge"];
    static readonly string[] Moments = ["start-up", "append", "ingest", .. Steps];

    /// <summary>100 here; the long run asks for 1,000.</summary>
    static readonly int Cycles = int.Parse(
        Environment.GetEnvironmentVariable("CAUDAL_TEST_KILLS") ?? "100", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Whatever_is_killed_and_when_nothing_acknowledged_is_lost_and_nothing_is_doubled()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var data = Directory.CreateTempSubdirectory("kill").FullName;
        await using var victim = new RunningCaudal(data);
        var ledger = new Ledger();
        victim.Start();
        await victim.ReadyAsync(cancellation);
        using var http = await victim.SenderAsync(cancellation);
        await victim.KillAsync();
        var client = new Client(ledger, http, seed);
        var kills = new Dictionary<string, int>();

        for (var cycle = 0; cycle < Cycles; cycle++)
        {
            var moment = Moments[cycle % Moments.Length];
            kills[moment] = kills.GetValueOrDefault(moment) + 1;
            await KillAtAsync(moment, victim, client, random, cancellation);
        }

        victim.Start();
        await victim.ReadyAsync(cancellation);
        await client.SettleAsync(cancellation);
        await victim.AskAsync("batch run", cancellation);
        await victim.AskAsync("batch run", cancellation);
        output.WriteLine($"{ledger.Count} acknowledged, {client.Repeated} requests repeated; kills: {string.Join(", ", kills)}");
        ledger.Count.ShouldBeGreaterThan(Cycles);
        ledger.Compare(await victim.ReadRowsAsync(cancellation)).ShouldBeEmpty($"seed {seed}");
        var proven = await victim.AskAsync("verify", cancellation);
        proven.GetProperty("reconciled").GetBoolean().ShouldBeTrue(proven.ToString());
        proven.GetProperty("history").GetProperty("count").GetInt64().ShouldBe(ledger.Count);
        Directory.Delete(data, recursive: true);
    }

    static async Task KillAtAsync(string moment, RunningCaudal victim, Client client, Random random, CancellationToken cancellation)
    {
        victim.Start();
        if (moment == "start-up")
        {
            await Task.Delay(random.Next(600), cancellation);
            await victim.KillAsync();
            return;
        }

        await victim.ReadyAsync(cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var feeding = client.FeedAsync(stop.Token);
        if (Steps.Contains(moment))
            await StepUpToAsync(moment, victim, random, cancellation);
        else
            await Task.Delay(random.Next(moment == "append" ? 60 : 300), cancellation);
        await victim.KillAsync();
        await stop.CancelAsync();
        await feeding;
    }

    /// <summary>Takes the open run through the steps before it, starts the step, and gives it a moment of its life.</summary>
    static async Task StepUpToAsync(string last, RunningCaudal victim, Random random, CancellationToken cancellation)
    {
        await Task.Delay(random.Next(50, 150), cancellation);
        var run = await victim.CreateRunAsync(cancellation);
        foreach (var step in Steps)
        {
            await victim.StartStepAsync(run, step, cancellation);
            if (step == last)
                break;
            await victim.FinishStepAsync(run, step, cancellation);
        }
        await Task.Delay(random.Next(40), cancellation);
    }
}
