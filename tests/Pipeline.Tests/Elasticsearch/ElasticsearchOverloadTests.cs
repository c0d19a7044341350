using System.Diagnostics;
using System.Globalization;
using Caudal.Engines.Elasticsearch;
using Caudal.Log;
using Caudal.Querying;
using Microsoft.AspNetCore.Http;

namespace Caudal.Tests;

/// <summary>
/// A cluster that turns everything away for longer than one batch is tried again: the log keeps what comes, and ingest begins anew.
/// </summary>
public sealed class ElasticsearchOverloadTests(ElasticsearchServer server, ITestOutputHelper output)
{
    const int Messages = 2_000;

    /// <summary>3 here; the long run asks for a minute.</summary>
    static readonly TimeSpan Overload = TimeSpan.FromSeconds(int.Parse(
        Environment.GetEnvironmentVariable("CAUDAL_TEST_OVERLOAD_SECONDS") ?? "3", CultureInfo.InvariantCulture));

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>As a node answers, seen where the one that it had passed a search on to was killed.</summary>
    [Fact]
    public async Task A_search_that_failed_with_a_node_that_went_away_is_asked_again_and_another_failure_is_told()
    {
        await using var front = await ClusterFront.StartAsync((await server.OptionsAsync()).Addresses);
        var options = (await server.OptionsAsync()) with { Addresses = front.Address };
        await using var hot = SearchServer.Make(options);
        await hot.OpenAsync(Watermark.Zero, Cancellation);
        var failed = 0;
        front.Before = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return context.Request.Path.Value!.EndsWith("/_search", StringComparison.Ordinal) && ++failed <= 2;
        };

        front.Refusal = """{"error": {"root_cause": [{"type": "node_disconnected_exception"}], "type": "x"}, "status": 500}""";
        (await hot.Queries.CountAsync(Query.Everything, Cancellation)).Count.ShouldBe(0);
        failed.ShouldBe(3);

        (failed, front.Refusal) = (0, """{"error": {"type": "null_pointer_exception"}, "status": 500}""");
        (await Should.ThrowAsync<ElasticsearchException>(async () => await hot.Queries.CountAsync(Query.Everything, Cancellation)))
            .Message.ShouldContain("500 null_pointer_exception");
        await SearchServer.DropAsync(options);
    }

    [Fact]
    public async Task Ingest_waits_says_why_and_then_takes_all_that_was_appended_meanwhile_once()
    {
        var options = await server.OptionsAsync();
        await using var front = await ClusterFront.StartAsync(options.Addresses);
        await using var ingestion = await Ingestion.OpenAsync(makeHot: () => SearchServer.Make(
            options with { Addresses = front.Address, RetryTimeMax = TimeSpan.FromSeconds(1) }));
        await ingestion.AppendAsync(Some.Message(0));
        ingestion.Start();
        await ingestion.WaitForEndAsync();
        var (overload, turnedAway) = (Stopwatch.StartNew(), 0);
        front.Before = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            var isTurnedAway = overload.Elapsed < Overload && context.Request.Method != "GET";
            turnedAway += isTurnedAway ? 1 : 0;
            return isTurnedAway;
        };

        for (var n = 1; n < Messages; n += 100)
            await ingestion.AppendAsync(Enumerable.Range(n, Math.Min(100, Messages - n)).Select(Some.Message));
        while (ingestion.Loop.Fault is null)
            await Task.Delay(20, Cancellation);
        ingestion.Loop.Fault.ShouldContain("is overloaded or cannot serve now (429)");
        await ingestion.WaitForEndAsync();

        output.WriteLine($"{turnedAway} requests turned away in {Overload}; all was in {overload.Elapsed - Overload} after that");
        turnedAway.ShouldBeGreaterThan(3);
        ingestion.Loop.Fault.ShouldBeNull();
        await ingestion.StopAsync();
        await ingestion.ShouldAccountForAsync(Messages);
        await SearchServer.DropAsync(options);
    }
}
