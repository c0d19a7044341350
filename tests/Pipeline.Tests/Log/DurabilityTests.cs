using System.Text.RegularExpressions;

namespace Caudal.Tests;

/// <summary>The system calls of a real process, as strace saw them, bear out what the log acknowledges.</summary>
public sealed partial class DurabilityTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    string LogPath => _folder.File("log.db");

    string TracePath => _folder.File("trace.txt");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_acknowledgement_follows_a_completed_sync_of_what_it_covers()
    {
        await using (var child = ChildProcess.StartChildUnder(
            Tool.Strace, ["-f", "-y", "-s", "64", "-o", TracePath, "-e", "trace=write,pwrite64,fsync,fdatasync"], LogChild.Name, LogPath))
        {
            await child.ReadUntilAsync("open", Cancellation);
            for (var n = 0; n < 20; n++)
            {
                await SendAsync(child, $"append one {n} 300");
                (await child.ReadLineAsync(Cancellation)).ShouldStartWith($"ack one {n} ");
            }
            child.Input.Close();
            (await child.WaitForExitAsync(Cancellation)).ShouldBe(0);
        }

        // Between one acknowledgement and the next: frames are written, then synced, then nothing is written before the acknowledgement.
        var acknowledged = 0;
        var (written, synced) = (false, false);
        foreach (var call in ReadTrace())
            if (call.IsTo(LogPath + "-wal"))
                (written, synced) = call.Name switch
                {
                    "pwrite64" => (true, false),
                    "fsync" or "fdatasync" when call.IsDone && call.Succeeded => (written, written),
                    _ => (written, synced),
                };
            else if (call.Name == "write" && call.Text.Contains("\"ack one ", StringComparison.Ordinal) && call.IsBegun)
            {
                written.ShouldBeTrue($"Acknowledgement {acknowledged} stands on nothing: {call.Text}");
                synced.ShouldBeTrue($"Acknowledgement {acknowledged} came before its sync: {call.Text}");
                acknowledged++;
                (written, synced) = (false, false);
            }
        acknowledged.ShouldBe(20);
    }

    [Fact]
    public async Task The_folders_of_a_new_log_are_durable_before_it_acknowledges_anything()
    {
        var (outer, inner) = (_folder.File("new"), _folder.File("new/data"));
        await using (var child = ChildProcess.StartChildUnder(
            Tool.Strace, ["-f", "-y", "-o", TracePath, "-e", "trace=write,fsync"], LogChild.Name, Path.Combine(inner, "log.db")))
        {
            await child.ReadUntilAsync("open", Cancellation);
            child.Input.Close();
            (await child.WaitForExitAsync(Cancellation)).ShouldBe(0);
        }

        var before = ReadTrace().TakeWhile(call => !call.Text.Contains("\"open\\n\"", StringComparison.Ordinal)).ToList();
        foreach (var folder in new[] { _folder.Path, outer, inner })
            before.ShouldContain(call => call.Name == "fsync" && call.IsDone && call.Succeeded && call.IsTo(folder), folder);
    }

    [Fact]
    public async Task After_a_failed_sync_nothing_is_acknowledged_until_the_reopened_file_was_checkpointed_and_reads_go_on()
    {
        var acknowledged = new List<(string, int)>();
        var failed = new List<string>();
        var calm = 0;
        // The log is made without faults, so that these meet the appends' syncs: of each thread's, the third to fifth.
        (await LogTruth.ReadUnitsAsync(LogPath, Cancellation)).ShouldBeEmpty();
        await using (var child = ChildProcess.StartChildUnder(
            Tool.Strace,
            [
                "-f", "-y", "-s", "64", "-o", TracePath, "-e", "trace=write,pwrite64,fsync,fdatasync,ftruncate",
                "-e", "inject=fsync,fdatasync:error=EIO:when=3..5",
            ],
            LogChild.Name, LogPath))
        {
            await child.ReadUntilAsync("open", Cancellation);
            // strace counts each thread's syncs, and the writer's work moves between threads: on until all have met their faults.
            for (var n = 0; calm < 30 && n < 500; n++, calm++)
            {
                await SendAsync(child, $"append one {n} 300");
                var answer = await child.ReadLineAsync(Cancellation) ?? "";
                if (answer.StartsWith("ack", StringComparison.Ordinal))
                {
                    acknowledged.Add(LogTruth.Acknowledged(answer));
                    continue;
                }
                failed.Add(answer);
                calm = 0;
                await SendAsync(child, "fault");
                (await child.ReadLineAsync(Cancellation)).ShouldStartWith("fault");
                await SendAsync(child, "count");
                (await child.ReadLineAsync(Cancellation)).ShouldBe($"counted {acknowledged.Count * LogChild.UnitSize}");
                await SendAsync(child, "recover");
                await child.ReadUntilAsync("recovered", Cancellation);
            }
            child.Input.Close();
            await child.WaitForExitAsync(Cancellation);
        }

        failed.ShouldContain(answer => answer.EndsWith("unknown", StringComparison.Ordinal));
        calm.ShouldBe(30, "It resumes by itself.");
        NothingIsAcknowledgedBetweenAFailedSyncAndATruncation();
        var held = await LogTruth.ReadUnitsAsync(LogPath, Cancellation);
        held.ShouldHold(acknowledged, unit => failed.Contains($"failed one {unit.N} unknown"));
    }

    void NothingIsAcknowledgedBetweenAFailedSyncAndATruncation()
    {
        var (isStopped, failures) = (false, 0);
        foreach (var call in ReadTrace())
            if (call.IsTo(LogPath + "-wal") && call is { Name: "fsync" or "fdatasync", IsDone: true, Succeeded: false })
                (isStopped, failures) = (true, failures + 1);
            else if (call.IsTo(LogPath + "-wal") && call is { Name: "ftruncate", IsDone: true, Succeeded: true })
                isStopped = false;
            else if (call.Name == "write" && call.Text.Contains("\"ack ", StringComparison.Ordinal))
                isStopped.ShouldBeFalse(call.Text);
        failures.ShouldBeGreaterThan(0);
    }

    static async Task SendAsync(ChildProcess child, string command)
    {
        await child.Input.WriteLineAsync(command);
        await child.Input.FlushAsync(Cancellation);
    }

    /// <summary>The trace's lines in order; a call that others interrupted stands there twice, begun and done.</summary>
    IEnumerable<Call> ReadTrace()
    {
        var begun = new Dictionary<string, string>();
        foreach (var line in File.ReadLines(TracePath))
        {
            if (Begun().Match(line) is { Success: true } start)
            {
                var isUnfinished = line.EndsWith("<unfinished ...>", StringComparison.Ordinal);
                if (isUnfinished)
                    begun[start.Groups["pid"].Value] = start.Groups["rest"].Value;
                yield return new(start.Groups["name"].Value, start.Groups["rest"].Value, IsBegun: true, !isUnfinished, Result(line));
            }
            else if (Resumed().Match(line) is { Success: true } end)
                yield return new(end.Groups["name"].Value, begun[end.Groups["pid"].Value], IsBegun: false, IsDone: true, Result(line));
        }

        static bool Result(string line) => Outcome().Match(line) is { Success: true } outcome && outcome.Groups[1].Value != "-1";
    }

    [GeneratedRegex(@"^(?<pid>\d+) +(?<name>\w+)\((?<rest>.*)$")]
    private static partial Regex Begun();

    [GeneratedRegex(@"^(?<pid>\d+) +<\.\.\. (?<name>\w+) resumed>")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"\) += (-?\d+)")]
    private static partial Regex Outcome();

    sealed record Call(string Name, string Text, bool IsBegun, bool IsDone, bool Succeeded)
    {
        public bool IsTo(string path) => Text.Contains($"<{path}>", StringComparison.Ordinal);
    }
}
