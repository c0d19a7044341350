using System.Text;
using Caudal.Engines.Sqlite;
using Caudal.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

/// <summary>Compares what a log holds with the ledger that a test kept of what children said.</summary>
static class LogTruth
{
    /// <summary>Opens the file anew and reads the units that it holds, in order.</summary>
    public static async Task<IReadOnlyList<(string Name, int N)>> ReadUnitsAsync(string path, CancellationToken cancellation)
    {
        await using var log = await SqliteLog.OpenAsync(
            new() { Path = path }, TimeProvider.System, NullLogger<SqliteLog>.Instance, cancellation);
        var messages = await log.ReadAsync(LogChild.Topic, Watermark.Zero, follow: false, cancellation)
            .SelectMany(batch => batch.Records)
            .Select(record => Encoding.UTF8.GetString(record.Message.Value.Span).Split('/'))
            .ToListAsync(cancellation);
        foreach (var unit in messages.Chunk(LogChild.UnitSize))
        {
            unit.Select(message => $"{message[0]}/{message[1]}").Distinct().Count().ShouldBe(1);
            unit.Select(message => message[2]).ShouldBe(Enumerable.Range(0, LogChild.UnitSize).Select(i => $"{i}"));
        }
        return [.. messages.Chunk(LogChild.UnitSize).Select(unit => (unit[0][0], int.Parse(unit[0][1], null)))];
    }

    /// <summary>Everything acknowledged is there exactly once, in order; what else is there was tried.</summary>
    public static void ShouldHold(
        this IReadOnlyList<(string Name, int N)> held,
        IReadOnlyCollection<(string Name, int N)> acknowledged,
        Func<(string Name, int N), bool> wasTried)
    {
        held.Distinct().Count().ShouldBe(held.Count, "Nothing is there twice.");
        acknowledged.Except(held).ShouldBeEmpty("Everything acknowledged is there.");
        held.Except(acknowledged).ShouldAllBe(unit => wasTried(unit));
        foreach (var own in held.GroupBy(unit => unit.Name))
            own.Select(unit => unit.N).ShouldBeInOrder();
    }

    /// <summary>The unit that a message belongs to.</summary>
    public static (string Name, int N) NameOf(LogRecord record)
    {
        var parts = Encoding.UTF8.GetString(record.Message.Value.Span).Split('/');
        return (parts[0], int.Parse(parts[1], null));
    }

    /// <summary>What an <c>ack name n …</c> line says.</summary>
    public static (string Name, int N) Acknowledged(string line)
    {
        var parts = line.Split(' ');
        return (parts[1], int.Parse(parts[2], null));
    }
}
