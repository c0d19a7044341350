using Npgsql;

[assembly: AssemblyFixture(typeof(Caudal.Tests.PostgresServer))]

namespace Caudal.Tests;

/// <summary>One server. Tests share it, each with a schema of its own.</summary>
public sealed class PostgresServer : RealEngine
{
    protected override string Variable => "CAUDAL_TEST_POSTGRES";

    protected override string? Missing => WhyNone;

    internal static string? WhyNone =>
        PostgresCluster.Programs is null ? "There is no PostgreSQL here to start: apt-get install postgresql." : null;

    /// <summary>The authority of the server that was started here; null for one that was given.</summary>
    public string? AuthorityFile { get; private set; }

    /// <summary>A connection string for a schema that it makes.</summary>
    public async Task<string> MakeSchemaAsync(string schema)
    {
        var server = await AddressAsync();
        await ExecuteAsync(server, $"CREATE SCHEMA {schema}");
        return new NpgsqlConnectionStringBuilder(server) { SearchPath = schema }.ConnectionString;
    }

    public async Task DropSchemaAsync(string schema) => await ExecuteAsync(await AddressAsync(), $"DROP SCHEMA {schema} CASCADE");

    internal static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    protected override async Task<string> StartAsync(string home)
    {
        AuthorityFile = PostgresCluster.AuthorityFile(home);
        return (await PostgresCluster.MakeAsync(home)).Connection;
    }

    protected override Task StopAsync(string home) => PostgresCluster.StopAsync(home);
}
