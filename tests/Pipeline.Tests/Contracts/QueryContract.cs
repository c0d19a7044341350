using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Tests.Querying;
using Caudal.Transactions;
using CsCheck;

namespace Caudal.Tests.Contracts;

/// <summary>
/// One suite for both ports: what is asked of hot, of history and of both as one is answered as by <see cref="NaiveQueries"/>. Rows up to
/// 150 are settled and purged, up to 200 settled and not yet purged, the rest is in hot alone. A pair of engines joins with one line.
/// </summary>
public abstract class QueryContract(HistoryEngine engine) : HistoryContract(engine)
{
    const int Purged = 150;
    const int Settled = 200;
    const int Rows = 400;

    static readonly SortKey[] Sorts = Enum.GetValues<SortKey>();

    protected abstract IHotStore MakeHot();

    [Fact]
    public async Task Generated_queries_find_what_they_mean()
    {
        await using var hot = await FillAsync();
        var models = await ModelsAsync(hot);
        var (found, asked) = (0, 0);
        await SomeQuery.Any.SampleAsync(
            async query =>
            {
                foreach (var (store, queries, model) in models)
                {
                    var search = new TransactionSearch { Where = query, Limit = Rows };
                    var expected = await IdsAsync(model, search);
                    (await IdsAsync(queries, search)).ShouldBe(expected, $"{store}: {query}");
                    (await queries.CountAsync(query, Cancellation))
                        .ShouldBe(await model.CountAsync(query, Cancellation), $"{store}: {query}");
                    (found, asked) = (found + (expected.Count is > 0 and < Rows - Settled ? 1 : 0), asked + 1);
                }
            }, iter: 150, threads: 1);
        found.ShouldBeGreaterThan(asked / 5, "Queries that find nothing, or all, show little.");
    }

    [Fact]
    public async Task Pages_of_every_order_make_up_the_whole_listing()
    {
        await using var hot = await FillAsync();
        foreach (var (store, queries, model) in await ModelsAsync(hot))
            foreach (var sort in Sorts)
                foreach (var descending in new[] { false, true })
                {
                    var search = new TransactionSearch { Sort = sort, Descending = descending, Limit = Rows };
                    var paged = await PagesAsync(queries, search with { Limit = 67 });
                    paged.ShouldBe(await IdsAsync(model, search), $"{store} by {sort}, descending: {descending}");
                }
    }

    [Fact]
    public async Task Pages_stay_in_place_while_rows_arrive()
    {
        await using var hot = await FillAsync();
        var search = new TransactionSearch { Limit = 50 };
        foreach (var queries in new[] { hot.Queries, new BothStores(hot, Store) })
        {
            var before = await IdsAsync(queries, search with { Limit = 10_000 });
            var next = (await hot.GetStateAsync(Cancellation)).Next[Some.Partition];
            var paged = await PagesAsync(queries, search, afterEach: async () =>
            {
                await IndexAsync(hot, [SomeQuery.Transaction((int)next)], ++next);
            });
            paged.Intersect(before).ShouldBe(before);
            paged.Distinct().Count().ShouldBe(paged.Count);
        }
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("America/Guayaquil")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/Havana")]
    public async Task Histograms_follow_the_clocks_of_their_zone(string zone)
    {
        await using var hot = await FillAsync();
        foreach (var (store, queries, model) in await ModelsAsync(hot))
            foreach (var every in Enum.GetValues<TimeUnit>())
                foreach (var where in new[] { "", "valor > 0.20 and timestamp: 2025-03-01..2025-11-02" })
                {
                    var histogram = new TimeHistogram(
                        QueryParser.Parse(where, TimeZoneInfo.Utc), every, TimeZoneInfo.FindSystemTimeZoneById(zone), 1000);
                    (await queries.CountByTimeAsync(histogram, Cancellation))
                        .ShouldBe(await model.CountByTimeAsync(histogram, Cancellation), $"{store}, {every}, {where}");
                }
        await Should.ThrowAsync<AnswerTooLargeException>(async () => await hot.Queries.CountByTimeAsync(
            new(Query.Everything, TimeUnit.Minute, TimeZoneInfo.Utc, 10), Cancellation));
    }

    [Fact]
    public async Task The_top_values_come_first_and_the_rest_is_summed_up()
    {
        await using var hot = await FillAsync();
        foreach (var (store, queries, model) in await ModelsAsync(hot))
            foreach (var field in QueryField.All.Where(field => field.Kind is FieldKind.Keyword or FieldKind.Folded))
                foreach (var by in Enum.GetValues<TopOrder>())
                {
                    var top = new TopValues(QueryParser.Parse("not valor: 0", TimeZoneInfo.Utc), field, by, 5);
                    var (answer, expected) = (await queries.TopAsync(top, Cancellation), await model.TopAsync(top, Cancellation));
                    answer.Values.ShouldBe(expected.Values, $"{store}, {field} by {by}");
                    answer.Others.ShouldBe(expected.Others, $"{store}, {field} by {by}");
                }
    }

    /// <summary>In each store alone value z is below the first hundreds; together it is the first.</summary>
    [Fact]
    public async Task The_top_of_both_stores_is_that_of_neither()
    {
        await using var hot = MakeHot();
        await hot.OpenAsync(Watermark.Zero, Cancellation);
        Transaction[] rows =
        [
            .. Enumerable.Range(0, 2 * 600).Select(n => Some.Transaction(n, some => some with
            {
                App = $"{(n < 600 ? "a" : "b")} {n % 600 / 2}", Product = "P",
            })),
        ];
        rows[599] = Some.Transaction(599, some => some with { App = "z" });
        rows[600] = Some.Transaction(600, some => some with { App = "z" });
        rows[601] = Some.Transaction(601, some => some with { App = "z" });
        await IndexAsync(hot, rows, rows.Length);
        await SettleAsync(1, Range(0, 600), rows[..600]);

        var top = await new BothStores(hot, Store).CountByValueAsync(
            new(Query.Everything, QueryField.App, TopOrder.Count, 1), Cancellation);

        top.ShouldBe([new("z", new(3, new(600 + 601 + 602)))]);
    }

    [Fact]
    public async Task Percentiles_are_exact_of_few_rows_and_near_of_many()
    {
        await using var hot = await FillAsync();
        decimal[] percents = [0, 1, 50, 99.9m, 100];
        foreach (var (store, queries, model) in await ModelsAsync(hot))
        {
            var answer = await queries.PercentilesAsync(Query.Everything, percents, Cancellation);
            var amounts = (await model.SampleAmountsAsync(Query.Everything, null, Cancellation)).Order().ToArray();
            answer.Sampled.ShouldBe(amounts.Length, store);
            answer.Percentiles.Select(each => each.Amount).ShouldBe(
                percents.Select(percent => amounts[Math.Max(0, (int)Math.Ceiling(percent * amounts.Length / 100) - 1)]), store);
        }
        var start = (await hot.GetStateAsync(Cancellation)).Next[Some.Partition];
        await IndexAsync(hot, Some.Transactions((int)start, 20_000), start + 20_000);

        var added = QueryParser.Parse($"offset >= {start}", TimeZoneInfo.Utc);
        var near = await hot.Queries.PercentilesAsync(added, [50], Cancellation, sampleMax: 2_000);

        near.Count.ShouldBe(20_000);
        near.Sampled.ShouldBeInRange(1_800, 2_200);
        near.Percentiles[0].Amount.Cents.ShouldBeInRange(start + 9_000, start + 11_000);
    }

    [Fact]
    public async Task Of_nothing_every_answer_is_empty()
    {
        await using var hot = MakeHot();
        await hot.OpenAsync(Watermark.Zero, Cancellation);

        (await hot.Queries.CountAsync(Query.Everything, Cancellation)).ShouldBe(default);
        (await hot.Queries.CountByTimeAsync(new(Query.Everything, TimeUnit.Day, TimeZoneInfo.Utc, 10), Cancellation)).ShouldBeEmpty();
        (await hot.Queries.CountByValueAsync(new(Query.Everything, QueryField.App, TopOrder.Sum, 3), Cancellation)).ShouldBeEmpty();
        (await hot.Queries.SampleAmountsAsync(Query.Everything, null, Cancellation)).ShouldBeEmpty();
        (await hot.Queries.SearchAsync(new() { Limit = int.MaxValue }, Cancellation).ToListAsync(Cancellation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_question_that_nobody_waits_for_is_not_answered()
    {
        await using var hot = await FillAsync();
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        foreach (var (store, queries, _) in await ModelsAsync(hot))
        {
            await Should.ThrowAsync<OperationCanceledException>(async () => await queries.CountAsync(Query.Everything, gone.Token), store);
            await Should.ThrowAsync<OperationCanceledException>(
                async () => await queries.SearchAsync(new(), gone.Token).ToListAsync(Cancellation), store);
        }
    }

    async Task<IHotStore> FillAsync()
    {
        var hot = MakeHot();
        await hot.OpenAsync(Watermark.Zero, Cancellation);
        Transaction[] rows = [.. Enumerable.Range(0, Rows).Select(SomeQuery.Transaction)];
        await IndexAsync(hot, rows, Rows);
        await FinishAsync(await SettleAsync(1, Range(0, Purged), await IndexedAsync(hot, Range(0, Purged))));
        await hot.RemoveAsync(Range(0, Purged), await hot.MeasureAsync(Range(0, Purged), Cancellation), Cancellation);
        await SettleAsync(2, Range(Purged, Settled), await IndexedAsync(hot, Range(Purged, Settled)));
        return hot;
    }

    static async Task IndexAsync(IHotStore hot, IReadOnlyList<Transaction> rows, long next) => await hot.IndexAsync(
        new(rows, Watermark.Of(Some.Partition, next), rows.Count, 0), (_, _) => ValueTask.CompletedTask, Cancellation);

    static async Task<IReadOnlyList<Transaction>> IndexedAsync(IHotStore hot, PositionRange range) =>
        [.. (await hot.ReadAsync(range, Cancellation).ToListAsync(Cancellation)).SelectMany(batch => batch.Rows)];

    /// <summary>The models are filled by reading ranges back, which is no query.</summary>
    async Task<IReadOnlyList<(string Store, TransactionQueries Queries, TransactionQueries Model)>> ModelsAsync(IHotStore hot)
    {
        SettledRow[] recent = [.. (await IndexedAsync(hot, Range(0, Rows))).Select(row => new SettledRow(row, null))];
        SettledRow[] settled =
        [
            .. (await ReadAsync(Range(0, Rows))).Rows.Select(row => new SettledRow(row, row.Position.Offset < Purged ? 1 : 2)),
        ];
        recent.Length.ShouldBe(Rows - Purged);
        settled.Length.ShouldBe(Settled);
        return
        [
            ("hot", hot.Queries, new NaiveQueries(recent)), ("history", Store.Queries, new NaiveQueries(settled)),
            ("both", new BothStores(hot, Store), new NaiveQueries([.. settled, .. recent[(Settled - Purged)..]])),
        ];
    }

    static async Task<IReadOnlyList<TransactionId>> IdsAsync(TransactionQueries queries, TransactionSearch search) =>
        [.. (await queries.SearchAsync(search, Cancellation).ToListAsync(Cancellation)).SelectMany(rows => rows).Select(row => row.Id)];

    static async Task<List<TransactionId>> PagesAsync(
        TransactionQueries queries, TransactionSearch search, Func<Task>? afterEach = null)
    {
        var ids = new List<TransactionId>();
        while (true)
        {
            var rows = (await queries.SearchAsync(search, Cancellation).ToListAsync(Cancellation)).SelectMany(batch => batch).ToList();
            ids.AddRange(rows.Select(row => row.Id));
            if (rows.Count < search.Limit)
                return ids;
            search = search with { After = SearchCursor.Parse(SearchCursor.After(search, rows[^1]).ToString()) };
            await (afterEach?.Invoke() ?? Task.CompletedTask);
        }
    }
}
