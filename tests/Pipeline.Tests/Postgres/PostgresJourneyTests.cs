using Npgsql;

namespace Caudal.Tests;

/// <summary>The whole way with PostgreSQL as history, by the product's own verbs as processes of their own.</summary>
public sealed class PostgresJourneyTests(PostgresServer server) : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    readonly string _schema = $"t_{Guid.NewGuid():N}";
    Dictionary<string, string> _settings = null!;

    public async ValueTask InitializeAsync() => _settings = new()
    {
        ["CAUDAL_History__Engine"] = "postgres", ["CAUDAL_History__Connection"] = await server.MakeSchemaAsync(_schema),
        ["CAUDAL_Schedule__Cron"] = "off",
    };

    public async ValueTask DisposeAsync()
    {
        await server.DropSchemaAsync(_schema);
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_generated_with_faults_is_settled_into_postgres_and_proven()
    {
        var made = await RunAsync("generate", "--count", "20000", "--seed", "5", "--faults",
            "duplicate=0.01,conflict=0.001,late=0.02,malformed=0.001,amount=0.001");
        made.GetProperty("generated").GetInt64().ShouldBeGreaterThanOrEqualTo(20_000);

        var run = await RunAsync("batch", "run", "--key", "first");
        run.GetProperty("state").GetString().ShouldBe("purged");
        run.GetProperty("duplicates").GetInt64().ShouldBeGreaterThan(100);
        (await RunAsync("batch", "run", "--key", "first")).ToString().ShouldBe(run.ToString(), "the same key finds the same run");

        var verified = await RunAsync("verify");
        verified.GetProperty("reconciled").GetBoolean().ShouldBeTrue(verified.ToString());
        verified.GetProperty("history").GetProperty("count").GetInt64().ShouldBe(run.GetProperty("loaded").GetInt64());
        verified.GetProperty("rejections").GetProperty("count").GetInt64().ShouldBeGreaterThan(0);
        (await RunAsync("status")).GetProperty("reconciled").GetBoolean().ShouldBeTrue();
        (await RunAsync("search", "--store", "history", "--count", "app: DeUna")).GetProperty("count").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_cent_that_is_changed_in_the_database_is_found()
    {
        await RunAsync("generate", "--count", "2000", "--seed", "5");
        await RunAsync("batch", "run");
        await PostgresServer.ExecuteAsync(
            _settings["CAUDAL_History__Connection"],
            "UPDATE historical_transactions SET valor = valor + 0.01 WHERE id = (SELECT min(id::text)::uuid FROM historical_transactions)");

        var said = await CaudalProcess.RunWithAsync(_folder, _settings, null, "verify", "--json");

        said.ExitCode.ShouldBe(3);
        said.Json.GetProperty("differences").GetArrayLength().ShouldBeGreaterThan(0);
    }

    /// <summary>As the original pipeline made and filled it: a serial id, texts that may be missing, amounts of ten digits.</summary>
    const string Original =
        """
        CREATE TABLE historical_transactions (id SERIAL PRIMARY KEY, app VARCHAR(100), id_ordenante VARCHAR(50), valor DECIMAL(10,2),
          producto VARCHAR(50), cuenta_ordenante VARCHAR(50), cuenta_beneficiario VARCHAR(50), detalle TEXT, timestamp TIMESTAMP,
          batch_date DATE, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
        INSERT INTO historical_transactions
          (app, id_ordenante, valor, producto, cuenta_ordenante, cuenta_beneficiario, detalle, timestamp, batch_date)
        SELECT 'DeUna', 'c' || n, n + 0.25, 'Ahorros', 'o' || n, 'b' || n, 'Pago Nómina ' || n,
          TIMESTAMP '2025-09-13 05:12:15.093369' + n * INTERVAL '1 second', DATE '2025-09-14'
        FROM generate_series(1, 6000) AS n;
        UPDATE historical_transactions SET app = NULL WHERE id = 17;
        UPDATE historical_transactions SET valor = -1 WHERE id IN (18, 19);
        """;

    [Fact]
    public async Task The_original_pipelines_table_is_taken_over_and_goes_on()
    {
        var connection = _settings["CAUDAL_History__Connection"];
        await PostgresServer.ExecuteAsync(connection, Original);
        var before = await CaudalProcess.RunWithAsync(_folder, _settings, null, "ingest");
        before.Error.ShouldContain("caudal migrate");

        var taken = await RunAsync("migrate");
        taken.GetProperty("taken").GetInt64().ShouldBe(5_997);
        taken.GetProperty("sum").GetString().ShouldBe($"{6_000 * 6_001 / 2 - 17 - 18 - 19 + 5_997 / 4}.25");
        taken.GetProperty("refused").GetProperty("missing_field").GetInt64().ShouldBe(1);
        taken.GetProperty("refused").GetProperty("amount_negative").GetInt64().ShouldBe(2);
        (await CaudalProcess.RunWithAsync(_folder, _settings, null, "migrate")).Error.ShouldContain("nothing to take over");

        await RunAsync("generate", "--count", "1000", "--seed", "5");
        await RunAsync("batch", "run");
        var verified = await RunAsync("verify");
        verified.GetProperty("reconciled").GetBoolean().ShouldBeTrue(verified.ToString());
        verified.GetProperty("history").GetProperty("migrated").GetInt64().ShouldBe(5_997);
        verified.GetProperty("history").GetProperty("count").GetInt64().ShouldBe(6_997);
        (await RunAsync("search", "detalle: \"pago nomina 42\"")).GetProperty("extra").ToString().ShouldContain("42");

        await PostgresServer.ExecuteAsync(connection, "UPDATE historical_transactions SET valor = 1 WHERE detalle = 'Pago Nómina 42'");
        var altered = await CaudalProcess.RunWithAsync(_folder, _settings, null, "verify", "--json");
        altered.ExitCode.ShouldBe(3);
        altered.Json.GetProperty("differences").ToString().ShouldContain("taken over");
    }

    [Fact]
    public async Task Tokens_are_kept_as_hashes_beside_the_runs()
    {
        var made = await RunAsync("token", "create", "--role", "viewer", "--name", "core");
        var text = made.GetProperty("token").GetString()!;
        (await RunAsync("token", "revoke", "core")).GetProperty("name").GetString().ShouldBe("core");

        await using var connection = new NpgsqlConnection(_settings["CAUDAL_History__Connection"]);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT string_agg(to_jsonb(t)::text, ' ') FROM access_tokens AS t", connection);
        var kept = (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        kept.ShouldContain("revoked_by");
        kept.ShouldNotContain(text.Split('_')[^1]);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told_in_a_sentence_without_the_password()
    {
        var wrong = new NpgsqlConnectionStringBuilder(_settings["CAUDAL_History__Connection"]) { Port = 1 };
        _settings["CAUDAL_History__Connection"] = wrong.ConnectionString;

        var said = await CaudalProcess.RunWithAsync(_folder, _settings, null, "ingest");

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldContain("History:Connection");
        said.Error.ShouldNotContain(wrong.Password!);
        (await RunAsync("config", "show")).ToString().ShouldNotContain(wrong.Password!);
    }

    async Task<System.Text.Json.JsonElement> RunAsync(params string[] verb)
    {
        var said = await CaudalProcess.RunWithAsync(_folder, _settings, null, [.. verb, "--json"]);
        said.ExitCode.ShouldBe(0, $"caudal {string.Join(' ', verb)}: {said.Out} {said.Error}");
        return said.Json;
    }
}
