using Caudal.Hot;
using Caudal.Log;
using Caudal.Reconciling;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>
/// The only place that deletes from hot: a range, when every row in it, hashed anew from its columns, adds up to what history was
/// proven to hold. One transaction looks and deletes, so nothing that it has not looked at can go.
/// </summary>
static class HotRemoval
{
    /// <param name="start">Where the store began: what lies before it was settled before, and was never in this file.</param>
    /// <exception cref="ReconciliationException">The range is not what was proven; nothing was removed.</exception>
    public static void Remove(
        DuckDBConnection connection, PositionRange range, RangeFigures proven, Watermark start, Instant now, CancellationToken cancellation)
    {
        using var transaction = connection.BeginTransaction();
        var within = FigureSql.Within(range);
        var found = new RangeFigures(
            Rehash(connection, within, cancellation),
            FigureSql.Measure(connection, HotSchema.Duplicates, within, cancellation));
        if (found == default && (HotSchema.WasRemoved(connection, range, proven) || start.Covers(range.To)))
            return;
        if (found != proven)
            throw new ReconciliationException(
                $"Nothing was removed from hot: it holds {found.Rows} and as duplicates {found.Duplicates}, "
                + $"where {proven.Rows} and as duplicates {proven.Duplicates} were proven.");
        if (found == default)
            return;
        Delete(connection, HotSchema.Rows, within, found.Rows.Count);
        Delete(connection, HotSchema.Duplicates, within, found.Duplicates.Count);
        HotSchema.AddRemoval(connection, range, found, now);
        cancellation.ThrowIfCancellationRequested();
        transaction.Commit();
    }

    /// <summary>A chunk at a time, whatever the range holds.</summary>
    static Figures Rehash(DuckDBConnection connection, string within, CancellationToken cancellation)
    {
        var (count, sum, digest) = (0L, default(MoneySum), default(Digest));
        var rows = TransactionReader.Read(
            connection, $"SELECT {TransactionColumns.Names} FROM {HotSchema.Rows} WHERE {within}", [], cancellation);
        foreach (var chunk in rows)
            foreach (var row in chunk)
            {
                count++;
                sum += row.Amount;
                digest += CanonicalForm.DigestOf(row);
            }
        return new(count, sum, digest);
    }

    static void Delete(DuckDBConnection connection, string table, string within, long expected)
    {
        var deleted = connection.Execute($"DELETE FROM {table} WHERE {within}");
        if (deleted != expected)
            throw new ReconciliationException(
                $"Nothing was removed from hot: {deleted} of {table} would have gone, but {expected} were looked at.");
    }
}
