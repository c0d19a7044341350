using System.Diagnostics;
using System.Net;
using Caudal.Engines.Elasticsearch;
using Caudal.Tests.Killing;

namespace Caudal.Tests;

/// <summary>
/// A node of a cluster of three is killed while an application hands in transactions and ingest carries them. What is left is compared
/// with what the application was told.
/// </summary>
[Trait("Category", "Kill")]
[Trait("Takes", "minutes")]
public sealed class ElasticsearchFailureTests(SearchNodes nodes, ITestOutputHelper output) : IClassFixture<SearchNodes>, IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_index_whose_only_copy_is_away_is_waited_for_by_name_and_ingest_goes_on_with_its_return()
    {
        var options = nodes.Options(replicas: 0) with { RetryTimeMax = TimeSpan.FromSeconds(2) };
        await using var caudal = await StartAsync(options);
        using var http = await caudal.SenderAsync(Cancellation);
        var ledger = new Ledger();
        var client = new Client(ledger, http, seed: 10);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var feeding = client.FeedOnAsync(stop.Token);
        await GrowsAsync(caudal);

        nodes.Kill(await nodes.WriterAsync($"{options.Index}-2025-09"));
        var why = await WhyNotReadyAsync(caudal);
        output.WriteLine(why);
        why.ShouldContain("Ingest is not getting on");
        why.ShouldContain("shard");
        var before = ledger.Count;
        await UntilAsync(() => Task.FromResult(ledger.Count > before), "Transactions are no longer taken.");
        await stop.CancelAsync();
        await feeding;
        await client.SettleAsync(Cancellation);
        await nodes.ReviveAsync();
        var back = Stopwatch.StartNew();

        await caudal.ReadyAsync(Cancellation);
        output.WriteLine($"ready {back.ElapsedMilliseconds} ms after the node's return");
        await HasIngestedAsync(caudal);
        output.WriteLine($"{ledger.Count} acknowledged, all ingested {back.ElapsedMilliseconds} ms after the node's return");
        ledger.Compare(await caudal.ReadRowsAsync(Cancellation)).Take(5).ShouldBeEmpty();
        (await caudal.AskAsync("status", Cancellation)).GetProperty("reconciled").GetBoolean().ShouldBeTrue();
    }

    public void Dispose() => _folder.Dispose();

    async Task<RunningCaudal> StartAsync(ElasticsearchOptions options)
    {
        var settings = _folder.File("caudal.json");
        await File.WriteAllTextAsync(settings, $$"""
            {
              "Hot": { "Engine": "elasticsearch" },
              "Elasticsearch": {
                "Addresses": "{{options.Addresses}}", "Index": "{{options.Index}}", "Replicas": {{options.Replicas}},
                "RetryTimeMax": "{{options.RetryTimeMax}}"
              }
            }
            """, Cancellation);
        var caudal = new RunningCaudal(Path.Combine(_folder.Path, "data"), settings);
        caudal.Start();
        await caudal.ReadyAsync(Cancellation);
        return caudal;
    }

    /// <summary>Returns once there is more to be found than there was.</summary>
    static async Task GrowsAsync(RunningCaudal caudal)
    {
        var before = await caudal.CountAsync(Cancellation);
        await UntilAsync(async () => await caudal.CountAsync(Cancellation) > before, "Nothing more shows.");
    }

    /// <summary>Returns once ingest has come to where the log ended when this was asked, whatever is appended meanwhile.</summary>
    static async Task HasIngestedAsync(RunningCaudal caudal)
    {
        var goal = (await caudal.GetAsync("/api/ingest/wait", Cancellation)).GetProperty("goal").GetRawText();
        await UntilAsync(
            async () => (await caudal.GetAsync($"/api/ingest/wait?watermark={Uri.EscapeDataString(goal)}", Cancellation))
                .GetProperty("reached").GetBoolean(),
            "Ingest does not catch up.");
    }

    static async Task<string> WhyNotReadyAsync(RunningCaudal caudal)
    {
        var why = "";
        using var http = new HttpClient();
        await UntilAsync(
            async () =>
            {
                using var response = await http.GetAsync($"http://127.0.0.1:{caudal.Port}/health/ready", Cancellation);
                why = await response.Content.ReadAsStringAsync(Cancellation);
                return response.StatusCode == HttpStatusCode.ServiceUnavailable;
            },
            "It stays ready.");
        return why;
    }

    static async Task UntilAsync(Func<Task<bool>> holds, string otherwise)
    {
        for (var begun = Stopwatch.StartNew(); !await holds(); await Task.Delay(100, Cancellation))
            if (begun.Elapsed > Patience)
                throw new TimeoutException(otherwise);
    }
}
