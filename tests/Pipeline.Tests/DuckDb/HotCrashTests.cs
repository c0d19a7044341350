using Caudal.Log;

namespace Caudal.Tests;

/// <summary>
/// A hot store that was killed, or whose file was damaged, holds exactly what its watermark says, or begins anew and says so.
/// </summary>
public sealed class HotCrashTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string FilePath => _folder.File("hot.duckdb");

    [Fact]
    public async Task Killed_again_and_again_it_holds_what_it_acknowledged_and_what_its_watermark_says()
    {
        // How many commits each life is granted before the kill, which falls into whatever comes next: a row, a bulk, a checkpoint.
        foreach (var commits in new[] { 0, 1, 5, 6, 7, 9, 14, 20 })
        {
            await using var process = ChildProcess.StartChild("hot", FilePath, "1000");
            var acknowledged = await process.ReadUntilAsync("opened", Cancellation);
            for (var commit = 0; commit < commits; commit++)
                acknowledged = await process.ReadUntilAsync("committed", Cancellation);
            await process.KillAsync();

            await ExpectWholeAsync(atLeast: NumberOf(acknowledged), isRebuilt: false);
        }
    }

    [Theory]
    [InlineData("garbage in the log", false)]
    [InlineData("a flipped byte in the log", true)]
    [InlineData("a log cut in the middle", false)]
    [InlineData("garbage in the file", true)]
    [InlineData("a file cut in the middle", true)]
    [InlineData("an empty file with a log", true)]
    public async Task A_damaged_file_is_set_aside_or_holds_what_its_watermark_says(string damage, bool isRebuilt)
    {
        await LeaveFileAndLogAsync();
        Damage(damage);

        // DuckDB may end the process on what it reads there, so children try first: none may be needed more than four times.
        for (var attempt = 0; ; attempt++)
        {
            attempt.ShouldBeLessThan(4);
            await using var process = ChildProcess.StartChild("hot", FilePath, "0");
            if (await process.ReadLineAsync(Cancellation) is not { } opened)
                continue;
            opened.Split(' ')[2].Length.ShouldBe(isRebuilt ? "hot.duckdb.broken-20250913T051215.093Z".Length : 0, opened);
            break;
        }

        await ExpectWholeAsync(atLeast: 0, isRebuilt: false);
        if (isRebuilt)
            Directory.GetFiles(_folder.Path, "hot.duckdb.broken-*").ShouldNotBeEmpty();
    }

    /// <summary>A file with rows in it, and as many commits again in a log that no checkpoint has taken in.</summary>
    async Task LeaveFileAndLogAsync()
    {
        await using (var hot = HotProgram.Make(FilePath))
        {
            await hot.OpenAsync(Watermark.Zero, Cancellation);
            await hot.IndexAsync(
                new([.. Enumerable.Range(0, 5_000).Select(HotProgram.Message)], Watermark.Of(Some.Partition, 5_000), 5_000, 0),
                (_, _) => default, Cancellation);
        }
        await using var process = ChildProcess.StartChild("hot", FilePath, "5");
        await process.ReadUntilAsync("done", Cancellation);
        await process.KillAsync();
        new FileInfo(FilePath + ".wal").Length.ShouldBeGreaterThan(100_000);
    }

    void Damage(string damage)
    {
        using var file = File.Open(damage.Contains("log", StringComparison.Ordinal) ? FilePath + ".wal" : FilePath, FileMode.Open);
        switch (damage)
        {
            case "an empty file with a log":
                File.WriteAllBytes(FilePath, []);
                break;
            case var cut when cut.EndsWith("cut in the middle", StringComparison.Ordinal):
                file.SetLength(file.Length / 2);
                break;
            case "a flipped byte in the log":
                file.Position = file.Length / 2;
                var flipped = (byte)~file.ReadByte();
                file.Position--;
                file.WriteByte(flipped);
                break;
            default:
                file.Write([.. Enumerable.Range(0, (int)file.Length).Select(n => (byte)(n * 31))]);
                break;
        }
    }

    async Task ExpectWholeAsync(long atLeast, bool isRebuilt)
    {
        await using var hot = HotProgram.Make(FilePath);
        var state = await hot.OpenAsync(Watermark.Zero, Cancellation);
        var next = state.Next[Some.Partition];
        next.ShouldBeGreaterThanOrEqualTo(atLeast);
        (state.RebuiltFrom is not null).ShouldBe(isRebuilt);
        var expected = HotProgram.FiguresUpTo(next);
        state.Expected.ShouldBe(expected);
        (await hot.MeasureAsync(new(Watermark.Zero, Watermark.Of(Some.Partition, long.MaxValue)), Cancellation)).ShouldBe(expected);
    }

    static long NumberOf(string line) => long.Parse(line.Split(' ')[1], null);

    public void Dispose() => _folder.Dispose();
}
