using System.Runtime.CompilerServices;
using Caudal.Access;
using Caudal.Querying;
using Caudal.Transactions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Caudal.Dashboard.Api;

static class SearchRoutes
{
    public static void MapSearch(this IEndpointRouteBuilder app, RunningPipeline pipeline)
    {
        app.MapGet("/api/transactions/search", ([AsParameters] Question question, HttpContext context) =>
            SearchAsync(pipeline, question, context)).Needs(Right.View);
        app.MapGet("/api/transactions/count", ([AsParameters] Question question, CancellationToken cancellation) =>
            CountAsync(pipeline, question, cancellation)).Needs(Right.View);
    }

    /// <summary>The transactions that a search names in the stores that are meant.</summary>
    internal static IAsyncEnumerable<Transaction> Find(
        RunningPipeline pipeline, string? store, TransactionSearch search, CancellationToken cancellation) => store switch
        {
            null or "both" => new BothStores(pipeline.Hot, pipeline.History).SearchAsync(search, cancellation),
            "hot" => Flatten(pipeline.Hot.SearchAsync(search, cancellation), cancellation),
            "history" => Flatten(pipeline.History.SearchAsync(search, cancellation), cancellation),
            _ => throw UnknownStore(),
        };

    static async Task SearchAsync(RunningPipeline pipeline, Question question, HttpContext context)
    {
        var transactions = Find(pipeline, question.Store, question.Parse(pipeline), context.RequestAborted);
        await using var rows = new RowStream(context);
        await foreach (var transaction in transactions)
            await rows.WriteAsync(transaction);
    }

    static async Task<IResult> CountAsync(RunningPipeline pipeline, Question question, CancellationToken cancellation)
    {
        var search = question.Parse(pipeline);
        var figures = await (question.Store switch
        {
            null or "both" => new BothStores(pipeline.Hot, pipeline.History).CountAsync(search, cancellation),
            "hot" => pipeline.Hot.CountAsync(search, cancellation),
            "history" => pipeline.History.CountAsync(search, cancellation),
            _ => throw UnknownStore(),
        });
        return TypedResults.Ok(new CountAnswer(figures.Count, figures.Sum));
    }

    internal static Instant ParseTime(string text, string name, RunningPipeline pipeline) =>
        Moments.TryParse(text, pipeline.History.BusinessZone, out var instant)
            ? instant
            : throw ApiProblemException.BadRequest($"'{text}' is no time for {name}: {Moments.Form}.");

    static TransactionId ParseId(string text) =>
        TransactionId.TryParse(text, out var id) ? id
            : throw ApiProblemException.BadRequest($"'{text}' is no id: one is a hyphenated UUID.");

    static ApiProblemException UnknownStore() => ApiProblemException.BadRequest("The store is hot, history or both.");

    static async IAsyncEnumerable<Transaction> Flatten(
        IAsyncEnumerable<IReadOnlyList<Transaction>> batches, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var batch in batches.WithCancellation(cancellation))
            foreach (var transaction in batch)
                yield return transaction;
    }

    /// <summary>A search as the query string has it.</summary>
    internal readonly record struct Question(
        string? Store, string? From, string? To, string? Id, string? Sort, bool? Descending, int? Limit)
    {
        public TransactionSearch Parse(RunningPipeline pipeline) => new()
        {
            From = From is null ? null : ParseTime(From, "from", pipeline),
            To = To is null ? null : ParseTime(To, "to", pipeline),
            Id = Id is null ? null : ParseId(Id),
            Sort = Sort switch
            {
                null or Wire.Timestamp => SortKey.Timestamp,
                Wire.Amount => SortKey.Amount,
                Wire.Position => SortKey.Position,
                _ => throw ApiProblemException.BadRequest("Rows are sorted by timestamp, valor or position."),
            },
            Descending = Descending ?? true,
            Limit = Limit is null or > 0 ? Limit ?? 100 : throw ApiProblemException.BadRequest("The limit must be at least 1."),
        };
    }
}
