using Caudal.Access;
using Caudal.Auditing;
using Caudal.Engines.DuckDb;
using Caudal.Engines.Sqlite;
using Caudal.History;
using Caudal.Transactions;
using DuckDB.NET.Data;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Caudal.Tests;

public sealed class TokenBookTests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    readonly FakeTimeProvider _time = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    DuckDbHistoryStore _history = null!;
    SqliteLog _log = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    Instant Now => Instant.Now(_time);

    public async ValueTask InitializeAsync()
    {
        _history = DuckDbHistoryStore.Open(_folder.File("history.duckdb"), new(), null, _time);
        _log = await SqliteLog.OpenAsync(new() { Path = _folder.File("log.db") }, _time, NullLogger<SqliteLog>.Instance, Cancellation);
    }

    [Fact]
    public async Task A_token_is_known_until_it_expires()
    {
        await using var book = Book();
        var made = await book.CreateAsync(Role.Viewer, null, Now + TimeSpan.FromDays(1), "a test", Cancellation);

        (await book.FindAsync(made.Text, Cancellation))!.Name.ShouldBe(made.Token.Name);
        _time.Advance(TimeSpan.FromDays(1));
        (await book.FindAsync(made.Text, Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task What_another_process_revokes_is_refused_a_second_later()
    {
        await using var here = Book();
        await using var there = Book();
        var made = await here.CreateAsync(Role.Viewer, "a", null, "a test", Cancellation);
        (await here.FindAsync(made.Text, Cancellation)).ShouldNotBeNull();

        await there.RevokeAsync("a", "a test", Cancellation);

        _time.Advance(TokenBook.ReadAgainAfter);
        (await here.FindAsync(made.Text, Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task A_name_is_free_again_once_its_token_is_revoked_and_the_first_to_revoke_it_stays_so()
    {
        await using var book = Book();
        var first = await book.CreateAsync(Role.Sender, "core", null, "a test", Cancellation);
        await book.RevokeAsync("core", "ana", Cancellation);
        (await book.RevokeAsync(first.Token.Id, "ben", Cancellation))!.RevokedBy.ShouldBe("ana");

        var second = await book.CreateAsync(Role.Sender, "core", null, "a test", Cancellation);

        (await book.FindAsync(first.Text, Cancellation)).ShouldBeNull();
        (await book.FindAsync(second.Text, Cancellation))!.Name.ShouldBe("core");
        (await book.RevokeAsync("core", "ana", Cancellation))!.Id.ShouldBe(second.Token.Id);
        (await book.RevokeAsync("nobody", "ana", Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task The_last_use_is_known_to_the_hour()
    {
        AccessToken made;
        await using (var book = Book())
        {
            var token = await book.CreateAsync(Role.Viewer, "a", null, "a test", Cancellation);
            made = token.Token;
            for (var use = 0; use < 10; use++)
                await book.FindAsync(token.Text, Cancellation);
        }
        made.LastUsedAt.ShouldBeNull();
        await using var later = Book();
        (await later.ListAsync(Cancellation)).Single().LastUsedAt.ShouldBe(Now);
    }

    [Fact]
    public async Task Making_and_revoking_is_on_record_without_the_secret()
    {
        await using var book = Book();
        var made = await book.CreateAsync(Role.Admin, "root", null, "ana", Cancellation);
        await book.RevokeAsync(made.Text, "ben", Cancellation);
        await book.RevokeAsync("a text that is no name", "ben", Cancellation);

        var entries = await new AuditTrail(_log, Some.Topic, _time).ReadAsync(new(), Cancellation);
        entries.Select(entry => (entry.Actor, entry.Action, entry.Object, entry.Outcome)).ShouldBe(
        [
            ("ben", AuditActions.RevokeToken, made.Token.Id, $"done: {made.Token.Id}"),
            ("ben", AuditActions.RevokeToken, made.Token.Id, "begun"),
            ("ana", AuditActions.CreateToken, made.Token.Id, "done: Admin root"),
            ("ana", AuditActions.CreateToken, made.Token.Id, "begun"),
        ]);
    }

    [Fact]
    public async Task The_file_holds_the_hash_and_not_the_secret()
    {
        await using var book = Book();
        var made = await book.CreateAsync(Role.Admin, null, null, "a test", Cancellation);
        await _history.DisposeAsync();

        await using var connection = new DuckDBConnection($"Data Source={_folder.File("history.duckdb")}");
        await connection.OpenAsync(Cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT to_json(access_tokens)::VARCHAR FROM access_tokens";
        var row = (string)(await command.ExecuteScalarAsync(Cancellation))!;
        row.ShouldContain(made.Token.Id);
        row.ShouldNotContain(made.Text.Split('_')[2]);
    }

    [Fact]
    public async Task A_history_of_before_there_were_tokens_is_taken_forward()
    {
        await _history.DisposeAsync();
        await using (var connection = new DuckDBConnection($"Data Source={_folder.File("history.duckdb")}"))
        {
            await connection.OpenAsync(Cancellation);
            connection.Execute("DROP TABLE access_tokens; UPDATE schema_version SET version = 2");
        }

        await using var history = DuckDbHistoryStore.Open(_folder.File("history.duckdb"), new(), null, _time);
        await using var book = Book(history.Journal);
        (await book.ListAsync(Cancellation)).ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        await _history.DisposeAsync();
        await _log.DisposeAsync();
        _folder.Dispose();
    }

    TokenBook Book(RunJournal? journal = null) => new(journal ?? _history.Journal, new(_log, Some.Topic, _time), _time);
}
