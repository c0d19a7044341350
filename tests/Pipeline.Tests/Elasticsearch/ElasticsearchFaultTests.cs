using System.Text.RegularExpressions;
using Caudal.Engines.Elasticsearch;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Microsoft.AspNetCore.Http;

namespace Caudal.Tests;

/// <summary>A cluster that turns requests away, loses answers or is left half way: nothing is lost, and nothing counts twice.</summary>
public sealed partial class ElasticsearchFaultTests(ElasticsearchServer server) : IAsyncLifetime
{
    ElasticsearchOptions _options = null!;
    ClusterFront _front = null!;
    ElasticsearchHotStore _hot = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static RangeFigures Ten => new(Figures.Of(Some.Transactions(0, 10)), default);

    public async ValueTask InitializeAsync()
    {
        _options = await server.OptionsAsync();
        _front = await ClusterFront.StartAsync(_options.Addresses);
        _hot = SearchServer.Make(_options with { Addresses = _front.Address, Compress = false });
        await _hot.OpenAsync(Watermark.Zero, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_hot is null)
            return;
        await _hot.DisposeAsync();
        await _front.DisposeAsync();
        await SearchServer.DropAsync(_options);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_cluster_that_has_no_room_is_asked_again(int status)
    {
        var turnedAway = 0;
        _front.Before = (context, _) =>
        {
            context.Response.StatusCode = status;
            return IsBulk(context) && ++turnedAway <= 3;
        };

        (await IndexAsync()).ShouldBe(new IndexOutcome(10, 0, 0, 0));

        turnedAway.ShouldBe(4);
        (await _hot.MeasureAsync(All, Cancellation)).ShouldBe(Ten);
    }

    [Fact]
    public async Task Of_a_bulk_request_only_what_found_no_room_is_sent_again()
    {
        var sent = new List<int>();
        _front.Before = (context, body) =>
        {
            if (IsBulk(context))
                sent.Add(body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length / 2);
            return false;
        };
        _front.After = (context, answer) => IsBulk(context) && sent.Count == 1 ? Created().Replace(answer, "\"status\":429", 3) : answer;

        (await IndexAsync()).ShouldBe(new IndexOutcome(10, 0, 0, 0));

        sent.ShouldBe([10, 3]);
        (await _hot.MeasureAsync(All, Cancellation)).ShouldBe(Ten);
    }

    [Theory]
    [InlineData("/_bulk")]
    [InlineData("-state/_doc/state")]
    [InlineData("/_refresh")]
    public async Task An_answer_that_is_lost_after_the_work_was_done_changes_nothing(string path)
    {
        var lost = 0;
        _front.After = (context, answer) =>
            context.Request.Path.Value!.EndsWith(path, StringComparison.Ordinal) && context.Request.Method != "GET" && ++lost <= 2
                ? null
                : answer;

        (await IndexAsync()).ShouldBe(new IndexOutcome(10, 0, 0, 0));

        lost.ShouldBeGreaterThan(2);
        var state = await _hot.GetStateAsync(Cancellation);
        (state.Messages, state.Taken).ShouldBe((10, Ten));
        (await _hot.MeasureAsync(All, Cancellation)).ShouldBe(Ten);
    }

    [Fact]
    public async Task A_request_that_is_too_large_is_sent_in_halves()
    {
        _front.Before = (context, body) =>
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return IsBulk(context) && body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length > 6;
        };

        (await IndexAsync()).ShouldBe(new IndexOutcome(10, 0, 0, 0));

        (await _hot.MeasureAsync(All, Cancellation)).ShouldBe(Ten);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_passed_over()
    {
        await using var hot = SearchServer.Make(_options with { Addresses = $"http://127.0.0.1:1,{_front.Address}" });

        await hot.OpenAsync(Watermark.Zero, Cancellation);

        (await hot.IndexAsync(Batch, (_, _) => default, Cancellation)).Rows.ShouldBe(10);
    }

    [Fact]
    public async Task Rows_that_were_written_but_never_committed_are_neither_held_nor_strangers_and_are_taken_when_they_come_again()
    {
        _front.Before = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return context.Request.Path.Value!.EndsWith("/_refresh", StringComparison.Ordinal);
        };
        await Should.ThrowAsync<ElasticsearchException>(async () => await IndexAsync());
        _front.Before = (_, _) => false;
        await SearchServer.SendAsync(HttpMethod.Post, _options, $"{_options.Index}/_refresh");

        var stock = await _hot.TakeStockAsync([All], Cancellation);
        (stock.Held, stock.Rows, stock.Ranges[0]).ShouldBe((default, 0, default));
        (await _hot.ReadAsync(All, Cancellation).ToListAsync(Cancellation)).ShouldBeEmpty();

        (await IndexAsync()).ShouldBe(new IndexOutcome(10, 0, 0, 0));
        (await _hot.MeasureAsync(All, Cancellation)).ShouldBe(Ten);
    }

    [Fact]
    public async Task A_removal_that_was_left_half_done_counts_at_once_and_is_finished_by_the_next()
    {
        await IndexAsync();
        _front.Before = (context, body) =>
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return IsBulk(context) && body.Contains("\"delete\"", StringComparison.Ordinal);
        };
        await Should.ThrowAsync<ElasticsearchException>(async () => await _hot.RemoveAsync(All, Ten, Cancellation));

        var stock = await _hot.TakeStockAsync([All], Cancellation);
        (stock.State.Removed, stock.Held, stock.Rows, stock.Ranges[0]).ShouldBe((Ten, default, 0, default));
        _front.Before = (_, _) => false;
        await SearchServer.SendAsync(
            HttpMethod.Delete, _options, $"{_options.Index}-2025-09/_doc/{Some.Id(3)}?refresh=true");
        await _hot.RemoveAsync(All, Ten, Cancellation);

        (await _hot.GetStateAsync(Cancellation)).Removed.ShouldBe(Ten);
        (await SearchServer.SendAsync(HttpMethod.Get, _options, $"{_options.Index}/_count")).GetProperty("count").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task A_mapping_that_refuses_what_is_right_stops_ingest_and_is_named()
    {
        await SearchServer.SendAsync(
            HttpMethod.Put, _options, $"{_options.Index}-2025-09",
            """{"mappings": {"_meta": {"caudal": {"version": 1}}, "properties": {"producto": {"type": "ip"}}}}""");

        (await Should.ThrowAsync<InvalidDataException>(async () => await IndexAsync())).Message.ShouldContain("-2025-09");

        (await _hot.GetStateAsync(Cancellation)).Next.ShouldBe(Watermark.Zero);
    }

    static PositionRange All => new(Watermark.Zero, Watermark.Of(Some.Partition, 10));

    static IndexBatch Batch => new(Some.Transactions(0, 10), Watermark.Of(Some.Partition, 10), 10, 0);

    ValueTask<IndexOutcome> IndexAsync() => _hot.IndexAsync(Batch, (_, _) => default, Cancellation);

    static bool IsBulk(HttpContext context) => context.Request.Path == "/_bulk";

    [GeneratedRegex("\"status\":201")]
    private static partial Regex Created();
}
