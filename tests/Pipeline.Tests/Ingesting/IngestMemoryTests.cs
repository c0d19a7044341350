using System.Globalization;
using System.Text;

namespace Caudal.Tests;

public sealed class IngestMemoryTests
{
    public const string ProgramName = "ingest-with-hot-blocked";

    /// <summary>In memory they would take well over the bound, if nothing made the reader wait.</summary>
    const int Messages = 160_000;

    const int PeakMebibytesMax = 512;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_whose_hot_is_blocked_stays_small_while_a_producer_pushes_and_loses_nothing()
    {
        await using var process = ChildProcess.StartChild(ProgramName);

        var pushed = await process.ReadUntilAsync("pushed", Token);
        PeakMebibytes(process.Id).ShouldBeLessThan(PeakMebibytesMax, pushed);
        await process.Input.WriteLineAsync("unblock");
        var ended = await process.ReadUntilAsync("accounted", Token);

        PeakMebibytes(process.Id).ShouldBeLessThan(PeakMebibytesMax, ended);
        ended.ShouldBe($"accounted {Messages}");
    }

    /// <summary>Pushes into the log while hot takes nothing, says so, and lets hot go on when it is told to.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        await using var ingestion = await Ingestion.OpenAsync();
        var unblock = new TaskCompletionSource();
        ingestion.Hot.BeforeIndex = _ => unblock.Task;
        ingestion.Start();
        foreach (var append in Enumerable.Range(0, Messages).Chunk(1_000))
            await ingestion.AppendAsync(append.Select(Message));
        await Console.Out.WriteLineAsync($"pushed {(await ingestion.StateAsync()).Messages} in hot");
        await Console.In.ReadLineAsync();
        unblock.SetResult();
        await ingestion.WaitForEndAsync();
        await Console.Out.WriteLineAsync($"accounted {(await ingestion.StateAsync()).Messages}");
        await Console.In.ReadLineAsync();
        return 0;
    }

    /// <summary>A message of more than a kibibyte, most of it in a field that is kept as it came.</summary>
    static byte[] Message(int n)
    {
        var text = Encoding.UTF8.GetString(Some.Message(n));
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text[..^1]},\"nota\":\"{new string('x', 1024)}\"}}"));
    }

    static long PeakMebibytes(int process)
    {
        var peak = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
