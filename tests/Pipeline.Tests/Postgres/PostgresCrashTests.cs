using System.Diagnostics;
using System.Text.Json;
using Caudal.Batch;
using Caudal.Engines.Postgres;
using Caudal.History;
using Caudal.Tests.Batch;
using Caudal.Tests.Contracts;
using Npgsql;

namespace Caudal.Tests;

/// <summary>The server is killed during load, and the answer to a commit is lost: the end is that of an undisturbed run.</summary>
public sealed class PostgresCrashTests : IAsyncLifetime
{
    const int Rows = 2_000;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly string _home = Directory.CreateTempSubdirectory("crash").FullName;
    PostgresCluster _cluster = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.WhyNone is { } why)
            RealEngine.GoWithout(why);
        _cluster = await PostgresCluster.MakeAsync(_home);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.StopAsync();
        Directory.Delete(_home, recursive: true);
    }

    /// <summary>It has inserted the rows and is held at the duplicates when it is killed. The staging is empty after that.</summary>
    [Fact]
    public async Task A_server_that_is_killed_during_load_loses_and_doubles_nothing()
    {
        await using var pipeline = await EmbeddedPipeline.StartAsync(history: new ClusterHistory(_cluster.Connection));
        await pipeline.AppendAsync([.. Enumerable.Range(0, Rows).Select(Some.LogMessage)]);
        var run = await pipeline.StepUpToAsync(BatchStepName.Validate, await pipeline.Runner.CreateAsync(null, null, "test", Cancellation));
        await using var holder = await HoldAsync("historical_duplicates");

        var load = pipeline.StepAsync(BatchStepName.Load, run).AsTask();
        await PostgresCluster.KillAsync(await FindWaitingAsync());
        await Should.ThrowAsync<NpgsqlException>(load);

        await AnswersAsync();
        (await pipeline.History.MeasureStagedAsync(run, Cancellation)).ShouldBe(default);
        (await pipeline.History.MeasureAsync(null, Cancellation)).ShouldBe(default);
        (await pipeline.Runner.RunAsync(run.Id, "test", Cancellation)).State.ShouldBe(RunState.Purged);
        await EnsureWholeAsync(pipeline, Rows);
    }

    /// <summary>Each commit of each step of a run, one after the other.</summary>
    [Fact]
    public async Task A_commit_whose_answer_is_lost_is_neither_lost_nor_done_twice()
    {
        const int commitsOfAStep = 3;
        var direct = new NpgsqlConnectionStringBuilder(_cluster.Connection);
        await using var proxy = new AnswerlessCommit(direct.Port);
        direct.Port = proxy.Port;
        await using var pipeline = await EmbeddedPipeline.StartAsync(history: new ClusterHistory(direct.ConnectionString));
        var rows = 0;
        foreach (var step in Enum.GetValues<BatchStepName>())
            for (var nth = 1; nth <= commitsOfAStep; nth++)
            {
                await pipeline.AppendAsync([.. Enumerable.Range(rows, 20).Select(Some.LogMessage)]);
                rows += 20;
                var run = await pipeline.StepUpToAsync(step - 1, await pipeline.Runner.CreateAsync(null, null, "test", Cancellation));
                proxy.CutOff(nth);
                await TryAsync(pipeline, step, run);
                proxy.CutOff(0);
                (await pipeline.Runner.RunAsync(run.Id, "test", Cancellation)).State.ShouldBe(RunState.Purged, $"{step}, commit {nth}");
            }

        proxy.Cut.ShouldBeGreaterThanOrEqualTo(2 * Enum.GetValues<BatchStepName>().Length);
        await EnsureWholeAsync(pipeline, rows);
    }

    /// <summary>The store itself reads back how the load's commit ended, and says it to whoever asked for the load.</summary>
    [Fact]
    public async Task A_load_whose_commit_was_done_unheard_is_a_success()
    {
        var direct = new NpgsqlConnectionStringBuilder(_cluster.Connection);
        await using var proxy = new AnswerlessCommit(direct.Port);
        direct.Port = proxy.Port;
        await using var pipeline = await EmbeddedPipeline.StartAsync(history: new ClusterHistory(direct.ConnectionString));
        await pipeline.AppendAsync([.. Enumerable.Range(0, Rows).Select(Some.LogMessage)]);
        var run = await pipeline.StepUpToAsync(BatchStepName.Validate, await pipeline.Runner.CreateAsync(null, null, "test", Cancellation));

        proxy.CutOff(1);
        await pipeline.History.LoadAsync(
            run, [], figures => run with { State = RunState.Loaded, Loaded = figures }, Cancellation);

        proxy.Cut.ShouldBe(1);
        (await pipeline.History.Journal.FindAsync(run.Id, Cancellation)).ShouldNotBeNull().Loaded.Rows.Count.ShouldBe(Rows);
    }

    /// <summary>At its first commit, then started again and killed at its second, and so on until it gets through.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_verb_that_is_killed_at_each_of_its_commits_settles_all_of_it_once(bool commitArrives)
    {
        var direct = new NpgsqlConnectionStringBuilder(_cluster.Connection);
        await using var proxy = new AnswerlessCommit(direct.Port);
        direct.Port = proxy.Port;
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("caudal.json"), JsonSerializer.Serialize(
            new { History = new { Engine = "postgres", Connection = direct.ConnectionString } }));
        (await CaudalProcess.RunAsync(folder, "generate", "--count", "500")).ExitCode.ShouldBe(0);

        for (var nth = 1; await IsKilledAsync(nth); nth++)
            proxy.Cut.ShouldBe(nth);
        proxy.CutOff(0);

        proxy.Cut.ShouldBeGreaterThanOrEqualTo(Enum.GetValues<BatchStepName>().Length);
        var proven = (await CaudalProcess.RunAsync(folder, "verify", "--json")).Json;
        proven.GetProperty("reconciled").GetBoolean().ShouldBeTrue(proven.ToString());
        proven.GetProperty("history").GetProperty("count").GetInt64().ShouldBe(500);
        (await CaudalProcess.RunAsync(folder, "batch", "list", "--json")).JsonLines.Count.ShouldBe(1);

        async Task<bool> IsKilledAsync(int nth)
        {
            await using var verb = CaudalProcess.Start(folder, "batch", "run", "--key", "once", "--json");
            proxy.CutOff(nth, verb.Kill, commitArrives);
            var said = await verb.EndAsync();
            (proxy.Cut == nth || said.ExitCode == 0).ShouldBeTrue(said.Error);
            return said.ExitCode != 0;
        }
    }

    static async Task TryAsync(EmbeddedPipeline pipeline, BatchStepName step, BatchRun run)
    {
        try
        {
            await pipeline.StepAsync(step, run);
        }
        catch (NpgsqlException)
        {
            // What its caller does then is to start it again.
        }
    }

    static async Task EnsureWholeAsync(EmbeddedPipeline pipeline, int rows)
    {
        var proven = await pipeline.VerifyAsync();
        proven.Reconciled.ShouldBeTrue(string.Join('\n', proven.Differences));
        (await pipeline.History.MeasureAsync(null, Cancellation)).Rows.Count.ShouldBe(rows);
    }

    async Task<NpgsqlConnection> HoldAsync(string table)
    {
        var holder = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_cluster.Connection) { Pooling = false }.ConnectionString);
        await holder.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand($"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", holder);
        await command.ExecuteNonQueryAsync(Cancellation);
        return holder;
    }

    /// <summary>The process that waits for a table.</summary>
    async Task<int> FindWaitingAsync()
    {
        await using var connection = new NpgsqlConnection(_cluster.Connection);
        await connection.OpenAsync(Cancellation);
        for (var since = Stopwatch.StartNew(); since.Elapsed < Patience;)
        {
            await using var command = new NpgsqlCommand("SELECT pid FROM pg_locks WHERE NOT granted AND locktype = 'relation'", connection);
            if (await command.ExecuteScalarAsync(Cancellation) is int backend)
                return backend;
            await Task.Delay(20, Cancellation);
        }
        throw new TimeoutException("Nobody waits for the table.");
    }

    async Task AnswersAsync()
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(50, Cancellation))
            try
            {
                await PostgresServer.ExecuteAsync(_cluster.Connection, "SELECT 1");
                return;
            }
            catch (NpgsqlException) when (since.Elapsed < Patience)
            {
                // It recovers.
            }
    }

    sealed class ClusterHistory(string connection) : HistoryEngine
    {
        public override async ValueTask<IHistoryStore> OpenAsync(TimeZoneInfo? zone = null) => await PostgresHistoryStore.OpenAsync(
            new() { Connection = connection, MemoryMebibytesMax = 16 }, zone, TimeProvider.System, Cancellation);

        public override async ValueTask TamperAsync(string sql) => await PostgresServer.ExecuteAsync(connection, sql);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
