using System.Diagnostics;
using System.Text.Json;

namespace Caudal.Tests;

/// <summary>The published DAG in a running scheduler of Airflow.</summary>
public sealed class SchedulerDagTests
{
    /// <summary>
    /// Three days are filled in while three runs may be at work at once. The first run's extract is killed when Caudal has made the run and
    /// before the task hears of it; the last day's run waits for a person.
    /// </summary>
    [Fact, Trait("Takes", "minutes")]
    public async Task A_backfill_settles_each_day_once_by_its_own_run_though_a_task_is_killed_between_request_and_reply()
    {
        var days = Enumerable.Range(-3, 3).Select(LoggedDays.Today.AddDays).ToList();
        await using var airflow = AirflowHome.Make(firstDay: days[0]);
        await using var caudal = await LoggedDays.StartAsync(
            LoggedDays.Hundred(0), LoggedDays.Hundred(1), [.. LoggedDays.Hundred(2).Select(each => each with { Amount = default })],
            LoggedDays.Hundred(3));
        await using var front = await ClusterFront.StartAsync(caudal.Address.GetLeftPart(UriPartial.Authority));
        using var held = new SemaphoreSlim(0);
        using var killed = new ManualResetEventSlim();
        front.After = (context, answer) =>
        {
            if (context.Request.Method != "POST" || context.Request.Path != "/api/batch/runs" || killed.IsSet)
                return answer;
            held.Release();
            killed.Wait(context.RequestAborted);
            return null;
        };
        await airflow.StartAsync();
        await airflow.ConnectAsync(new(front.Address), caudal.Token);
        await airflow.PostAsync("/backfills", new
        {
            dag_id = AirflowHome.Dag, from_date = $"{days[0]:yyyy-MM-dd}T00:00:00Z", to_date = $"{days[2]:yyyy-MM-dd}T23:00:00Z",
            max_active_runs = 3, reprocess_behavior = "failed",
        });
        await airflow.UnpauseAsync();

        (await held.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken)).ShouldBeTrue("the request came");
        await KillAsync(airflow);
        killed.Set();

        await AirflowHome.UntilAsync("the last day's run waits for a person", async () =>
            await caudal.RunsAsync() is [_, _, (_, "waitingForApproval", _)]);
        var last = (await RunsAsync(airflow))[2].Id;
        await AirflowHome.UntilAsync("validate says that it waits", async () =>
            (await airflow.LogAsync(last, "validate")).Contains("Run 3 WAITS FOR A PERSON", StringComparison.Ordinal));
        await caudal.AskAsync("batch", "approve", "3");
        await AirflowHome.UntilAsync("every run has succeeded", async () =>
            (await RunsAsync(airflow)).All(run => run.State == "success"));

        (await caudal.RunsAsync()).ShouldBe(days.Select(day => (day, "purged", 100L)));
        await caudal.ShouldBeReconciledAsync(history: 300, hot: 100);
        (await airflow.LogAsync((await RunsAsync(airflow))[0].Id, "extract", attempt: 2)).ShouldContain("extracted 100");

        await airflow.PostAsync($"/dags/{AirflowHome.Dag}/dagRuns/{Uri.EscapeDataString(last)}/clear", new { dry_run = false });
        await AirflowHome.UntilAsync("the last run is done again", async () =>
            (await RunsAsync(airflow))[2].State == "success"
            && (await airflow.LogAsync(last, "purge", attempt: 2)).Contains("Run 3 ", StringComparison.Ordinal));
        (await caudal.RunsAsync()).Count.ShouldBe(3);
        await caudal.ShouldBeReconciledAsync(history: 300, hot: 100);
    }

    /// <summary>SIGKILL of the one task that runs, by its process id.</summary>
    static async Task KillAsync(AirflowHome airflow)
    {
        var tasks = await airflow.GetAsync($"/dags/{AirflowHome.Dag}/dagRuns/~/taskInstances?state=running");
        var task = tasks.GetProperty("task_instances").EnumerateArray().Single();
        task.GetProperty("task_id").GetString().ShouldBe("extract");
        using var process = Process.GetProcessById(task.GetProperty("pid").GetInt32());
        process.Kill();
    }

    /// <summary>Airflow's runs of the three days, oldest first.</summary>
    static async Task<IReadOnlyList<(string Id, string State)>> RunsAsync(AirflowHome airflow)
    {
        var runs = await airflow.GetAsync($"/dags/{AirflowHome.Dag}/dagRuns?order_by=logical_date");
        return [.. runs.GetProperty("dag_runs").EnumerateArray().Select(Of)];

        static (string, string) Of(JsonElement run) => (run.GetProperty("dag_run_id").GetString()!, run.GetProperty("state").GetString()!);
    }
}
