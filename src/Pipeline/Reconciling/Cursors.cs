using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Reconciling;

/// <summary>Walks what a store holds of one partition, position by position; rows before duplicates where both claim a position.</summary>
sealed class StoreCursor(IAsyncEnumerable<HashedBatch> batches, CancellationToken cancellation) : IAsyncDisposable
{
    readonly IAsyncEnumerator<HashedBatch> _batches = batches.GetAsyncEnumerator(cancellation);
    HashedBatch? _batch;
    int _row;
    int _duplicate;

    /// <summary>The offset where the cursor stands, or the greatest there is once it is past the end.</summary>
    public long Offset { get; private set; } = long.MinValue;

    public Sighting Current { get; private set; }

    public async ValueTask MoveNextAsync()
    {
        while (_batch is null || _row == _batch.Batch.Rows.Count && _duplicate == _batch.Batch.Duplicates.Count)
        {
            if (!await _batches.MoveNextAsync())
            {
                Offset = long.MaxValue;
                return;
            }
            (_batch, _row, _duplicate) = (_batches.Current, 0, 0);
        }
        Take(_batch);
        Offset = Current.Position.Offset;
    }

    void Take(HashedBatch hashed)
    {
        var (rows, duplicates) = (hashed.Batch.Rows, hashed.Batch.Duplicates);
        if (_duplicate == duplicates.Count || _row < rows.Count && rows[_row].Position <= duplicates[_duplicate].Position)
        {
            var row = rows[_row];
            Current = new(row.Position, row.Id, row.Amount, row.Digest, row, hashed.Altered[_row]);
            _row++;
        }
        else
        {
            var duplicate = duplicates[_duplicate];
            Current = new(duplicate.Position, duplicate.Id, duplicate.Amount, duplicate.Digest, null, false);
            _duplicate++;
        }
    }

    public ValueTask DisposeAsync() => _batches.DisposeAsync();
}

/// <summary>Walks one partition's messages up to an offset.</summary>
sealed class LogCursor(
    IAsyncEnumerable<JudgedBatch> batches, LogPartition partition, long from, long to, CancellationToken cancellation) : IAsyncDisposable
{
    readonly IAsyncEnumerator<JudgedBatch> _batches = batches.GetAsyncEnumerator(cancellation);
    JudgedBatch? _batch;
    int _index;

    /// <summary>The offset where the cursor stands, or the greatest there is once it is past the end.</summary>
    public long Offset { get; private set; } = long.MinValue;

    public Judgement Current { get; private set; }

    public async ValueTask MoveNextAsync()
    {
        while (true)
        {
            while (_batch is null || _index == _batch.Batch.Records.Count)
            {
                if (_batch?.Batch.NextOffset >= to && _batch.Batch.Partition == partition || !await _batches.MoveNextAsync())
                {
                    Offset = long.MaxValue;
                    return;
                }
                _batch = _batches.Current;
                _index = _batch.Batch.Partition == partition ? 0 : _batch.Batch.Records.Count;
            }
            (Offset, Current) = (_batch.Batch.Records[_index].Position.Offset, _batch.Judgements[_index]);
            _index++;
            if (Offset >= to)
                Offset = long.MaxValue;
            if (Offset >= from)
                return;
        }
    }

    public ValueTask DisposeAsync() => _batches.DisposeAsync();
}

static class ReadingAhead
{
    const int BatchesMax = 2;

    /// <summary>Prepares the next batches on another thread while this one is looked at; never more than a few.</summary>
    public static async IAsyncEnumerable<TResult> AheadAsync<T, TResult>(
        this IAsyncEnumerable<T> source, Func<T, TResult> prepare, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ahead = Channel.CreateBounded<TResult>(BatchesMax);
        var reading = Task.Run(() => PumpAsync(source, prepare, ahead.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var item in ahead.Reader.ReadAllAsync(cancellation))
                yield return item;
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    static async Task PumpAsync<T, TResult>(
        IAsyncEnumerable<T> source, Func<T, TResult> prepare, ChannelWriter<TResult> ahead, CancellationToken cancellation)
    {
        try
        {
            await foreach (var item in source.WithCancellation(cancellation))
                await ahead.WriteAsync(prepare(item), cancellation);
            ahead.Complete();
        }
        catch (Exception fault)
        {
            // Told to the one who reads; where nobody reads any more, nobody needs to know.
            ahead.Complete(fault);
        }
    }
}
