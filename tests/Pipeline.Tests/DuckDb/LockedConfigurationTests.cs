using Caudal.Engines.DuckDb;
using DuckDB.NET.Data;

namespace Caudal.Tests;

/// <summary>A query can do nothing but query, whoever wrote it.</summary>
public sealed class LockedConfigurationTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly DuckDbFile _file;
    readonly DuckDBConnection _connection;

    public LockedConfigurationTests()
    {
        var options = new DuckDbOptions { MemoryMebibytesMax = 64 };
        _file = DuckDbFile.Open(_folder.File("locked.duckdb"), options, version: 1, "CREATE TABLE numbers (number BIGINT)");
        _connection = _file.Connect();
    }

    [Theory]
    [InlineData("SELECT * FROM read_text('{0}')")]
    [InlineData("SELECT * FROM read_csv('{0}')")]
    [InlineData("SELECT * FROM '{0}'")]
    [InlineData("COPY (SELECT 42) TO '{0}.copy'")]
    [InlineData("COPY numbers FROM '{0}'")]
    [InlineData("EXPORT DATABASE '{0}.export'")]
    [InlineData("ATTACH '{0}.other' AS other")]
    [InlineData("SELECT * FROM glob('{0}*')")]
    [InlineData("INSTALL httpfs")]
    [InlineData("LOAD httpfs")]
    [InlineData("LOAD '{0}'")]
    [InlineData("SET enable_external_access = true")]
    [InlineData("SET lock_configuration = false")]
    [InlineData("SET GLOBAL memory_limit = '100GB'")]
    [InlineData("SET threads = 64")]
    [InlineData("PRAGMA temp_directory = '/'")]
    public void A_query_reads_no_file_writes_none_loads_nothing_and_changes_no_setting(string sql)
    {
        var canary = _folder.File("canary.csv");
        File.WriteAllText(canary, "1234567890");
        var before = Directory.GetFileSystemEntries(_folder.Path).Order();

        var fault = Should.Throw<DuckDBException>(() => _connection.Execute(string.Format(null, sql, canary)));

        fault.Message.ShouldNotContain("1234567890");
        Directory.GetFileSystemEntries(_folder.Path).Order().ShouldBe(before);
    }

    /// <summary>The lock must not keep DuckDB itself from spilling: a big sort would fail instead of taking longer.</summary>
    [Fact]
    public void A_sort_larger_than_its_memory_spills_beside_the_file()
    {
        using var command = _connection.CreateCommand();
        command.CommandText =
            "SELECT count(*) FROM (SELECT md5(range::VARCHAR) AS text FROM range(1_200_000) ORDER BY text LIMIT 1_100_000)";
        command.ExecuteScalar().ShouldBe(1_100_000L);
    }

    [Fact]
    public void A_file_of_a_newer_schema_is_refused_with_what_to_do()
    {
        _connection.Execute("UPDATE schema_version SET version = 99");
        _connection.Dispose();
        _file.Dispose();

        var refusal = Should.Throw<DuckDbFileException>(() => DuckDbFile.Open(_file.Path, new(), version: 1, ""));

        refusal.Message.ShouldContain("newer Caudal");
        refusal.IsBroken.ShouldBeFalse();
    }

    [Fact]
    public void A_file_that_is_no_DuckDB_file_is_broken_and_says_so()
    {
        var path = _folder.File("text.duckdb");
        File.WriteAllText(path, new string('?', 100_000));

        var refusal = Should.Throw<DuckDbFileException>(() => DuckDbFile.Open(path, new(), version: 1, ""));

        refusal.Message.ShouldContain(path);
        refusal.IsBroken.ShouldBeTrue();
    }

    public void Dispose()
    {
        _connection.Dispose();
        _file.Dispose();
        _folder.Dispose();
    }
}
