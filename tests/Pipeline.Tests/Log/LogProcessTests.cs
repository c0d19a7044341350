using System.Diagnostics;
using System.Globalization;
using Caudal.Engines.Sqlite;
using Caudal.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

/// <summary>Real processes on one log: killed, together, one after the other.</summary>
public sealed class LogProcessTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string LogPath => _folder.File("log.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_killed_process_was_told_is_there_exactly_once_and_in_order()
    {
        var random = new Random(20250913);
        var acknowledged = new List<(string, int)>();
        for (var round = 0; round < 20; round++)
        {
            await using var child = ChildProcess.StartChild(LogChild.Name, LogPath);
            await SendAsync(child, $"flood r{round} 1000000");
            for (var lines = random.Next(1, 400); lines > 0; lines--)
                Note(await child.ReadLineAsync(Cancellation));
            await child.KillAsync();
            // What it had said before it died counts too.
            foreach (var line in await child.ReadToEndAsync(Cancellation))
                Note(line);
        }

        acknowledged.Count.ShouldBeGreaterThan(1000);
        (await LogTruth.ReadUnitsAsync(LogPath, Cancellation)).ShouldHold(acknowledged, _ => true);

        void Note(string? line)
        {
            // The last line may be cut; then nobody was told.
            if (line?.Split(' ') is ["ack", var name, var n, { Length: > 8 }])
                acknowledged.Add((name, int.Parse(n, CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public async Task Two_processes_append_at_once_and_a_third_follows()
    {
        const int UnitsEach = 4 * 150;
        await using var log = await OpenAsync();
        await using var left = ChildProcess.StartChild(LogChild.Name, LogPath);
        await using var right = ChildProcess.StartChild(LogChild.Name, LogPath);
        foreach (var child in new[] { left, right })
            await child.ReadUntilAsync("open", Cancellation);

        await SendAsync(left, $"flood left {UnitsEach / 4}");
        await SendAsync(right, $"flood right {UnitsEach / 4}");
        var followed = await log.ReadAsync(LogChild.Topic, Watermark.Zero, follow: true, Cancellation)
            .SelectMany(batch => batch.Records)
            .Take(2 * UnitsEach * LogChild.UnitSize)
            .ToListAsync(Cancellation);
        var acknowledged = new List<(string, int)>();
        foreach (var child in new[] { left, right })
            while (await child.ReadLineAsync(Cancellation) is { } line && line != "flooded")
                acknowledged.Add(LogTruth.Acknowledged(line));

        acknowledged.Count.ShouldBe(2 * UnitsEach);
        var held = await LogTruth.ReadUnitsAsync(LogPath, Cancellation);
        held.ShouldHold(acknowledged, _ => false);
        followed.Select(record => record.Position.Offset).ShouldBe(Enumerable.Range(0, followed.Count).Select(n => (long)n));
        followed.Chunk(LogChild.UnitSize).Select(unit => LogTruth.NameOf(unit[0])).ShouldBe(held);
        var names = held.Select(unit => unit.Name[..4]).ToList();
        // One after the other they would change over once; how often they do is up to the machine.
        names.Zip(names.Skip(1)).Count(pair => pair.First != pair.Second).ShouldBeGreaterThan(1, "Neither waits for the other to end.");
    }

    [Fact]
    public async Task What_another_process_appends_is_noticed_within_5_ms()
    {
        await using var log = await OpenAsync();
        await using var child = ChildProcess.StartChild(LogChild.Name, LogPath);
        await child.ReadUntilAsync("open", Cancellation);
        await using var following = log.ReadAsync(LogChild.Topic, Watermark.Zero, follow: true, Cancellation)
            .GetAsyncEnumerator(Cancellation);
        var delays = new List<TimeSpan>();

        for (var n = 0; n < 60; n++)
        {
            await SendAsync(child, $"append one {n} 200");
            (await following.MoveNextAsync()).ShouldBeTrue();
            var noticed = Stopwatch.GetTimestamp();
            var acknowledged = long.Parse((await child.ReadLineAsync(Cancellation))!.Split(' ')[^1], CultureInfo.InvariantCulture);
            delays.Add(Stopwatch.GetElapsedTime(acknowledged, noticed));
        }

        // The median: a busy machine may hold up single ones.
        delays.Order().ElementAt(delays.Count / 2).ShouldBeLessThan(TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public async Task A_dead_process_leaves_its_lease_to_the_next_at_once()
    {
        await using var log = await OpenAsync();
        await log.AppendAsync(LogChild.Topic, LogChild.Unit("one", 0, 10), Cancellation);
        await using var child = ChildProcess.StartChild(LogChild.Name, LogPath);
        await SendAsync(child, "consume group");
        await child.ReadUntilAsync("consumed", Cancellation);

        await using var next = log.ConsumeAsync(LogChild.Topic, "group", (_, _) => new(Watermark.Zero), Cancellation)
            .GetAsyncEnumerator(Cancellation);
        var waiting = next.MoveNextAsync().AsTask();
        await Should.ThrowAsync<TimeoutException>(() => waiting.WaitAsync(TimeSpan.FromMilliseconds(600), Cancellation));
        await child.KillAsync();

        // Far less than the lease's length.
        (await waiting.WaitAsync(TimeSpan.FromSeconds(5), Cancellation)).ShouldBeTrue();
        next.Current.Records.Count.ShouldBe(LogChild.UnitSize);
    }

    Task<SqliteLog> OpenAsync() =>
        SqliteLog.OpenAsync(new() { Path = LogPath }, TimeProvider.System, NullLogger<SqliteLog>.Instance, Cancellation);

    static async Task SendAsync(ChildProcess child, string command)
    {
        await child.Input.WriteLineAsync(command);
        await child.Input.FlushAsync(Cancellation);
    }
}
