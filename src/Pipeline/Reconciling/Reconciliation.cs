using System.Text.Json.Serialization;
using Caudal.Transactions;

namespace Caudal.Reconciling;

/// <summary>Whether every message is accounted for, hop by hop: what <c>status</c> and <c>verify</c> answer.</summary>
public sealed record Reconciliation(
    bool Reconciled, LogAccount Log, HotAccount Hot, HistoryAccount History, RejectionAccount Rejections, DuplicateAccount Duplicates,
    IReadOnlyList<Difference> Differences);

/// <param name="Messages">Ever appended to the topic.</param>
/// <param name="Lag">Of these, not yet ingested.</param>
public sealed record LogAccount(long Messages, long Lag);

/// <param name="Count">Rows that no run has settled yet.</param>
/// <param name="AwaitingPurge">Rows that are in history already and wait for their purge.</param>
/// <param name="RebuiltFrom">
/// The file that was set aside where hot did not open at this start and was made anew from the log; null, and not shown, where it did.
/// </param>
public sealed record HotAccount(
    long Count, MoneySum Sum, Digest Digest, long AwaitingPurge,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RebuiltFrom = null);

/// <param name="Migrated">Rows taken over from an older table: they have no position and are counted apart.</param>
public sealed record HistoryAccount(long Count, MoneySum Sum, Digest Digest, long Migrated);

/// <param name="Count">Ever rejected.</param>
/// <param name="Open">Of these, neither re-sent nor discarded.</param>
public sealed record RejectionAccount(long Count, long Open);

public sealed record DuplicateAccount(long Count)
{
    /// <summary>Their sum and digest too, for people who look closer; programs that ask for the status need not read them.</summary>
    [JsonIgnore]
    public Figures Figures { get; init; }
}

/// <summary>One thing that does not agree.</summary>
/// <param name="Where">The hop: <c>log</c>, <c>hot</c>, <c>history</c>, <c>receipts</c> or <c>conservation</c>.</param>
/// <param name="Id">The transaction at fault, where it could be named.</param>
/// <param name="Position">Its place in the log, where known.</param>
public sealed record Difference(string Where, string What, TransactionId? Id = null, string? Position = null);
