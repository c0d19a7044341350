using System.Text.RegularExpressions;
using Caudal.Engines.Elasticsearch;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;
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

    /// <summary>As somebody does who wants to chart a number that stands in the detail.</summary>
    [Fact]
    public async Task A_document_that_does_not_fit_a_type_that_somebody_added_is_refused_alone_and_its_value_is_not_told()
    {
        await AddNumberToDetailAsync();
        Transaction[] rows = [Detailed(0, "100"), Detailed(1, "secreto"), Detailed(2, "300"), Detailed(3, "reservado")];
        var refused = new List<RefusedTransaction>();

        (await IndexAsync(rows, refused)).ShouldBe(new IndexOutcome(2, 0, 2, 0));

        refused.Select(each => each.Transaction).ShouldBe([rows[1], rows[3]]);
        refused.ShouldAllBe(each => each.Fault.Code == FaultCode.StoreRefused && each.Fault.Field == Wire.Detail);
        refused[0].Fault.Sentence.ShouldContain($"{_options.Index}-2025-09 (mapper_parsing_exception)");
        refused[0].Fault.Sentence.ShouldNotContain("secreto");
        var state = await _hot.GetStateAsync(Cancellation);
        (state.Messages, state.Rejected, state.Taken.Rows).ShouldBe((4, 2, Figures.Of([rows[0], rows[2]])));
    }

    [Fact]
    public async Task What_comes_under_the_id_of_a_refused_one_is_no_duplicate_of_it()
    {
        await AddNumberToDetailAsync();
        var first = Detailed(0, "secreto");
        var again = first with { Position = Some.Position(1) };
        var other = Some.Digested(first with { Position = Some.Position(2), Detail = "42" });
        var refused = new List<RefusedTransaction>();

        (await IndexAsync([first, again, other, other with { Position = Some.Position(3) }], refused))
            .ShouldBe(new IndexOutcome(1, 1, 2, 0));

        refused.Select(each => each.Transaction).ShouldBe([first, again]);
    }

    [Fact]
    public async Task An_index_whose_fields_are_no_longer_ours_rejects_nothing_and_is_waited_for()
    {
        await IndexAsync();
        var index = $"{_options.Index}-2025-09";
        await SearchServer.SendAsync(HttpMethod.Delete, _options, index);
        await SearchServer.SendAsync(
            HttpMethod.Put, _options, index,
            """{"mappings": {"_meta": {"caudal": {"version": 1}}, "properties": {"producto": {"type": "ip"}}}}""");

        (await Should.ThrowAsync<ElasticsearchException>(async () => await IndexAsync(Some.Transactions(10, 10), [])))
            .Message.ShouldContain("-2025-09 is not of the type that Caudal gave it");

        (await _hot.GetStateAsync(Cancellation)).Next.ShouldBe(Watermark.Of(Some.Partition, 10));
    }

    [Fact]
    public async Task An_index_that_takes_no_writes_is_waited_for()
    {
        await IndexAsync();
        await BlockAsync(true);

        (await Should.ThrowAsync<ElasticsearchException>(async () => await IndexAsync(Some.Transactions(10, 10), [])))
            .Message.ShouldContain("-2025-09 (403 cluster_block_exception)");
        await BlockAsync(false);

        (await IndexAsync(Some.Transactions(10, 10), [])).ShouldBe(new IndexOutcome(10, 0, 0, 0));

        Task BlockAsync(bool blocked) => SearchServer.SendAsync(
            HttpMethod.Put, _options, $"{_options.Index}-2025-09/_settings",
            $$"""{"index.blocks.write": {{(blocked ? "true" : "false")}}}""");
    }

    /// <summary>From the log to the rejection's bytes, and back once the index was put right.</summary>
    [Fact]
    public async Task A_message_that_the_index_refuses_is_a_rejection_with_its_exact_bytes_and_ingest_goes_on()
    {
        await AddNumberToDetailAsync();
        await using var ingestion = await Ingestion.OpenAsync(makeHot: () => SearchServer.Make(_options));
        byte[][] messages = [Some.Message(Detailed(0, "100")), Some.Message(Detailed(1, "secreto")), Some.Message(Detailed(2, "300"))];
        await ingestion.AppendAsync(messages);

        await ingestion.CatchUpAsync();

        var rejection = (await ingestion.RejectionsAsync()).ShouldHaveSingleItem();
        (rejection.Position.Offset, rejection.Code, rejection.Field).ShouldBe((1, FaultCode.StoreRefused, Wire.Detail));
        rejection.Bytes.ToArray().ShouldBe(messages[1]);
        await ingestion.ShouldAccountForAsync(3);

        await SearchServer.SendAsync(
            HttpMethod.Put, _options, $"{_options.Index}-2025-09/_mapping",
            """
            {"properties": {"detalle": {"type": "keyword", "fields": {"number": {"type": "long", "ignore_malformed": true}}}}}
            """);
        await ingestion.Book.ResendAsync(rejection.Position, null, "tester", Cancellation);
        await ingestion.CatchUpAsync();

        (await ingestion.RowsAsync()).Select(row => row.Detail.ToString()).ShouldBe(["100", "300", "secreto"]);
        (await ingestion.StateAsync()).Expected.Rows.Count.ShouldBe(3);
    }

    async Task AddNumberToDetailAsync()
    {
        await SearchServer.SendAsync(HttpMethod.Put, _options, $"{_options.Index}-2025-09");
        await SearchServer.SendAsync(
            HttpMethod.Put, _options, $"{_options.Index}-2025-09/_mapping",
            """{"properties": {"detalle": {"type": "keyword", "fields": {"number": {"type": "long"}}}}}""");
    }

    static Transaction Detailed(int n, string detail) => Some.Transaction(n, some => some with { Detail = detail });

    ValueTask<IndexOutcome> IndexAsync(IReadOnlyList<Transaction> rows, List<RefusedTransaction> refused) => _hot.IndexAsync(
        new(rows, Watermark.Of(Some.Partition, rows[^1].Position.Offset + 1), rows.Count, 0),
        (each, _) =>
        {
            refused.AddRange(each);
            return default;
        },
        Cancellation);

    static PositionRange All => new(Watermark.Zero, Watermark.Of(Some.Partition, 10));

    static IndexBatch Batch => new(Some.Transactions(0, 10), Watermark.Of(Some.Partition, 10), 10, 0);

    ValueTask<IndexOutcome> IndexAsync() => _hot.IndexAsync(Batch, (_, _) => default, Cancellation);

    static bool IsBulk(HttpContext context) => context.Request.Path == "/_bulk";

    [GeneratedRegex("\"status\":201")]
    private static partial Regex Created();
}
