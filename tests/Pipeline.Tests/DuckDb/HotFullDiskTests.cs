using Caudal.Engines.DuckDb;
using Caudal.Log;

namespace Caudal.Tests;

/// <summary>A hot store on a small file system of its own that fills up.</summary>
public sealed class HotFullDiskTests : IDisposable
{
    const int DiskBytes = 96 * 1024 * 1024;
    const int BatchSize = 3_000;

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_the_disk_is_full_a_commit_fails_whole_and_when_space_returns_the_store_goes_on_by_itself()
    {
        var disk = Directory.CreateDirectory(_folder.File("disk")).FullName;
        await using var child = ChildProcess.Start(
            Tool.Unshare, "-Urnm", "sh", "-c", $"mount -t tmpfs -o size={DiskBytes} tmpfs \"$0\" && exec \"$@\"",
            disk, ChildProcess.Self, ChildProgram.Verb, ProgramName, disk);

        var lines = await child.ReadToEndAsync(Cancellation);

        if (lines.Count == 0 && child.Errors.Contains("mount", StringComparison.Ordinal))
            Tool.Miss($"This test needs to mount a tmpfs in a namespace of its own: {child.Errors}");
        lines.ShouldBe(["failed", "holds what was committed", "went on", "holds what was committed"], child.Errors);
    }

    public const string ProgramName = "hot-on-full-disk";

    /// <summary>Fills the disk until a commit fails, looks, makes room, and goes on with the same batch until it is taken.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var ballast = Path.Combine(arguments[0], "ballast");
        File.WriteAllBytes(ballast, new byte[DiskBytes / 3 * 2]);
        await using var hot = HotProgram.Make(Path.Combine(arguments[0], "hot.duckdb"));
        var next = (await hot.OpenAsync(Watermark.Zero, CancellationToken.None)).Next[Some.Partition];

        while (await TryIndexAsync(hot, next))
            next += BatchSize;
        Console.WriteLine("failed");
        await CompareAsync(hot, next);

        File.Delete(ballast);
        for (var attempt = 0; attempt < 5; attempt++)
            if (await TryIndexAsync(hot, next))
            {
                next += BatchSize;
                Console.WriteLine("went on");
                break;
            }
        await CompareAsync(hot, next);
        return 0;
    }

    static async Task<bool> TryIndexAsync(DuckDbHotStore hot, long next)
    {
        try
        {
            await hot.IndexAsync(
                new([.. Enumerable.Range((int)next, BatchSize).Select(HotProgram.Message)],
                    Watermark.Of(Some.Partition, next + BatchSize), BatchSize, 0),
                (_, _) => default, CancellationToken.None);
            return true;
        }
        catch (Exception fault)
        {
            await Console.Error.WriteLineAsync(fault.ToString());
            return false;
        }
    }

    static async Task CompareAsync(DuckDbHotStore hot, long next)
    {
        var range = new PositionRange(Watermark.Zero, Watermark.Of(Some.Partition, long.MaxValue));
        var expected = HotProgram.FiguresUpTo(next);
        try
        {
            var found = await hot.MeasureAsync(range, CancellationToken.None);
            var state = await hot.GetStateAsync(CancellationToken.None);
            Console.WriteLine(found == expected && state.Expected == expected ? "holds what was committed" : $"{found}, not {expected}");
        }
        catch (Exception fault)
        {
            Console.WriteLine(fault.Message);
        }
    }

    public void Dispose() => _folder.Dispose();
}
