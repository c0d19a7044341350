namespace Caudal.Tests;

/// <summary>What an operator does after log.db was restored from a backup that is older than what was ingested.</summary>
public sealed class NewEpochVerbTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

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

    /// <summary>Nothing else runs, and nobody has looked at the log since it was restored: whoever comes first looks.</summary>
    [Fact]
    public async Task Until_then_nothing_is_appended_through_any_door()
    {
        var file = _folder.File("more.ndjson");
        await DoneAsync("generate --count 300 --seed 1");
        await DoneAsync("batch run");
        File.Copy(Log, Log + ".backup");
        await DoneAsync("generate --count 200 --seed 2");
        await DoneAsync("status");
        await DoneAsync($"generate --count 500 --seed 3 --output {file}");
        await DoneAsync("generate --count 5 --seed 4 --output five.ndjson");

        // What is appended would pass the watermark, so that nothing would tell any more.
        string[] doors = ["generate --count 500 --seed 3", $"import {file}", "up --port 0", "ingest"];
        foreach (var door in doors)
        {
            File.Copy(Log + ".backup", Log, overwrite: true);
            var refused = await RunAsync(door);
            refused.ExitCode.ShouldBe(1, door);
            refused.Error.ShouldContain("caudal log new-epoch", customMessage: door);
            (await CountAsync()).ShouldBe(300, door);
        }
        // Held in its own file by now, whoever appends.
        (await RunAsync("generate --count 500 --seed 3")).ExitCode.ShouldBe(1);
        (await RunAsync("status")).ExitCode.ShouldBe(3);

        (await DoneAsync("log new-epoch --yes --json")).Json.GetProperty("lost").GetInt64().ShouldBe(200);
        await DoneAsync("generate --count 100 --seed 5");
        (await DoneAsync($"import {file} --json")).Json.GetProperty("accepted").GetInt64().ShouldBe(500);
        await using (var up = await CaudalProcess.UpAsync(_folder))
        {
            using var http = up.Client(await CaudalProcess.TokenAsync(_folder, "sender"));
            using var five = new StringContent(
                await File.ReadAllTextAsync(_folder.File("five.ndjson"), Cancellation), System.Text.Encoding.UTF8, "application/x-ndjson");
            using var taken = await http.PostAsync("/api/transactions", five, Cancellation);
            taken.EnsureSuccessStatusCode();
            up.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
            (await up.EndAsync()).ExitCode.ShouldBe(0);
        }
        await DoneAsync("batch run");
        var verified = (await DoneAsync("verify --json")).Json;
        verified.GetProperty("reconciled").GetBoolean().ShouldBeTrue();
        verified.GetProperty("log").GetProperty("messages").GetInt64().ShouldBe(300 + 200 + 100 + 500 + 5);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>How many messages the log's file holds.</summary>
    async Task<long> CountAsync()
    {
        await using var log = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Log};Pooling=False");
        await log.OpenAsync(Cancellation);
        await using var command = log.CreateCommand();
        command.CommandText =
            "SELECT sum(record_count) FROM batches JOIN epochs ON epoch_id = epochs.id WHERE topic NOT LIKE '%.%'";
        return (long)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    Task<Said> RunAsync(string line) => CaudalProcess.RunAsync(_folder, line.Split(' '));

    async Task<Said> DoneAsync(string line)
    {
        var said = await RunAsync(line);
        said.ExitCode.ShouldBe(0, $"caudal {line}: {said.Error} {said.Out}");
        return said;
    }
}
