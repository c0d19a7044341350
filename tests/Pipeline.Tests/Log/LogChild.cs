using System.Diagnostics;
using System.Globalization;
using System.Text;
using Caudal.Engines.Sqlite;
using Caudal.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

/// <summary>
/// A process that has a log open and does what it is told on standard input, a line a command, answering with lines. It appends in units of
/// <see cref="UnitSize"/> messages <c>name/n/i</c>, and says <c>ack name n</c> only after the log has.
/// </summary>
static class LogChild
{
    public const string Name = "log";
    public const int UnitSize = 3;
    public const string Topic = "financial_transactions";

    public static async Task<int> RunAsync(string[] arguments)
    {
        var log = await OpenAsync(arguments[0]);
        while (await Console.In.ReadLineAsync() is { } line)
            switch (line.Split(' '))
            {
                case ["append", var name, var n, var bytes]:
                    await AppendAsync(log, name, Number(n), Number(bytes));
                    break;
                case ["flood", var name, var count]:
                    await Task.WhenAll("abcd".Select(writer => Task.Run(() => FloodAsync(log, $"{name}{writer}", Number(count)))));
                    Say("flooded");
                    break;
                case ["count"]:
                    var batches = log.ReadAsync(Topic, Watermark.Zero, follow: false, default);
                    Say($"counted {await batches.SelectMany(batch => batch.Records).CountAsync()}");
                    break;
                case ["consume", var group]:
                    await foreach (var batch in log.ConsumeAsync(Topic, group, (_, _) => new(Watermark.Zero), default))
                        Say($"consumed {batch.NextOffset}");
                    break;
                case ["fault"]:
                    Say($"fault {(await log.DescribeAsync(Topic, default)).WriteFault}");
                    break;
                case ["recover"]:
                    while ((await log.DescribeAsync(Topic, default)).WriteFault is not null)
                        await Task.Delay(10);
                    Say("recovered");
                    break;
                case ["reopen"]:
                    await log.DisposeAsync();
                    log = await OpenAsync(arguments[0]);
                    break;
                case ["ballast", var path, var bytes]:
                    await File.WriteAllBytesAsync(path, new byte[Number(bytes)]);
                    Say("written");
                    break;
                case ["delete", var path]:
                    File.Delete(path);
                    Say("deleted");
                    break;
            }
        await log.DisposeAsync();
        return 0;
    }

    static async Task<SqliteLog> OpenAsync(string path)
    {
        var log = await SqliteLog.OpenAsync(new() { Path = path }, TimeProvider.System, NullLogger<SqliteLog>.Instance, default);
        Say("open");
        return log;
    }

    /// <summary>The messages of one unit, incompressible, so that they take the room they say.</summary>
    public static IReadOnlyList<LogMessage> Unit(string name, int n, int bytes) =>
    [
        .. from i in Enumerable.Range(0, UnitSize)
           select new LogMessage(Encoding.UTF8.GetBytes($"{name}/{n}/{i}/{Noise(n * UnitSize + i, bytes)}")),
    ];

    static string Noise(int seed, int bytes)
    {
        var noise = new byte[bytes / 2];
        new Random(seed).NextBytes(noise);
        return Convert.ToHexString(noise);
    }

    static async Task FloodAsync(SqliteLog log, string name, int count)
    {
        for (var n = 0; n < count; n++)
            await AppendAsync(log, name, n, 100);
    }

    static async Task AppendAsync(SqliteLog log, string name, int n, int bytes)
    {
        try
        {
            await log.AppendAsync(Topic, Unit(name, n, bytes), CancellationToken.None);
            Say($"ack {name} {n} {Stopwatch.GetTimestamp()}");
        }
        catch (LogUnavailableException fault)
        {
            Say($"failed {name} {n} {(fault.OutcomeUnknown ? "unknown" : "refused")}");
        }
    }

    // One write a line, whoever writes: the trace is read by it.
    static void Say(string line) => Console.Out.WriteLine(line);

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
