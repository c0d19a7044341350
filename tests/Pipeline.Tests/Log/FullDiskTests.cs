namespace Caudal.Tests;

/// <summary>A log on a small file system of its own that fills up.</summary>
public sealed class FullDiskTests : IDisposable
{
    const int DiskBytes = 4 * 1024 * 1024;

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task When_the_disk_is_full_nothing_is_acknowledged_reads_go_on_and_it_resumes_by_itself_when_space_returns()
    {
        await using var child = await StartOnSmallDiskAsync();
        var (log, ballast) = (_folder.File("disk/log.db"), _folder.File("disk/ballast"));
        var (acknowledged, n) = (0, 0);

        await AskAsync(child, $"ballast {ballast} {DiskBytes / 2}");
        string answer;
        while ((answer = await AskAsync(child, $"append one {n++} 20000")).StartsWith("ack", StringComparison.Ordinal))
            acknowledged++;

        acknowledged.ShouldBeGreaterThan(5);
        answer.ShouldStartWith("failed");
        (await AskAsync(child, "fault")).ShouldContain("full");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            (await AskAsync(child, $"append one {n++} 20000")).ShouldStartWith("failed");
            (await AskAsync(child, "count")).ShouldBe($"counted {acknowledged * LogChild.UnitSize}");
        }

        await AskAsync(child, $"delete {ballast}");
        (await AskAsync(child, "recover")).ShouldBe("recovered");
        (await AskAsync(child, $"append one {n} 20000")).ShouldStartWith($"ack one {n} ");
        (await AskAsync(child, "count")).ShouldBe($"counted {(acknowledged + 1) * LogChild.UnitSize}");
        (await AskAsync(child, "fault")).ShouldBe("fault ");
    }

    [Fact]
    public async Task A_log_that_is_opened_on_a_full_disk_can_be_read()
    {
        await using var child = await StartOnSmallDiskAsync();
        var (acknowledged, n) = (0, 0);
        while ((await AskAsync(child, $"append one {n++} 20000")).StartsWith("ack", StringComparison.Ordinal))
            acknowledged++;

        (await AskAsync(child, "reopen")).ShouldBe("open");

        (await AskAsync(child, "count")).ShouldBe($"counted {acknowledged * LogChild.UnitSize}");
    }

    /// <summary>The child in a mount namespace of its own, where <c>disk</c> is a small tmpfs.</summary>
    async Task<ChildProcess> StartOnSmallDiskAsync()
    {
        var disk = Directory.CreateDirectory(_folder.File("disk")).FullName;
        var child = ChildProcess.Start(
            Tool.Unshare, "-Urnm", "sh", "-c", $"mount -t tmpfs -o size={DiskBytes} tmpfs \"$0\" && exec \"$@\"",
            disk, ChildProcess.Self, ChildProgram.Verb, LogChild.Name, Path.Combine(disk, "log.db"));
        if (await child.ReadLineAsync(Cancellation) is null)
        {
            await using var failed = child;
            Tool.Miss($"This test needs to mount a tmpfs in a namespace of its own: {child.Errors}");
        }
        return child;
    }

    static async Task<string> AskAsync(ChildProcess child, string command)
    {
        await child.Input.WriteLineAsync(command);
        await child.Input.FlushAsync(Cancellation);
        return await child.ReadLineAsync(Cancellation)
            ?? throw new InvalidOperationException($"The child ended at '{command}': {child.Errors}");
    }
}
