using System.Collections.Concurrent;
using System.Text;
using Caudal.Engines.Kafka;
using Caudal.Log;

namespace Caudal.Tests;

/// <summary>Several members of one group: partitions move between them, and nothing is handed out twice or left out.</summary>
public sealed class KafkaGroupTests(KafkaServer server) : IAsyncLifetime
{
    const int Partitions = 4;

    readonly string _topic = $"group.{Guid.NewGuid():N}";
    readonly ConcurrentBag<Position> _handedOut = [];
    readonly Lock _turn = new();
    KafkaLogOptions _options = null!;
    KafkaLog _log = null!;

    /// <summary>The store's own place: what is before it was kept.</summary>
    Watermark _kept = Watermark.Zero;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _options = await server.OptionsAsync(Partitions);
        _log = await KafkaServer.OpenAsync(_options, groups: [_topic]);
        await _log.AppendAsync(_topic, [], Cancellation);
    }

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    [Fact]
    public async Task Partitions_move_between_members_without_anything_being_handed_out_twice_or_left_out()
    {
        using var feeding = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var fed = FeedAsync(feeding.Token);
        await using var first = new Member(this, await KafkaServer.OpenAsync(_options));
        await first.HasReadAsync(2_000);
        await using var second = new Member(this, await KafkaServer.OpenAsync(_options));
        await second.HasReadAsync(2_000);
        await using var third = new Member(this, await KafkaServer.OpenAsync(_options));
        await third.HasReadAsync(2_000);
        await first.LeaveAsync();
        await second.HasReadAsync(4_000);
        await feeding.CancelAsync();
        var appended = await fed;

        var end = (await _log.DescribeAsync(_topic, Cancellation)).End;
        await UntilAsync(() => _kept.Covers(end));

        _handedOut.Count.ShouldBe(appended);
        _handedOut.Distinct().Count().ShouldBe(appended);
        (await _log.DescribeAsync(_topic, Cancellation)).Groups[_topic].ShouldBe(end);
    }

    async Task<int> FeedAsync(CancellationToken stop)
    {
        for (var appended = 0; ; appended += 100)
        {
            if (stop.IsCancellationRequested)
                return appended;
            await _log.AppendAsync(
                _topic, [.. Enumerable.Range(appended, 100).Select(n => new LogMessage(new byte[100], Encoding.UTF8.GetBytes($"{n}")))],
                CancellationToken.None);
        }
    }

    static async Task UntilAsync(Func<bool> reached)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!reached())
            await Task.Delay(10, patience.Token);
    }

    /// <summary>One consumer that keeps what it is handed a little later, as a store's commit does, and reads on meanwhile.</summary>
    sealed class Member : IAsyncDisposable
    {
        readonly KafkaGroupTests _test;
        readonly KafkaLog _log;
        readonly CancellationTokenSource _stop = new();
        readonly Task _run;
        Task _keeping = Task.CompletedTask;
        int _read;
        volatile bool _isLeaving;

        public Member(KafkaGroupTests test, KafkaLog log)
        {
            (_test, _log) = (test, log);
            _run = RunAsync();
        }

        public Task HasReadAsync(int records) => UntilAsync(() => _run.IsFaulted || _read >= records);

        /// <summary>Keeps what it was handed, and goes.</summary>
        public Task LeaveAsync()
        {
            _isLeaving = true;
            return _run;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run;
            await _log.DisposeAsync();
        }

        async Task RunAsync()
        {
            try
            {
                await foreach (var batch in _log.ConsumeAsync(_test._topic, _test._topic, ResumeAsync, _stop.Token))
                {
                    await _keeping;
                    _keeping = KeepAsync(batch);
                    if (!_isLeaving)
                        continue;
                    await _keeping;
                    return;
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                await _keeping;
            }
        }

        async ValueTask<Watermark> ResumeAsync(IReadOnlyList<LogPartition> partitions, CancellationToken cancellation)
        {
            await _keeping;
            lock (_test._turn)
                return _test._kept;
        }

        async Task KeepAsync(LogBatch batch)
        {
            await Task.Delay(30, CancellationToken.None);
            foreach (var record in batch.Records)
                _test._handedOut.Add(record.Position);
            lock (_test._turn)
                _test._kept = _test._kept.Furthest(Watermark.Of(batch.Partition, batch.NextOffset));
            Interlocked.Add(ref _read, batch.Records.Count);
            await _log.CommitAsync(_test._topic, _test._topic, Watermark.Of(batch.Partition, batch.NextOffset), CancellationToken.None);
        }
    }
}
