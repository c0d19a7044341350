using System.Runtime.CompilerServices;
using Caudal.History;
using Caudal.Querying;
using Caudal.Transactions;

namespace Caudal.Reconciling;

/// <summary>Hashes the rows again that were taken over from an older table, at no position where the walk would meet them.</summary>
static class MigratedCheck
{
    public static async IAsyncEnumerable<Difference> FindAlteredAsync(
        IHistoryStore history, MigratedRows migrated, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (migrated == default)
            yield break;
        var all = new TransactionSearch { Where = new Query.Not(new Query.Has(QueryField.Epoch)), Sort = SortKey.Id, Limit = int.MaxValue };
        await foreach (var batch in history.Queries.SearchAsync(all, cancellation))
            foreach (var row in batch)
                if (CanonicalForm.DigestOf(row) != row.Digest)
                    yield return new("history", "It was altered after it was taken over from an older table.", row.Id);
    }
}
