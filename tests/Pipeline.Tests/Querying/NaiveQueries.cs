using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Tests.Querying;

/// <summary>A row and the run that settled it.</summary>
sealed record SettledRow(Transaction Transaction, long? Run);

/// <summary>What queries mean, spelled out over rows in memory: slow, and plain enough to be believed.</summary>
sealed class NaiveQueries(IReadOnlyList<SettledRow> rows) : TransactionQueries
{
    public override async IAsyncEnumerable<IReadOnlyList<Transaction>> SearchAsync(
        TransactionSearch search, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield return [.. Where(search.Where).Order(new SearchOrder(search)).Take(search.Limit)];
    }

    public override ValueTask<Totals> CountAsync(Query where, CancellationToken cancellation) => ValueTask.FromResult(Sum(Where(where)));

    public override ValueTask<IReadOnlyList<TimeBucket>> CountByTimeAsync(TimeHistogram histogram, CancellationToken cancellation) =>
        ValueTask.FromResult<IReadOnlyList<TimeBucket>>(
        [
            .. from row in Where(histogram.Where)
               group row by Bucket(row.Timestamp, histogram) into bucket
               orderby bucket.Key.From
               select new TimeBucket(bucket.Key.From, bucket.Key.To, Sum(bucket)),
        ]);

    public override ValueTask<IReadOnlyList<ValueTotals>> CountByValueAsync(TopValues top, CancellationToken cancellation)
    {
        var values = Where(top.Where).GroupBy(row => Text(top.Field, row)?.ToString()).Where(value => value.Key is not null)
            .Select(value => new ValueTotals(value.Key!, Sum(value))).ToList();
        values.Sort(top.Compare);
        return ValueTask.FromResult<IReadOnlyList<ValueTotals>>([.. values.Take(top.Limit)]);
    }

    public override ValueTask<IReadOnlyList<Money>> SampleAmountsAsync(
        Query where, ulong? digestHighEnd, CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<Money>>(
        [.. Where(where).Where(row => digestHighEnd is null || row.Digest.High < digestHighEnd).Select(row => row.Amount)]);

    IEnumerable<Transaction> Where(Query query) => rows.Where(row => Matches(query, row)).Select(row => row.Transaction);

    static Totals Sum(IEnumerable<Transaction> rows) => rows.Aggregate(
        default(Totals), (sum, row) => sum + new Totals(1, new(row.Amount.Cents)));

    static bool Matches(Query query, SettledRow row) => query switch
    {
        Query.Both both => both.Parts.All(part => Matches(part, row)),
        Query.Either either => either.Parts.Any(part => Matches(part, row)),
        Query.Not not => !Matches(not.Part, row),
        Query.Has has => Text(has.Field, row.Transaction) is not null || Number(has.Field, row) is not null
            || has.Field.Kind == FieldKind.Uuid,
        Query.IdIs id => id.Value == (id.Field == QueryField.Id ? row.Transaction.Id.ToGuid() : row.Transaction.Position.Epoch),
        Query.TextIs { Field.Kind: FieldKind.Folded } text => Fits(FoldedText.Fold(row.Transaction.Detail.ToString()), text.Pattern),
        Query.TextIs text => Text(text.Field, row.Transaction) is { } value && Fits(value.ToString(), text.Pattern),
        Query.In range => Number(range.Field, row) is { } number && !(number < range.From) && !(number >= range.To),
        _ => throw new NotSupportedException(query.ToString()),
    };

    static bool Fits(string text, TextPattern pattern) => Regex.IsMatch(
        text, $@"\A{string.Join(".*", pattern.Pieces.Select(Regex.Escape))}\z", RegexOptions.Singleline | RegexOptions.CultureInvariant);

    static Utf8Text? Text(QueryField field, Transaction row) =>
        field == QueryField.IdText ? row.IdText
        : field == QueryField.App ? row.App
        : field == QueryField.DebtorId ? row.DebtorId
        : field == QueryField.Product ? row.Product
        : field == QueryField.DebtorAccount ? row.DebtorAccount
        : field == QueryField.CreditorAccount ? row.CreditorAccount
        : field == QueryField.Detail ? row.Detail
        : default(Utf8Text?);

    static long? Number(QueryField field, SettledRow row) =>
        field == QueryField.Amount ? row.Transaction.Amount.Cents
        : field == QueryField.Timestamp ? row.Transaction.Timestamp.Microseconds
        : field == QueryField.AppendedAt ? row.Transaction.AppendedAt.Microseconds
        : field == QueryField.IndexedAt ? row.Transaction.IndexedAt.Microseconds
        : field == QueryField.BatchDate ? row.Transaction.BatchDate?.DayNumber - new DateOnly(1970, 1, 1).DayNumber
        : field == QueryField.Run ? row.Run
        : field == QueryField.Partition ? row.Transaction.Position.Partition
        : field == QueryField.Offset ? row.Transaction.Position.Offset
        : null;

    /// <summary>By going away from the moment until the clock says that it lies in another bucket, or was changed.</summary>
    static (Instant From, Instant To) Bucket(Instant moment, TimeHistogram histogram)
    {
        var sub = histogram.Every is TimeUnit.Minute or TimeUnit.Hour;
        var name = Name(moment);
        var (from, to) = (Edge(moment, -1), Edge(moment, 1));
        return (from, to);

        string Name(Instant at)
        {
            var local = TimeZoneInfo.ConvertTime(at.ToDateTimeOffset(), histogram.Zone);
            return local.ToString(
                histogram.Every switch
                {
                    TimeUnit.Month => "yyyy-MM", TimeUnit.Day => "yyyy-MM-dd", TimeUnit.Hour => "yyyy-MM-dd HH zzz",
                    _ => "yyyy-MM-dd HH:mm zzz",
                }, System.Globalization.CultureInfo.InvariantCulture);
        }

        Instant Edge(Instant at, int direction)
        {
            var step = sub ? TimeSpan.FromSeconds(30) : TimeSpan.FromMinutes(30);
            var grid = new Instant(at.Microseconds - Mod(at.Microseconds, step.Ticks / TimeSpan.TicksPerMicrosecond));
            while (Name(direction < 0 ? grid - step : grid + step) == name)
                grid = direction < 0 ? grid - step : grid + step;
            return direction < 0 ? grid : grid + step;
        }
    }

    static long Mod(long number, long by) => (number % by + by) % by;
}
