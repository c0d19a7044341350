namespace Caudal.Tests;

/// <summary>The published DAG in one process of Airflow, against a running Caudal.</summary>
public sealed class DagTests
{
    static DateOnly Yesterday => LoggedDays.Today.AddDays(-1);

    [Fact]
    public async Task It_settles_a_day_and_shows_the_figures_of_each_step_and_the_same_day_again_changes_nothing()
    {
        await using var airflow = AirflowHome.Make(firstDay: Yesterday);
        await using var caudal = await LoggedDays.StartAsync(LoggedDays.Hundred(0), LoggedDays.Hundred(1));

        var (exitCode, log) = await airflow.TestAsync(Yesterday, caudal.Address, caudal.Token);

        exitCode.ShouldBe(0, log);
        log.ShouldContain($"of {Yesterday:yyyy-MM-dd} is extracted");
        log.ShouldContain("messages 100, extracted 100, duplicates 0, rejected 0, loaded 0, purged 0");
        log.ShouldContain($"of {Yesterday:yyyy-MM-dd} is purged");
        log.ShouldContain("messages 100, extracted 100, duplicates 0, rejected 0, loaded 100, purged 100");
        var run = (await caudal.AskAsync("batch", "show", "1")).Json;
        log.ShouldContain($"sum {run.GetProperty("sum").GetString()}, digest {run.GetProperty("digest").GetString()}");
        log.ShouldContain("reconcile, attempt 1 by ");
        log.ShouldNotContain(caudal.Token);
        (await caudal.RunsAsync()).ShouldBe([(Yesterday, "purged", 100)]);
        await caudal.ShouldBeReconciledAsync(history: 100, hot: 100);

        (exitCode, log) = await airflow.TestAsync(Yesterday, caudal.Address, caudal.Token);

        exitCode.ShouldBe(0, log);
        (await caudal.RunsAsync()).ShouldBe([(Yesterday, "purged", 100), (Yesterday, "purged", 0)]);
        await caudal.ShouldBeReconciledAsync(history: 100, hot: 100);
    }

    [Fact]
    public async Task A_wrong_token_fails_it_at_once_and_its_log_says_where_the_right_one_belongs()
    {
        await using var airflow = AirflowHome.Make(firstDay: Yesterday);
        await using var caudal = await LoggedDays.StartAsync(LoggedDays.Hundred(0));

        var (exitCode, log) = await airflow.TestAsync(Yesterday, caudal.Address, "cdl_of_another_caudal");

        exitCode.ShouldNotBe(0, log);
        log.ShouldContain("The token is not known, has expired or was revoked");
        log.ShouldContain("The token is the password of connection 'caudal'.");
        log.ShouldNotContain("UP_FOR_RETRY");
        (await caudal.RunsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_nobody_answers_it_is_tried_again_and_its_log_says_what_to_look_at()
    {
        await using var airflow = AirflowHome.Make(firstDay: Yesterday);
        airflow.Set("RETRIES", "1");

        var (exitCode, log) = await airflow.TestAsync(Yesterday, new("http://127.0.0.1:1"), "any");

        exitCode.ShouldNotBe(0, log);
        log.Split("running task").Length.ShouldBe(3, "two attempts");
        log.ShouldContain("Caudal does not answer at http://127.0.0.1:1");
        log.ShouldContain("are host, port and schema of connection 'caudal' right?");
    }
}
