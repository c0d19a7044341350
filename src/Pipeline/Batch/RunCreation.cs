using System.Globalization;
using Caudal.History;
using Caudal.Hot;
using Caudal.Log;
using Caudal.Transactions;
using Microsoft.Extensions.Logging;

namespace Caudal.Batch;

/// <summary>Makes a run: where it begins, where it ends, and under which key it is found again.</summary>
sealed class RunCreation(ITransactionLog log, IHotStore hot, IHistoryStore history, string topic, TimeProvider time, ILogger logger)
{
    /// <summary>Keys that begin so are made from the run's id where the caller names none.</summary>
    const string OwnPrefix = "run-";

    const int AttemptsMax = 10;

    public async ValueTask<BatchRun> CreateAsync(string? key, Instant? cutoff, string actor, CancellationToken cancellation)
    {
        if (await FindAsync(key, cancellation) is { } found)
            return found;
        if (key?.StartsWith(OwnPrefix, StringComparison.Ordinal) == true)
            throw new RunConflictException(
                $"There is no run {key}, and keys that begin with '{OwnPrefix}' are given by caudal itself: choose another.");

        // Another run may be made and finished between reading the last receipt and making this one; then begin again after its end.
        for (var attempt = 1; ; attempt++)
            try
            {
                return await CreateAfterAsync(await history.Journal.FindLastReceiptAsync(cancellation), key, cutoff, actor, cancellation);
            }
            catch (OvertakenException) when (attempt < AttemptsMax)
            {
            }
    }

    ValueTask<BatchRun?> FindAsync(string? key, CancellationToken cancellation) =>
        key is null ? history.Journal.FindUnfinishedAsync(cancellation) : history.Journal.FindByKeyAsync(key, cancellation);

    async ValueTask<BatchRun> CreateAfterAsync(Receipt? last, string? key, Instant? cutoff, string actor, CancellationToken cancellation)
    {
        var from = last?.Range.To ?? Watermark.Zero;
        var to = cutoff is { } moment ? await FindCutoffAsync(moment, from, cancellation) : (await hot.GetStateAsync(cancellation)).Next;
        var expectedId = (last?.RunId ?? 0) + 1;
        key ??= OwnPrefix + expectedId.ToString(CultureInfo.InvariantCulture);
        return await history.Journal.FindOrCreateAsync(
            key, id => id == expectedId ? Create(id) : throw new OvertakenException(), cancellation);

        BatchRun Create(long id)
        {
            BatchLog.RunCreated(logger, id, actor, to);
            return new()
            {
                Id = id,
                Key = key,
                Range = new(from, from.Furthest(to)),
                Day = DayOf(cutoff),
                State = RunState.Created,
                Actor = actor,
                CreatedAt = Instant.Now(time),
            };
        }
    }

    async ValueTask<Watermark> FindCutoffAsync(Instant moment, Watermark from, CancellationToken cancellation)
    {
        var cutoff = await log.FindAsync(topic, moment, cancellation);
        return cutoff.Covers(from) || !from.Covers(cutoff)
            ? cutoff
            : throw new RunConflictException(
                $"All that was logged before {moment} is settled, and more: the cutoff would go back.", RunConflict.Settled);
    }

    /// <summary>A run up to midnight settles the day that ends there.</summary>
    DateOnly DayOf(Instant? cutoff) =>
        (cutoff is { } moment ? new Instant(moment.Microseconds - 1) : Instant.Now(time)).DayIn(history.BusinessZone);

    sealed class OvertakenException() : Exception("Other runs are made and finished all the while: try again.");
}
