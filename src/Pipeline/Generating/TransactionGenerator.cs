using System.Runtime.CompilerServices;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Generating;

/// <summary>
/// Makes a seeded population's transactions, as messages that are ready to be appended: a past period at full speed, or live. One run a
/// generator.
/// </summary>
public sealed class TransactionGenerator
{
    // Small enough to stay out of the heap for large objects.
    const int BufferBytes = 64 * 1024;
    const int MemoryCount = 4096;
    const long Hour = 3_600_000_000;

    readonly GeneratorOptions _options;
    readonly TimeProvider _time;
    readonly Composer _composer;
    readonly Tally _tally = new();
    readonly bool _faultless;

    // The rows that were made last: what duplicates, conflicts and disorder refer to.
    readonly (long Index, long Moment)[] _rows = new (long, long)[MemoryCount];
    long _rowCount;
    long _index;

    byte[] _buffer = [];
    int _used;

    /// <exception cref="ArgumentException">The options have <see cref="GeneratorOptions.Problems"/>.</exception>
    public TransactionGenerator(GeneratorOptions options, TimeProvider time)
    {
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(' ', problems), nameof(options));
        _options = options;
        _time = time;
        _composer = new(options.Seed, options.Customers, options.UtcOffset, options.OriginalForm);
        _faultless = options.Faults.IsNone;
    }

    /// <summary>What has been handed out so far.</summary>
    public GeneratorTotals Totals => _tally.ToTotals(_options.Faults);

    /// <summary>
    /// Batches in order of arrival, until the count is reached. Live, a batch comes when its transactions are due; one who takes long to
    /// ask for the next slows the generator down, see <see cref="LivePace"/>. What was handed out is never written to again.
    /// </summary>
    public IAsyncEnumerable<IReadOnlyList<LogMessage>> RunAsync(CancellationToken cancellation) =>
        _options.IsLive ? RunLiveAsync(cancellation) : RunPeriodAsync(cancellation);

#pragma warning disable CS1998 // No await: the other way to run waits, and callers need one shape.
    async IAsyncEnumerable<IReadOnlyList<LogMessage>> RunPeriodAsync([EnumeratorCancellation] CancellationToken cancellation)
#pragma warning restore CS1998
    {
        var count = _options.Count ?? 0;
        var to = _options.To ?? Instant.Now(_time);
        var from = _options.From ?? to - TimeSpan.FromDays(1);
        var period = new Period(_options.Seed, new(_options.Seed, _options.UtcOffset), from.Microseconds, to.Microseconds, count);
        var batch = new List<LogMessage>();
        foreach (var moment in period.Moments())
        {
            if (batch.Count == 0)
                batch = new((int)long.Min(count - _index, _options.BatchRecordsMax));
            batch.Add(Next(moment));
            if (batch.Count < _options.BatchRecordsMax)
                continue;
            cancellation.ThrowIfCancellationRequested();
            yield return batch;
            batch = [];
        }
        if (batch.Count > 0)
            yield return batch;
    }

    async IAsyncEnumerable<IReadOnlyList<LogMessage>> RunLiveAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var left = _options.Count ?? long.MaxValue;
        var pace = new LivePace(_options.Seed, _options.Rate ?? GeneratorOptions.DefaultRate, _options.Pace, Instant.Now(_time));
        while (left > 0)
        {
            await Task.Delay(pace.Wait(), _time, cancellation);
            var now = Instant.Now(_time);
            var (due, since) = pace.Due(now);
            due = (int)long.Min(due, left);
            left -= due;
            for (var made = 0; made < due;)
            {
                var batch = new List<LogMessage>(int.Min(due - made, _options.BatchRecordsMax));
                while (batch.Count < batch.Capacity)
                    batch.Add(Next(since.Microseconds + (now.Microseconds - since.Microseconds) * ++made / due));
                yield return batch;
            }
        }
    }

    LogMessage Next(long moment)
    {
        var index = _index++;
        if (_faultless)
            return Row(GeneratedFault.None, index, moment);
        var dice = Dice.For(_options.Seed, Throw.Fault, index, moment);
        var fault = _options.Faults.Pick(ref dice);
        var needsEarlier = fault is GeneratedFault.Duplicate or GeneratedFault.Conflict or GeneratedFault.OutOfOrder;
        return fault switch
        {
            // Nothing to refer to yet: a row without a fault, and counted as such.
            _ when needsEarlier && _rowCount == 0 => Row(GeneratedFault.None, index, moment),
            GeneratedFault.None => Row(fault, index, moment),
            GeneratedFault.Late => Row(fault, index, long.Max(0, moment - Hour - dice.Below(71 * Hour))),
            GeneratedFault.OutOfOrder => Row(fault, index, long.Max(0, Earlier(ref dice, 64).Moment - 1)),
            GeneratedFault.Duplicate => Duplicate(ref dice),
            GeneratedFault.Conflict => Conflict(ref dice),
            _ => Spoilt(fault, index, moment, ref dice),
        };
    }

    LogMessage Row(GeneratedFault fault, long index, long moment)
    {
        var draft = _composer.Compose(index, moment);
        _tally.Row(fault, draft.Cents);
        if (!_faultless)
            _rows[_rowCount++ % MemoryCount] = (index, moment);
        return Write(draft);
    }

    LogMessage Duplicate(ref Dice dice)
    {
        var (index, moment) = Earlier(ref dice, MemoryCount);
        _tally.Duplicate();
        return Write(_composer.Compose(index, moment));
    }

    LogMessage Conflict(ref Dice dice)
    {
        var (index, moment) = Earlier(ref dice, MemoryCount);
        var draft = _composer.Compose(index, moment);
        _tally.Rejection(GeneratedFault.Conflict, FaultCode.IdConflict);
        return Write(draft with { Cents = draft.Cents + 1 + dice.Below(10_000) });
    }

    LogMessage Spoilt(GeneratedFault fault, long index, long moment, ref Dice dice)
    {
        var good = Write(_composer.Compose(index, moment));
        var (message, code) = Corruption.Apply(fault, good.Value.Span, ref dice);
        _tally.Rejection(fault, code);
        return good with { Value = message };
    }

    /// <summary>One of the last rows, at most <paramref name="back"/> back.</summary>
    (long Index, long Moment) Earlier(ref Dice dice, int back)
    {
        var known = long.Min(back, _rowCount);
        return _rows[(_rowCount - 1 - dice.Below(known)) % MemoryCount];
    }

    LogMessage Write(in Draft draft)
    {
        if (_buffer.Length - _used < Composer.MessageBytesMax)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
            _used = 0;
        }
        var (length, keyAt) = _composer.Write(draft, _buffer.AsSpan(_used));
        var message = new LogMessage(_buffer.AsMemory(_used, length), _buffer.AsMemory(_used + keyAt, Composer.KeyLength));
        _used += length;
        return message;
    }
}
