using System.Text.Json;
using Caudal.Access;
using Caudal.Log;

namespace Caudal.Tests.Api;

/// <summary>What a scheduler of its own is told that makes runs by their days: wait, leave it, or go on.</summary>
public sealed class RunCreationTests(ApiHost host) : IClassFixture<ApiHost>
{
    static readonly DateOnly Today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_of_a_day_that_is_over_and_waits_for_the_one_before_and_is_not_made_twice()
    {
        var first = await MakeAsync("first", Today.AddDays(-2));
        (await ShowAsync(first)).GetProperty("day").GetString().ShouldBe($"{Today.AddDays(-2):yyyy-MM-dd}");
        (await MakeAsync("first", Today.AddDays(-2))).ShouldBe(first);
        await RefuseAsync("second", Today.AddDays(-1), "run-unfinished");
        await EndAsync(first);

        await RefuseAsync("today", Today, "day-not-over");
        await host.Pipeline.Log.AppendAsync(host.Pipeline.Topic, [new LogMessage(Some.Message(0))], Cancellation);
        while (!(await host.Pipeline.Hot.GetStateAsync(Cancellation)).Next.Partitions.Any())
            await Task.Delay(10, Cancellation);
        await EndAsync(await MakeAsync("by hand", day: null));

        await RefuseAsync("second", Today.AddDays(-1), "already-settled");
    }

    async Task<long> MakeAsync(string key, DateOnly? day)
    {
        using var response = await PostAsync(key, day);
        var answer = await response.ReadAsync();
        response.IsSuccessStatusCode.ShouldBeTrue(answer.ToString());
        return answer.GetProperty("run").GetInt64();
    }

    async Task RefuseAsync(string key, DateOnly day, string code)
    {
        using var response = await PostAsync(key, day);
        await response.ShouldBeProblemAsync(409, code);
    }

    Task<HttpResponseMessage> PostAsync(string key, DateOnly? day) => host.As(Role.Operator).PostAsync(
        "/api/batch/runs",
        Asking.Json(day is null ? $$"""{"key": "{{key}}"}""" : $$"""{"key": "{{key}}", "day": "{{day:yyyy-MM-dd}}"}"""), Cancellation);

    async Task EndAsync(long run)
    {
        await host.Pipeline.Batch.RunAsync(run, "a test", Cancellation);
        (await ShowAsync(run)).GetProperty("state").GetString().ShouldBe("purged");
    }

    async Task<JsonElement> ShowAsync(long run)
    {
        using var response = await host.As(Role.Viewer).GetAsync($"/api/batch/runs/{run}", Cancellation);
        return await response.ReadAsync();
    }
}
