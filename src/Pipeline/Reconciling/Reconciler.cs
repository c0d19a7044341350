using Caudal.History;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Reconciling;

/// <summary>How many rows and messages verify has looked at, of how many.</summary>
public sealed record VerifyProgress(long Done, long Total);

/// <summary>What became of the messages of some ranges.</summary>
public sealed record RangeAccount(
    long Messages, Figures Rows, Figures Duplicates, long Rejected, IReadOnlyList<RejectionGroup> Rejections);

/// <summary>
/// Proves that nothing was lost, doubled or altered, or names what was. Changes nothing; may be asked at any time, in parallel.
/// </summary>
public sealed class Reconciler(
    ITransactionLog log, IHotStore hot, IHistoryStore history, RejectionBook rejections, TransactionDecoder decoder, string topic)
{
    /// <summary>
    /// How often a look that runs moved under is taken again, since what it saw may be no fault. Few: each store is counted as one moment
    /// shows it, verify need not see again what it has seen of ranges that are settled for good, and the second look mostly tells.
    /// </summary>
    const int LooksMax = 5;

    /// <summary>From stored digests and receipts: fast, whatever the number of rows.</summary>
    public ValueTask<Reconciliation> StatusAsync(CancellationToken cancellation) =>
        LookAsync(new StatusCheck(log, rejections, topic).RunAsync, cancellation);

    /// <summary>
    /// Re-hashes every row from its columns, compares with the log while it keeps the messages, and names the ids that differ.
    /// </summary>
    public ValueTask<Reconciliation> VerifyAsync(IProgress<VerifyProgress> progress, CancellationToken cancellation)
    {
        var walk = new VerifyWalk(log, hot, history, rejections, decoder, topic, progress);
        return LookAsync(async (standing, token) =>
        {
            var status = await new StatusCheck(log, rejections, topic).RunAsync(standing, token);
            var differences = (await walk.RunAsync(standing, token)).Concat(status.Differences).ToList();
            return status with { Reconciled = differences.Count == 0, Differences = differences };
        }, cancellation);
    }

    /// <summary>What became of the messages in these ranges, wherever they are now. They must have been ingested.</summary>
    public async ValueTask<RangeAccount> AccountForAsync(IReadOnlyList<PositionRange> ranges, CancellationToken cancellation)
    {
        while (true)
        {
            var settled = await history.Journal.FindSettledAsync(cancellation);
            var account = await AccountForAsync(ranges, settled, cancellation);
            // Where a run loaded meanwhile, its rows may have left hot before they were counted there.
            if (settled.Equals(await history.Journal.FindSettledAsync(cancellation)))
                return account;
        }
    }

    async ValueTask<RangeAccount> AccountForAsync(IReadOnlyList<PositionRange> ranges, Watermark settled, CancellationToken cancellation)
    {
        var (messages, found) = (0L, default(RangeFigures));
        var groups = await rejections.GroupAsync(ranges, cancellation);
        foreach (var range in ranges)
        {
            messages += await log.CountAsync(topic, range, cancellation);
            found += await history.MeasureAsync(range.Before(settled), cancellation);
            found += await hot.MeasureAsync(range.After(settled), cancellation);
        }
        await foreach (var rejection in history.ReadRejectionsAsync(cancellation))
            if (ranges.Any(range => range.Contains(rejection.Position)))
                groups.Add(rejection.Code, field: null, rejection.Position);
        var rejected = groups.ToList();
        return new(messages, found.Rows, found.Duplicates, rejected.Sum(group => group.Count), rejected);
    }

    /// <summary>
    /// Looks again where a run moved rows from store to store meanwhile, unless all agreed anyway. Rows move one way only, and each look
    /// begins with where they are then: what differs at a position because it moved cannot differ there in the same way at the next look.
    /// So what two looks running say of it is so, and what the second does not repeat was the move.
    /// </summary>
    async ValueTask<Reconciliation> LookAsync(
        Func<Standing, CancellationToken, ValueTask<Reconciliation>> look, CancellationToken cancellation)
    {
        HashSet<Difference>? before = null;
        for (var looks = 1; ; looks++)
        {
            var standing = await Standing.ReadAsync(hot, history, cancellation);
            var seen = await look(standing, cancellation);
            if (seen.Reconciled || standing.IsStillTrue(await Standing.ReadAsync(hot, history, cancellation)))
                return seen;
            if (before is not null)
            {
                var lasting = seen.Differences.Where(each => each.Position is null || before.Contains(each)).ToList();
                if (looks == LooksMax || before.IsSupersetOf(lasting))
                    return seen with { Reconciled = lasting.Count == 0, Differences = lasting };
            }
            before = [.. seen.Differences];
        }
    }
}
