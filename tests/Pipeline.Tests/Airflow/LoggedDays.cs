using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Caudal.Engines.Sqlite;
using Caudal.Host.Composition;
using Caudal.Log;
using Caudal.Tests.Batch;
using Caudal.Transactions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Caudal.Tests;

/// <summary>A <c>caudal up</c> whose log was filled on the days before today.</summary>
sealed class LoggedDays : IAsyncDisposable
{
    public static readonly DateOnly Today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    readonly TemporaryFolder _folder = new();
    CaudalProcess _up = null!;

    LoggedDays()
    {
    }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Uri Address => _up.Address();

    /// <summary>Of an operator.</summary>
    public string Token { get; private set; } = "";

    /// <param name="days">For how many days before today, and for today, there is how much, oldest first.</param>
    public static async Task<LoggedDays> StartAsync(params Transaction[][] days)
    {
        var caudal = new LoggedDays();
        var data = new DataFolder(caudal._folder.File("data"));
        data.Create();
        var clock = new StandingClock(default);
        await using (var log = await SqliteLog.OpenAsync(
            new() { Path = Path.Combine(data.Path, "log.db") }, clock, NullLogger<SqliteLog>.Instance, Cancellation))
            foreach (var (index, transactions) in days.Index())
            {
                clock.Now = new(Today.AddDays(index - days.Length + 1), TimeOnly.MinValue, TimeSpan.Zero);
                await log.AppendAsync(Some.Topic, [.. transactions.Select(each => new LogMessage(Some.Message(each)))], Cancellation);
            }
        caudal._up = await CaudalProcess.UpAsync(caudal._folder);
        caudal.Token = await CaudalProcess.TokenAsync(caudal._folder, "operator");
        return caudal;
    }

    public static Transaction[] Hundred(int wave) => [.. Enumerable.Range(wave * 100, 100).Select(number => Some.Transaction(number))];

    /// <summary>Every run, oldest first.</summary>
    public async Task<IReadOnlyList<(DateOnly Day, string State, long Loaded)>> RunsAsync()
    {
        using var api = _up.Client(Token);
        var runs = new List<(DateOnly, string, long)>();
        foreach (var run in (await api.GetFromJsonAsync<JsonElement>("/api/batch/runs", Cancellation)).EnumerateArray().Reverse())
        {
            var shown = await api.GetFromJsonAsync<JsonElement>($"/api/batch/runs/{run.GetProperty("run")}", Cancellation);
            runs.Add((
                DateOnly.ParseExact(shown.GetProperty("day").GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture),
                shown.GetProperty("state").GetString()!, shown.GetProperty("loaded").GetInt64()));
        }
        return runs;
    }

    /// <summary>Runs a verb beside it.</summary>
    public async Task<Said> AskAsync(params string[] verb)
    {
        var said = await CaudalProcess.RunAsync(_folder, [.. verb, "--json"]);
        said.ExitCode.ShouldBe(0, $"caudal {string.Join(' ', verb)}: {said.Out} {said.Error}");
        return said;
    }

    public async Task ShouldBeReconciledAsync(long history, long hot)
    {
        var books = (await AskAsync("verify")).Json;
        books.GetProperty("reconciled").GetBoolean().ShouldBeTrue(books.ToString());
        books.GetProperty("history").GetProperty("count").GetInt64().ShouldBe(history);
        books.GetProperty("hot").GetProperty("count").GetInt64().ShouldBe(hot);
    }

    public async ValueTask DisposeAsync()
    {
        await _up.DisposeAsync();
        _folder.Dispose();
    }
}
