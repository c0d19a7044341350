namespace Caudal.Tests;

/// <summary>What an operator does after log.db was restored from a backup that is older than what was ingested.</summary>
public sealed class NewEpochVerbTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    string Log => _folder.File("data/log.db");

    [Fact]
    public async Task A_restored_log_is_refused_until_the_operator_says_so_and_then_every_row_is_there_once()
    {
        await DoneAsync("generate --count 1000 --seed 1 --faults duplicate=0.01,malformed=0.01");
        await DoneAsync("batch run");
        await DoneAsync("generate --count 500 --seed 2 --faults malformed=0.01");
        await DoneAsync("status");
        File.Copy(Log, Log + ".backup");
        await DoneAsync("generate --count 700 --seed 3 --faults duplicate=0.01,malformed=0.01");
        var before = (await DoneAsync("status --json")).Json;
        File.Copy(Log + ".backup", Log, overwrite: true);

        var up = await RunAsync("up --port 0");
        up.ExitCode.ShouldBe(1);
        up.Error.ShouldContain("caudal log new-epoch");
        var refused = await RunAsync("status");
        refused.ExitCode.ShouldBe(3);
        refused.Out.ShouldContain("The log ends before what was ingested from it.");
        var unsaid = await RunAsync("log new-epoch");
        unsaid.ExitCode.ShouldBe(2);
        unsaid.Error.ShouldContain("the 700 ingested messages that the log has lost");

        var begun = (await DoneAsync("log new-epoch --yes --json")).Json;
        begun.GetProperty("lost").GetInt64().ShouldBe(700);
        begun.GetProperty("gone").GetInt64().ShouldBeGreaterThan(0);
        (await DoneAsync("status --json")).Json.ToString().ShouldBe(before.ToString());

        await DoneAsync("generate --count 300 --seed 4");
        (await DoneAsync("batch run --json")).Json.GetProperty("state").GetString().ShouldBe("purged");
        var verified = (await DoneAsync("verify --json")).Json;
        verified.GetProperty("reconciled").GetBoolean().ShouldBeTrue();
        verified.GetProperty("log").GetProperty("messages").GetInt64().ShouldBe(2500);
        var rejected = verified.GetProperty("rejections").GetProperty("count").GetInt64();
        var duplicates = verified.GetProperty("duplicates").GetProperty("count").GetInt64();
        verified.GetProperty("history").GetProperty("count").GetInt64().ShouldBe(2500 - rejected - duplicates);

        var again = await RunAsync("log new-epoch --yes");
        again.ExitCode.ShouldBe(1);
        again.Error.ShouldContain("there is nothing to do");
    }

    public void Dispose() => _folder.Dispose();

    Task<Said> RunAsync(string line) => CaudalProcess.RunAsync(_folder, line.Split(' '));

    async Task<Said> DoneAsync(string line)
    {
        var said = await RunAsync(line);
        said.ExitCode.ShouldBe(0, $"caudal {line}: {said.Error} {said.Out}");
        return said;
    }
}
