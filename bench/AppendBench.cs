using Caudal.Log;
using Microsoft.Win32.SafeHandles;

namespace Caudal.Bench;

/// <summary>Durable appends of 1,000 by eight callers, beside a file that is given the same bytes and synced as often as it pays.</summary>
static class AppendBench
{
    const int Callers = 8;
    const int FloorBytes = 8 * 1024 * 1024;

    public static async Task RunAsync(BenchOptions options)
    {
        var rows = options.Rows ?? 2_000_000;
        List<IReadOnlyList<LogMessage>> batches = [];
        await foreach (var batch in Stores.Generate(rows, seed: 7))
            batches.Add(batch);
        var (ours, one, floor) = (new List<Measured>(), new List<Measured>(), new List<Measured>());
        for (var round = 0; round < options.Rounds; round++)
        {
            await using var stores = await Stores.OpenAsync();
            ours.Add(await Measured.OfAsync(rows, () => AppendAsync(stores, batches, Callers)));
            one.Add(await Measured.OfAsync(rows, () => AppendAsync(stores, batches, callers: 1)));
            floor.Add(await Measured.OfAsync(rows, () => Task.Run(() => Write(stores.File("floor"), batches))));
        }
        Table.Rate($"append to the log, durable, batches of 1,000, {Callers} callers", ours);
        Table.Rate("… one caller", one);
        Table.Rate("… floor: the same bytes written and synced, 8 MiB a time", floor);
        Table.Ratio("append as a share of that floor", ours, floor);
    }

    public static async Task AppendAsync(Stores stores, List<IReadOnlyList<LogMessage>> batches, int callers) =>
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            for (var index = caller; index < batches.Count; index += callers)
                await stores.Log.AppendAsync(Stores.Ingest.Topic, batches[index], CancellationToken.None);
        })));

    static void Write(string path, List<IReadOnlyList<LogMessage>> batches)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var buffer = new byte[FloorBytes];
        var (used, at) = (0, 0L);
        foreach (var message in batches.SelectMany(batch => batch))
        {
            if (used + message.Value.Length > buffer.Length)
                Sync(file, buffer.AsSpan(0, used), ref at, ref used);
            message.Value.Span.CopyTo(buffer.AsSpan(used));
            used += message.Value.Length;
        }
        Sync(file, buffer.AsSpan(0, used), ref at, ref used);
    }

    static void Sync(SafeFileHandle file, ReadOnlySpan<byte> bytes, ref long at, ref int used)
    {
        RandomAccess.Write(file, bytes, at);
        RandomAccess.FlushToDisk(file);
        (at, used) = (at + bytes.Length, 0);
    }
}
