using System.Globalization;
using Caudal.Batch;
using Caudal.History;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Scheduling;

public enum DayState
{
    /// <summary>All that was logged on it is in history.</summary>
    Settled,

    /// <summary>It is over and waits for its run.</summary>
    Due,

    /// <summary>More may still be logged on it.</summary>
    NotOver,
}

/// <summary>One day of the log, by the log's own clock in the business zone.</summary>
/// <param name="Messages">How many of its messages no run has settled yet.</param>
/// <param name="Cutoff">The time before which its run settles all: where the next day begins.</param>
/// <param name="Key">What the day's run is called, whoever makes it.</param>
public sealed record LogDay(DateOnly Day, DayState State, long Messages, Instant Cutoff, string Key);

/// <summary>
/// A run for each day: to the end of the day on which its messages were logged. Runs settle one after another, so days are settled
/// oldest first. Everybody calls a day's run by the same key, so that the scheduler, a backfill and Airflow make it once.
/// </summary>
public sealed class DayRuns(ITransactionLog log, IHistoryStore history, string topic, TimeProvider time)
{
    const string KeyPrefix = "day-";

    /// <summary>More days at once than anybody means: a mistyped year.</summary>
    public const int DaysMax = 3660;

    TimeZoneInfo Zone => history.BusinessZone;

    public static string KeyOf(DateOnly day) => KeyPrefix + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public Instant EndOf(DateOnly day) => Instant.StartOf(day.AddDays(1), Zone);

    /// <summary>The time before which the run of a day settles all.</summary>
    /// <exception cref="RunConflictException">The day is not over.</exception>
    public Instant CutoffOf(DateOnly day) =>
        EndOf(day) is var end && end <= Instant.Now(time)
            ? end
            : throw new RunConflictException(
                $"{day:yyyy-MM-dd} is not over in the business zone ({Zone.Id}): its run is made after {end}.", RunConflict.DayNotOver);

    /// <summary>
    /// The days that were over at a moment and have no run, oldest first: from the day after the last run's on, or from the first message's
    /// where there is no run yet. A day on which nothing was logged is among them: its receipt says that nothing came.
    /// </summary>
    public async ValueTask<IReadOnlyList<DateOnly>> FindDueAsync(Instant moment, CancellationToken cancellation)
    {
        if (await FindFirstAsync(cancellation) is not { } first)
            return [];
        var today = moment.DayIn(Zone);
        return [.. Enumerable.Range(0, Math.Max(0, today.DayNumber - first.DayNumber)).Select(first.AddDays)];
    }

    /// <summary>What stands on each day of a span, both ends included.</summary>
    /// <exception cref="RunConflictException">A day before the span is not settled, and would be settled with its first one.</exception>
    public async ValueTask<IReadOnlyList<LogDay>> ListAsync(DateOnly from, DateOnly to, CancellationToken cancellation)
    {
        if (to < from || to.DayNumber - from.DayNumber >= DaysMax)
            throw new ArgumentException($"The days must be in order, and at most {DaysMax} of them.", nameof(to));
        var now = Instant.Now(time);
        var settled = await history.Journal.FindSealedAsync(cancellation);
        if (await CountAsync(settled, await FindCutoffAsync(from.AddDays(-1), now, cancellation), cancellation) is > 0 and var before
            && await FindFirstAsync(cancellation) is { } first)
            throw new RunConflictException(
                $"{before} messages of the days before {from:yyyy-MM-dd} are not settled either, and days are settled oldest first: "
                + $"begin with {first:yyyy-MM-dd}.");

        var days = new List<LogDay>();
        for (var (day, known) = (from, settled); day <= to; day = day.AddDays(1))
        {
            var cutoff = await FindCutoffAsync(day, now, cancellation);
            var messages = await CountAsync(known, cutoff, cancellation);
            var state = EndOf(day) > now ? DayState.NotOver : settled.Covers(cutoff) ? DayState.Settled : DayState.Due;
            days.Add(new(day, state, messages, EndOf(day), KeyOf(day)));
            known = known.Furthest(cutoff);
        }
        return days;
    }

    async ValueTask<Watermark> FindCutoffAsync(DateOnly day, Instant now, CancellationToken cancellation) =>
        EndOf(day) > now
            ? (await log.DescribeAsync(topic, cancellation)).End
            : await log.FindAsync(topic, EndOf(day), cancellation);

    ValueTask<long> CountAsync(Watermark from, Watermark to, CancellationToken cancellation) =>
        from.Covers(to) ? new(0) : log.CountAsync(topic, new(from, from.Furthest(to)), cancellation);

    async ValueTask<DateOnly?> FindFirstAsync(CancellationToken cancellation)
    {
        if (await history.Journal.ListAsync(1, cancellation) is [var last])
            return last.Key == KeyOf(last.Day) ? last.Day.AddDays(1) : last.Day;
        var start = (await log.DescribeAsync(topic, cancellation)).Start;
        await foreach (var batch in log.ReadAsync(topic, start, follow: false, cancellation))
            if (batch.Records is [var record, ..])
                return record.AppendedAt.DayIn(Zone);
        return null;
    }
}
