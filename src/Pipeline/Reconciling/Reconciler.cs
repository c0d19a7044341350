using Caudal.History;
using Caudal.Hot;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Reconciling;

/// <summary>How many rows and messages verify has looked at, of how many.</summary>
public sealed record VerifyProgress(long Done, long Total);

/// <summary>What became of the messages of some ranges.</summary>
public sealed record RangeAccount(long Messages, Figures Rows, Figures Duplicates, long Rejected);

/// <summary>Proves that nothing was lost, doubled or altered, or names what was.</summary>
public sealed class Reconciler(
    ITransactionLog log, IHotStore hot, IHistoryStore history, RejectionBook rejections, TransactionDecoder decoder, string topic)
{
    /// <summary>From stored digests and receipts: fast, whatever the number of rows.</summary>
    public ValueTask<Reconciliation> StatusAsync(CancellationToken cancellation) =>
        throw new NotImplementedException($"{log}{hot}{history}{rejections}{decoder}{topic}");

    /// <summary>Re-hashes every row from its columns, compares with the log while it keeps the messages, and names the ids that differ.</summary>
    public ValueTask<Reconciliation> VerifyAsync(IProgress<VerifyProgress> progress, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>What became of the messages in these ranges, wherever they are now. They must have been ingested.</summary>
    public ValueTask<RangeAccount> AccountForAsync(IReadOnlyList<PositionRange> ranges, CancellationToken cancellation) => throw new NotImplementedException();
}
