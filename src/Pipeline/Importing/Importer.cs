using Caudal.Log;

namespace Caudal.Importing;

/// <summary>What an import appended.</summary>
/// <param name="Read">Rows.</param>
/// <param name="Ranges">Where they stand in the log. Where an engine spreads batches over partitions, others' lie between them.</param>
/// <param name="IsSpread">True where such an engine did: then nobody knows which row is at which position.</param>
public sealed record ImportedRows(long Read, IReadOnlyList<PositionRange> Ranges, bool IsSpread = false)
{
    /// <summary>The number of the row at a position, from 0, or null where it is none of these.</summary>
    public long? RowAt(Position position)
    {
        if (IsSpread)
            return null;
        var before = 0L;
        foreach (var (partition, from, to) in Ranges.SelectMany(range => range.Stretches))
        {
            if (position.LogPartition == partition && position.Offset >= from && position.Offset < to)
                return before + position.Offset - from;
            before += to - from;
        }
        return null;
    }
}

/// <summary>Appends files to the log. Whether a row is good is not its business: ingest judges.</summary>
public sealed class Importer(ITransactionLog log, string topic)
{
    /// <summary>Appends all rows in order and returns when they are durable. While a batch becomes durable, the next one is read.</summary>
    /// <exception cref="ImportException">
    /// Some rows may have been appended. The same file again is safe: what was taken before is found again as duplicates.
    /// </exception>
    public async Task<ImportedRows> AppendAsync(ImportFile file, IProgress<ImportProgress> progress, CancellationToken cancellation)
    {
        var before = (await log.DescribeAsync(topic, cancellation)).End;
        var stretches = new List<(LogPartition Partition, long From, long To)>();
        var appended = 0L;
        var isSpread = false;
        Task<AppendReceipt>? pending = null;
        try
        {
            await foreach (var batch in file.ReadAsync(progress, cancellation))
            {
                await SettleAsync();
                pending = log.AppendAsync(topic, batch, cancellation).AsTask();
            }
            await SettleAsync();
        }
        catch (LogUnavailableException exception)
        {
            throw new ImportException(
                $"The log took no more of '{file.Name}' after {appended} of {file.Rows} rows: {exception.Message} "
                + "Import the same file again when it does: rows that were taken are found again as duplicates.", exception);
        }
        finally
        {
            // Reading failed, or the caller gave up: what was already under way must still not outlive us unseen.
            if (pending is not null)
                await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        var ranges = isSpread
            ? [new PositionRange(before, (await log.DescribeAsync(topic, cancellation)).End)]
            : stretches.ConvertAll(stretch => new PositionRange(
                Watermark.Of(stretch.Partition, stretch.From), Watermark.Of(stretch.Partition, stretch.To)));
        return new(appended, ranges, isSpread);

        async Task SettleAsync()
        {
            if (pending is null)
                return;
            var receipt = await pending;
            pending = null;
            appended += receipt.Count;
            if (receipt.FirstOffset is not { } first)
                isSpread = true;
            else if (stretches is [.., var last] && last.Partition == receipt.Partition && last.To == first)
                stretches[^1] = last with { To = first + receipt.Count };
            else
                stretches.Add((receipt.Partition, first, first + receipt.Count));
        }
    }
}
