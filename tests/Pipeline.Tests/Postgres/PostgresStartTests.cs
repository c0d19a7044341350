using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Caudal.Engines.Postgres;
using Npgsql;

namespace Caudal.Tests;

/// <summary>What is wrong is told at start, in one sentence that names the setting to look at and never the password.</summary>
public sealed class PostgresStartTests(PostgresServer server) : IDisposable
{
    const string Guess = "guess-what";

    readonly TemporaryFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_wrong_password_is_named() =>
        (await RefusedAsync(given => given.Password = Guess)).ShouldContain("correct Username and Password in History:Connection");

    [Fact]
    public async Task A_user_that_there_is_not_is_named() =>
        (await RefusedAsync(given => given.Username = "nobody_there")).ShouldContain("'nobody_there'");

    [Fact]
    public async Task A_database_that_there_is_not_is_named()
    {
        var refusal = await RefusedAsync(given => given.Database = "nowhere");

        refusal.ShouldContain("There is no database 'nowhere'");
        refusal.ShouldContain("Database in History:Connection");
    }

    [Theory]
    [InlineData("127.0.0.1", 1)]
    [InlineData("nowhere.invalid", 5432)]
    public async Task An_address_where_nobody_answers_is_named(string host, int port)
    {
        var refusal = await RefusedAsync(given => (given.Host, given.Port) = (host, port));

        refusal.ShouldContain($"{host}:{port}");
        refusal.ShouldContain("Host and Port in History:Connection");
    }

    [Fact]
    public async Task A_read_only_replica_is_refused()
    {
        if (PostgresServer.WhyNone is { } why)
            RealEngine.GoWithout(why);
        var cluster = await PostgresCluster.MakeAsync(_folder.Path);
        try
        {
            await cluster.StopAsync();
            await cluster.StartAsReplicaAsync();

            (await Should.ThrowAsync<PostgresDatabaseException>(async () => await OpenAsync(cluster.Connection)))
                .Message.ShouldContain("read-only replica");
        }
        finally
        {
            await cluster.StopAsync();
        }
    }

    [Fact]
    public async Task A_session_that_may_only_read_is_refused() =>
        (await RefusedAsync(given => given.Options = "-c default_transaction_read_only=on")).ShouldContain("read-only replica");

    [Fact]
    public async Task A_schema_in_which_nothing_may_be_made_is_named() =>
        (await RefusedAsync(given => given.SearchPath = "not_there")).ShouldContain("Search Path=…");

    [Fact]
    public async Task Tables_that_others_made_are_left_alone()
    {
        await using var engine = new PostgresHistory(server);
        await engine.TamperAsync("CREATE TABLE historical_transactions (id serial PRIMARY KEY, app varchar(100))");

        var fault = await Should.ThrowAsync<PostgresDatabaseException>(async () => await engine.OpenAsync());

        fault.Message.ShouldContain("that Caudal did not make");
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Pasword=guess-what")]
    [InlineData("postgresql://ana:guess-what@db/caudal")]
    [InlineData("Host=127.0.0.1;Port=guess-what")]
    [InlineData("Database=caudal;Password=guess-what")]
    public async Task What_is_no_connection_string_is_not_repeated(string connection)
    {
        var fault = await Should.ThrowAsync<PostgresDatabaseException>(async () => await OpenAsync(connection));

        fault.ToString().ShouldNotContain(Guess);
        fault.Message.ShouldContain("History:Connection");
    }

    [Fact]
    public async Task Over_TLS_with_a_password_history_works()
    {
        await using var engine = new PostgresHistory(server);
        await using var store = await OpenAsync(Secure(await engine.ConnectionAsync()));
        (await store.Journal.FindLastReceiptAsync(Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        using var key = RSA.Create(2048);
        var now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        using var other = new CertificateRequest("CN=other", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(now, now.AddYears(50));
        File.WriteAllText(_folder.File("other.pem"), other.ExportCertificatePem());

        var refusal = await RefusedAsync(given =>
            (given.Host, given.SslMode, given.RootCertificate) = ("localhost", SslMode.VerifyFull, _folder.File("other.pem")));

        refusal.ShouldContain("Root Certificate");
        refusal.ShouldContain("not trusted");
    }

    string Secure(string connection)
    {
        Assert.SkipWhen(server.AuthorityFile is null, "The server that was given has its own authority.");
        return new NpgsqlConnectionStringBuilder(connection)
        {
            Host = "localhost", SslMode = SslMode.VerifyFull, RootCertificate = server.AuthorityFile,
        }.ConnectionString;
    }

    async Task<string> RefusedAsync(Action<NpgsqlConnectionStringBuilder> alter)
    {
        var given = new NpgsqlConnectionStringBuilder(await server.AddressAsync()) { Timeout = 5 };
        var password = given.Password!;
        alter(given);
        var fault = await Should.ThrowAsync<PostgresDatabaseException>(async () => await OpenAsync(given.ConnectionString));
        fault.Message.ShouldNotContain('\n');
        fault.ToString().ShouldNotContain(password);
        fault.ToString().ShouldNotContain(Guess);
        return fault.Message;
    }

    static async Task<PostgresHistoryStore> OpenAsync(string connection) =>
        await PostgresHistoryStore.OpenAsync(new() { Connection = connection }, zone: null, TimeProvider.System, Cancellation);
}
