using Caudal.Engines.DuckDb;
using Caudal.Transactions;
using DuckDB.NET.Data;

namespace Caudal.Tests;

/// <summary>What is written into DuckDB's vectors comes back the same.</summary>
public sealed class TransactionRowsTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly DuckDbFile _file;
    readonly DuckDBConnection _connection;

    public TransactionRowsTests()
    {
        _file = DuckDbFile.Open(_folder.File("rows.duckdb"), new(), version: 1, $"CREATE TABLE rows ({TransactionColumns.Ddl})");
        _connection = _file.Connect();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(500)]
    [InlineData(65_000)]
    public void Texts_of_any_length_come_back(int length)
    {
        var text = (Utf8Text)new string('x', length);
        var row = Some.Transaction(0, some => some with { Detail = text, Extra = text, IdText = text, App = text });
        Append(row);
        Read().ShouldBe([row]);
    }

    [Fact]
    public void Text_outside_ascii_comes_back()
    {
        var row = Some.Transaction(0, some => some with { Detail = "Ñandú 💸 日本語, transacción", App = "Banca Móvil" });
        Append(row);
        Read().ShouldBe([row]);
    }

    [Fact]
    public void Extreme_values_come_back()
    {
        Transaction[] rows =
        [
            Some.Transaction(0, some => some with { Amount = Money.Max, Id = new(UInt128.MaxValue) }),
            Some.Transaction(1, some => some with { Amount = new(0), Id = new(UInt128.Zero) }),
            Some.Transaction(2, some => some with { Timestamp = new(0) }),
            Some.Transaction(3, some => some with { Timestamp = Instant.Of(new(2261, 12, 31, 23, 59, 59, 999, 999, default)) }),
            Some.Transaction(4, some => some with { Position = new(new Guid(new string('f', 32)), int.MaxValue, long.MaxValue) }),
        ];
        Append(rows);
        Read().ShouldBe(rows);
    }

    /// <summary>Chunks of 2,048 are reused: what one row was not given must not show what an earlier one held.</summary>
    [Fact]
    public void Rows_of_many_chunks_come_back_each_with_its_own_values()
    {
        var rows = Enumerable.Range(0, 10_000).Select(n => Some.Transaction(n, some => some with
        {
            IdText = n % 3 == 0 ? $"texto {n}" : default(Utf8Text?),
            Extra = n % 5 == 0 ? $$"""{"canal":"sucursal de la avenida número {{n}}"}""" : default(Utf8Text?),
            Detail = new string('d', n % 40),
        })).ToList();
        Append([.. rows]);
        Read().ShouldBe(rows);
    }

    [Fact]
    public void What_people_see_in_SQL_is_what_was_appended()
    {
        Append(Some.Transaction(7));
        using var command = _connection.CreateCommand();
        command.CommandText =
            """SELECT concat_ws('|', id, app, valor, "timestamp", epoch, partition, "offset", id_texto IS NULL) FROM rows""";
        command.ExecuteScalar().ShouldBe(
            $"{Some.Id(7)}|Otras Aplicaciones|0.08|2025-09-13 05:12:22.093369|{Some.Epoch}|0|7|true");
    }

    [Fact]
    public void An_append_belongs_to_the_open_transaction()
    {
        using var appender = new TransactionAppender(_connection, "rows");
        using (var transaction = _connection.BeginTransaction())
        {
            appender.Append(Some.Transactions(0, 3));
            transaction.Rollback();
        }
        Read().ShouldBeEmpty();
        using (var transaction = _connection.BeginTransaction())
        {
            appender.Append(Some.Transactions(3, 3));
            transaction.Commit();
        }
        Read().ShouldBe(Some.Transactions(3, 3));
    }

    [Fact]
    public void Own_columns_hold_what_the_append_was_given()
    {
        _connection.Execute($"CREATE TABLE own ({TransactionColumns.Ddl}, batch_date DATE, run_id BIGINT)");
        using var appender = new TransactionAppender(_connection, "own");
        var day = new DateOnly(2025, 9, 13);
        appender.Append(Some.Transactions(0, 2), own: [TransactionAppender.OwnColumn.Date(day), TransactionAppender.OwnColumn.Bigint(42)]);

        Read($"SELECT {TransactionColumns.Names}, batch_date FROM own WHERE run_id = $1", 42L)
            .ShouldBe(Some.Transactions(0, 2).Select(row => row with { BatchDate = day }));
    }

    void Append(params Transaction[] rows)
    {
        using var appender = new TransactionAppender(_connection, "rows");
        appender.Append(rows);
    }

    IReadOnlyList<Transaction> Read(string sql = $"SELECT {TransactionColumns.Names} FROM rows", params object[] parameters) =>
        [.. TransactionReader.Read(_connection, sql, parameters, TestContext.Current.CancellationToken).SelectMany(rows => rows)];

    public void Dispose()
    {
        _connection.Dispose();
        _file.Dispose();
        _folder.Dispose();
    }
}
