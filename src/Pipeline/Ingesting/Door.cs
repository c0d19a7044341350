using Caudal.Auditing;
using Caudal.Log;
using Caudal.Telemetry;
using Caudal.Transactions;

namespace Caudal.Ingesting;

/// <summary>What became of one row at the door.</summary>
/// <param name="Id">The id under which it was appended; null where it was refused, or where the log does not tell its place.</param>
/// <param name="Fault">Why it was refused, which is the caller's to mend: it never entered the log. Null where it was taken.</param>
public sealed record DoorAnswer(TransactionId? Id, Fault? Fault);

/// <summary>Where applications hand in transactions one request at a time: judged at once, acknowledged when durable.</summary>
public sealed class Door(ITransactionLog log, TransactionDecoder decoder, string topic, RequestKeys keys, AuditTrail audit)
{
    readonly RoleCounters _counters = new("door");

    /// <summary>
    /// Judges each row, appends the good ones in order as one unit, and answers per row once they are durable. With
    /// <paramref name="idempotencyKey"/> a repeated call is absorbed as duplicates. A call of which no row is good leaves its key free.
    /// </summary>
    /// <exception cref="KeyReusedException">Other rows came under the key before; nothing was appended.</exception>
    /// <exception cref="LogUnavailableException">Nothing is acknowledged: the caller tries again, safely with a key or ids.</exception>
    public async ValueTask<IReadOnlyList<DoorAnswer>> AcceptAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> rows, string caller, string? idempotencyKey, CancellationToken cancellation)
    {
        var answers = new DoorAnswer[rows.Count];
        List<LogMessage> good = [];
        Task<bool>? claim = null;
        for (var row = 0; row < rows.Count; row++)
        {
            TransactionId? assigned = idempotencyKey is null ? null : DerivedId.OfRequest(topic, caller, idempotencyKey, row);
            var judgement = decoder.Decode(rows[row], new(topic, default, default, assigned));
            answers[row] = new(judgement.Accepted?.Id, judgement.Fault);
            if (judgement.Accepted is not { } accepted)
                continue;
            good.Add(new(rows[row], accepted.DebtorAccount.Bytes) { Headers = assigned is { } id ? MessageOrigin.HeadersOf(id) : [] });
            // It becomes durable while the rows that follow are judged.
            if (idempotencyKey is not null)
                claim ??= keys.TryClaimAsync(caller, idempotencyKey, rows, cancellation).AsTask();
        }
        _counters.Received(rows.Count);
        _counters.Rejected(rows.Count - good.Count);
        if (good.Count == 0)
            return answers;

        // Before anything is appended: whatever happens from here on, other rows will not take the identities of these.
        if (claim is not null && !await claim)
            throw new KeyReusedException();
        using var append = Tracing.StartAppend(good.Count);
        if (append is not null)
            good[0] = append.Carry(good[0]);
        var receipt = await log.AppendAsync(topic, good, cancellation);
        // One entry, not two: that rows were begun is of no use where the log itself says which came, and it would cost every call a
        // commit.
        await audit.NoteDoneAsync(caller, AuditActions.Send, $"{good.Count} transactions", AuditEntry.Done);
        _counters.Sent(good.Count);
        return idempotencyKey is null ? Placed(answers, rows, receipt) : answers;
    }

    /// <summary>Without a key, a row that brings no id is named by its place in the log: judged again there, as ingest will.</summary>
    DoorAnswer[] Placed(DoorAnswer[] answers, IReadOnlyList<ReadOnlyMemory<byte>> rows, AppendReceipt receipt)
    {
        var offset = receipt.FirstOffset;
        for (var row = 0; row < rows.Count; row++)
            if (answers[row].Fault is null)
            {
                var id = offset is { } known
                    ? decoder.Decode(rows[row], new(topic, new(receipt.Partition, known), default, AssignedId: null)).Accepted?.Id
                    : null;
                answers[row] = new(id, Fault: null);
                offset++;
            }
        return answers;
    }
}
