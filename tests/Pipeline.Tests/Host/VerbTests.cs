using System.Text.Json;

namespace Caudal.Tests;

/// <summary>The whole of Caudal through its command line, as people and scripts use it.</summary>
public sealed class VerbTests : IDisposable
{
    const string Generated = "--count 2000 --seed 7 --from 2025-09-01 --to 2025-09-08 --faults duplicate=0.01,malformed=0.01 --json";

    readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task From_generated_to_proven_history_with_nothing_else_running()
    {
        var generated = (await RunAsync($"generate {Generated}")).Json;
        generated.GetProperty("generated").GetInt64().ShouldBe(2000);
        var (duplicates, malformed) = (Fault(generated, "duplicate"), Fault(generated, "malformed"));

        var run = (await RunAsync("batch run --json")).Json;
        Members(run).ShouldBe(["run", "state", "extracted", "loaded", "rejected", "duplicates", "purged", "sum", "digest"]);
        run.GetProperty("state").GetString().ShouldBe("purged");
        run.GetProperty("loaded").GetInt64().ShouldBe(2000 - duplicates - malformed);
        run.GetProperty("duplicates").GetInt64().ShouldBe(duplicates);

        var status = (await RunAsync("status --json")).Json;
        Members(status).ShouldBe(["reconciled", "log", "hot", "history", "rejections", "duplicates", "differences"]);
        Members(status.GetProperty("log")).ShouldBe(["messages", "lag"]);
        Members(status.GetProperty("hot")).ShouldBe(["count", "sum", "digest", "awaitingPurge"]);
        Members(status.GetProperty("history")).ShouldBe(["count", "sum", "digest", "migrated"]);
        Members(status.GetProperty("rejections")).ShouldBe(["count", "open"]);
        Members(status.GetProperty("duplicates")).ShouldBe(["count"]);
        status.GetProperty("reconciled").GetBoolean().ShouldBeTrue();
        status.GetProperty("history").GetProperty("sum").GetString().ShouldBe(run.GetProperty("sum").GetString());
        status.GetProperty("rejections").GetProperty("count").GetInt64().ShouldBe(malformed);

        (await RunAsync("verify --json")).Out.ShouldBe((await RunAsync("status --json")).Out);
    }

    [Fact]
    public async Task An_imported_file_is_accounted_for_and_absorbed_when_it_comes_again()
    {
        await RunAsync($"generate {Generated.Replace("--json", "--output week.ndjson")}");

        var first = (await RunAsync("import week.ndjson --json")).Json;
        var second = (await RunAsync("import week.ndjson --json")).Json;

        Members(first).ShouldBe(["read", "accepted", "rejected", "duplicates", "sum", "rejections"]);
        first.GetProperty("read").GetInt64().ShouldBe(2000);
        second.GetProperty("accepted").GetInt64().ShouldBe(0);
        second.GetProperty("sum").GetString().ShouldBe("0.00");
        var accepted = first.GetProperty("accepted").GetInt64();
        second.GetProperty("duplicates").GetInt64().ShouldBe(accepted + first.GetProperty("duplicates").GetInt64());
        var count = (await RunAsync("search --count --json")).Json;
        Members(count).ShouldBe(["count", "sum", "average"]);
        count.GetProperty("count").GetInt64().ShouldBe(accepted);
        count.GetProperty("sum").GetString().ShouldBe(first.GetProperty("sum").GetString());
    }

    [Fact]
    public async Task Standard_input_is_imported_and_rejections_can_be_looked_at_mended_and_discarded()
    {
        const string lacking = """{"app": "DeUna", "valor": 1}""";
        var imported = await CaudalProcess.RunWithAsync(_folder, null, $"{lacking}\nno json\n", "import", "-", "--format", "ndjson",
            "--json");
        imported.Json.GetProperty("rejected").GetInt64().ShouldBe(2);

        var listed = (await RunAsync("rejections list --state open --json")).JsonLines;
        listed.Select(row => row.GetProperty("code").GetString()).ShouldBe(["not_json", "missing_field"], ignoreOrder: true);
        var id = listed.Single(row => row.GetProperty("code").GetString() == "missing_field").GetProperty("id").GetString();
        var kept = (await RunAsync($"rejections show {id} --json")).Json.GetProperty("bytes").GetBytesFromBase64();
        kept.ShouldBe(System.Text.Encoding.UTF8.GetBytes(lacking));

        File.WriteAllText(_folder.File("mended.json"), """
            {"app": "DeUna", "id_ordenante": "1", "valor": 1, "producto": "Ahorros", "cuenta_ordenante": "2", "cuenta_beneficiario": "3",
             "detalle": "mended", "timestamp": "2025-09-13T05:12:15Z"}
            """);
        (await RunAsync($"rejections resend {id} --edited mended.json --json")).Json.GetProperty("state").GetString().ShouldBe("resent");
        var other = listed.Single(row => row.GetProperty("code").GetString() == "not_json").GetProperty("id").GetString();
        (await RunAsync($"rejections discard {other} --why garbage --json")).Json.GetProperty("why").GetString().ShouldBe("garbage");

        (await RunAsync("rejections list --state open --json")).Out.ShouldBeEmpty();
        (await RunAsync("search --json")).JsonLines.Single().GetProperty("detalle").GetString().ShouldBe("mended");
        (await RunAsync("status --json")).Json.GetProperty("reconciled").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_declined_row_is_a_rejection_with_its_bytes_and_comes_back_when_it_is_sent_again()
    {
        const string free = """
            {"app": "DeUna", "id_ordenante": "1", "valor": 0, "producto": "Ahorros", "cuenta_ordenante": "2", "cuenta_beneficiario": "3",
            """ + """ "detalle": "free", "timestamp": "2025-09-13T05:12:15Z"}""";
        await CaudalProcess.RunWithAsync(_folder, null, free, "import", "-", "--format", "ndjson", "--json");
        (await CaudalProcess.RunAsync(_folder, "batch", "run")).ExitCode.ShouldBe(3);
        (await CaudalProcess.RunAsync(_folder, "batch", "decline", "1", "--why", "")).ExitCode.ShouldNotBe(0);
        await RunAsync("batch decline 1 --why test");
        await RunAsync("batch run");
        (await RunAsync("search --json")).Out.ShouldBeEmpty();

        var rejection = (await RunAsync("rejections list --json")).JsonLines.Single();
        rejection.GetProperty("code").GetString().ShouldBe("declined");
        await RunAsync($"rejections resend {rejection.GetProperty("id").GetString()}");

        (await RunAsync("search --store hot --json")).JsonLines.Single().GetProperty("detalle").GetString().ShouldBe("free");
        (await RunAsync("status --json")).Json.GetProperty("reconciled").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Beside_up_every_verb_answers_as_it_does_alone()
    {
        string[] verbs =
        [
            "status --json", "verify --json", "search --limit 20 --json", "search --count --json", "search --sort +valor --limit 3 --json",
            "rejections list --json", "batch list --json", "batch show 1 --json",
        ];
        await RunAsync($"generate {Generated}");
        await RunAsync("batch run --json");
        await RunAsync($"generate {Generated.Replace("--seed 7", "--seed 8")}");
        var alone = new List<string>();
        foreach (var verb in verbs)
            alone.Add((await RunAsync(verb)).Out);

        await using var up = await CaudalProcess.UpAsync(_folder);
        var beside = new List<string>();
        foreach (var verb in verbs)
            beside.Add((await RunAsync(verb)).Out);

        beside.ShouldBe(alone);
    }

    [Fact]
    public async Task A_backfill_tells_what_each_day_holds_and_has_nothing_to_do_where_none_is_over()
    {
        (await CaudalProcess.RunWithAsync(_folder, null, "{}\n{}\n", "import", "-")).ExitCode.ShouldBe(0);
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        var span = $"--from {today.AddDays(-1):yyyy-MM-dd} --to {today.AddDays(1):yyyy-MM-dd}";

        var days = (await RunAsync($"batch backfill {span} --dry-run --json")).JsonLines;
        days.Select(day => day.GetProperty("state").GetString()).ShouldBe(["settled", "notOver", "notOver"]);
        days.Sum(day => day.GetProperty("messages").GetInt64()).ShouldBe(2);
        var nothing = await RunAsync($"batch backfill {span} --json");
        (nothing.Out, nothing.Error).ShouldBe(("", "There is nothing to do: no day of these is over and waits for its run."));
        var wrong = await CaudalProcess.RunAsync(_folder, "batch", "backfill", "--from", "yesterday", "--to", "today");
        (wrong.ExitCode, wrong.Error).ShouldBe((2, "'yesterday' is no day for from: write 2025-09-13."));
    }

    [Fact]
    public async Task Where_a_scheduler_runs_status_says_when_it_makes_runs_next()
    {
        await using var up = await CaudalProcess.UpAsync(_folder, "--demo");

        var schedule = (await RunAsync("status --json")).Json.GetProperty("schedule");

        schedule.GetProperty("cron").GetString().ShouldBe("* * * * *");
        (await RunAsync("status")).Out.ShouldContain("scheduled runs (* * * * *)", Case.Insensitive);
    }

    [Fact]
    public async Task A_step_at_a_time_is_a_run_and_a_step_before_its_turn_is_refused()
    {
        await RunAsync($"generate {Generated}");
        // A run is made by running it; its first step is then done already, and so is each that is asked for again.
        var run = (await RunAsync("batch run --key airflow-1 --json")).Json.GetProperty("run").GetInt64();

        foreach (var step in new[] { "extract", "validate", "load", "reconcile", "purge" })
            (await RunAsync($"batch step {step} --run {run} --json")).Json.GetProperty("state").GetString().ShouldBe("purged");
        (await RunAsync("batch run --key airflow-1 --json")).Json.GetProperty("run").GetInt64().ShouldBe(run);
    }

    [Fact]
    public async Task A_run_over_a_threshold_waits_for_a_person()
    {
        var variables = new Dictionary<string, string> { ["CAUDAL_Batch__AmountMax"] = "0.01" };
        await RunAsync($"generate {Generated}");

        var waiting = await CaudalProcess.RunWithAsync(_folder, variables, null, "batch", "run", "--json");
        waiting.ExitCode.ShouldBe(3);
        waiting.Json.GetProperty("state").GetString().ShouldBe("waitingForApproval");
        waiting.Error.ShouldContain("caudal batch approve 1");

        (await RunAsync("batch approve 1 --json")).Json.GetProperty("state").GetString().ShouldBe("validated");
        (await RunAsync("batch run --json")).Json.GetProperty("state").GetString().ShouldBe("purged");
    }

    [Fact]
    public async Task What_stands_in_both_stores_until_its_purge_shows_and_counts_once()
    {
        var variables = new Dictionary<string, string> { ["CAUDAL_Batch__AmountMax"] = "0.01" };
        await RunAsync("generate --count 50 --seed 7 --from 2025-09-01 --to 2025-09-08");
        await CaudalProcess.RunWithAsync(_folder, variables, null, "batch", "run");
        await RunAsync("batch approve 1");
        var (rows, count) = ((await RunAsync("search --json")).JsonLines, (await RunAsync("search --count --json")).Out);

        await RunAsync("batch step load --run 1");

        foreach (var store in new[] { "hot", "history", "both" })
            (await RunAsync($"search --store {store} --count --json")).Out.ShouldBe(count, store);
        (await RunAsync("search --json")).JsonLines.Select(Id).ShouldBe(rows.Select(Id));
        (await RunAsync("status --json")).Json.GetProperty("hot").GetProperty("awaitingPurge").GetInt64().ShouldBe(50);

        await RunAsync("batch run");
        (await RunAsync("search --store hot --count --json")).Json.GetProperty("count").GetInt64().ShouldBe(0);
        (await RunAsync("search --count --json")).Out.ShouldBe(count);

        static string? Id(JsonElement row) => row.GetProperty("id").GetString();
    }

    [Fact]
    public async Task Standard_output_is_only_what_was_generated()
    {
        (await RunAsync("generate --count 20 --output -")).JsonLines.Count.ShouldBe(20);
        Directory.Exists(_folder.File("data")).ShouldBeFalse();
    }

    [Fact]
    public async Task The_settings_are_shown_with_their_sources()
    {
        File.WriteAllText(_folder.File("caudal.json"), """{ "Http": { "Port": 5700 } }""");
        var variables = new Dictionary<string, string> { ["CAUDAL_Ingest__Topic"] = "pagos" };

        var shown = (await CaudalProcess.RunWithAsync(_folder, variables, null, "config", "show", "--data", "d", "--json")).Json;

        shown.GetProperty("Http:Port").ToString().ShouldBe("""{"value":"5700","source":"caudal.json"}""");
        shown.GetProperty("Ingest:Topic").ToString().ShouldBe("""{"value":"pagos","source":"environment CAUDAL_Ingest__Topic"}""");
        shown.GetProperty("Data").ToString().ShouldBe("""{"value":"d","source":"--data"}""");
        shown.GetProperty("Log:Engine").ToString().ShouldBe("""{"value":"sqlite","source":"default"}""");
        (await RunAsync("config check --json")).Out.ShouldBe("{\"valid\":true,\"given\":1}\n");
    }

    [Fact]
    public async Task Options_may_stand_before_the_verb_or_after_it()
    {
        await RunAsync("--data here generate --count 10 --json");

        (await RunAsync("--json --data here search --count")).Out.ShouldBe((await RunAsync("search --count --data here --json")).Out);
        Directory.Exists(_folder.File("data")).ShouldBeFalse();
    }

    [Fact]
    public async Task People_get_tables_without_colours_where_no_terminal_is()
    {
        await RunAsync("generate --count 10");

        var status = (await RunAsync("status")).Out;
        status.ShouldContain("Reconciled: every message is accounted for.");
        status.ShouldNotContain('\u001b');
        (await RunAsync("search --limit 3")).Out.ShouldContain("cuenta_beneficiario");
    }

    public void Dispose() => _folder.Dispose();

    async Task<Said> RunAsync(string line)
    {
        var said = await CaudalProcess.RunAsync(_folder, line.Split(' '));
        said.ExitCode.ShouldBe(0, $"caudal {line}: {said.Error}");
        return said;
    }

    static IEnumerable<string> Members(JsonElement element) => element.EnumerateObject().Select(member => member.Name);

    static long Fault(JsonElement generated, string name) => generated.GetProperty("faults").GetProperty(name).GetInt64();
}
