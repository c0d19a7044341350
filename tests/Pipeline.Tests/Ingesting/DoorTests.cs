using System.Text;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests;

public sealed class DoorTests : IAsyncLifetime
{
    Ingestion _ingestion = null!;
    Door _door = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ingestion = await Ingestion.OpenAsync();
        _door = _ingestion.Door();
    }

    public ValueTask DisposeAsync() => _ingestion.DisposeAsync();

    [Fact]
    public async Task A_row_that_is_wrong_is_the_caller_s_and_never_enters_the_log()
    {
        var answers = await AcceptAsync(key: null, Row(1), "{\"app\": 1}", Row(2));

        answers.Select(answer => answer.Fault is null).ShouldBe([true, false, true]);
        answers[1].Id.ShouldBeNull();
        await _ingestion.CatchUpAsync();
        await _ingestion.ShouldAccountForAsync(2);
        (await _ingestion.RejectionsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("key 1")]
    public async Task The_ids_it_answers_are_those_that_ingest_gives(string? key)
    {
        await AcceptAsync(key: null, Row(9));

        var answers = await AcceptAsync(key, Row(1), "no", Row(2), Encoding.UTF8.GetString(Some.Message(3)));

        answers[3].Id.ShouldBe(Some.Id(3));
        await _ingestion.CatchUpAsync();
        (await _ingestion.RowsAsync()).Skip(1).Select(row => (TransactionId?)row.Id)
            .ShouldBe(answers.Where(answer => answer.Fault is null).Select(answer => answer.Id));
    }

    [Fact]
    public async Task A_call_that_is_repeated_under_its_key_is_absorbed()
    {
        var first = await AcceptAsync("key 1", Row(1), Row(2));
        var second = await AcceptAsync("key 1", Row(1), Row(2));

        second.ShouldBe(first);
        await _ingestion.CatchUpAsync();
        (await _ingestion.RowsAsync()).Count.ShouldBe(2);
        (await _ingestion.DuplicatesAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Another_caller_s_or_another_key_is_another_transaction()
    {
        await AcceptAsync("key 1", Row(1));
        await AcceptAsync("key 2", Row(1));
        await _door.AcceptAsync([Encoding.UTF8.GetBytes(Row(1))], "another caller", "key 1", Token);

        await _ingestion.CatchUpAsync();
        (await _ingestion.RowsAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task Nothing_good_means_that_nothing_is_appended()
    {
        (await AcceptAsync(key: null, "no", "[]")).ShouldAllBe(answer => answer.Fault != null);
        (await AcceptAsync(key: null)).ShouldBeEmpty();

        (await _ingestion.Log.DescribeAsync(Some.Topic, Token)).End.ShouldBe(Watermark.Zero);
    }

    [Fact]
    public async Task While_the_log_takes_no_writes_nothing_is_acknowledged()
    {
        _ingestion.Log.BeforeAppend = _ => throw new LogUnavailableException("full", outcomeUnknown: false);

        await Should.ThrowAsync<LogUnavailableException>(async () => await AcceptAsync("key 1", Row(1)));
    }

    [Fact]
    public async Task A_message_is_keyed_by_the_debtor_s_account()
    {
        await AcceptAsync(key: null, Row(1));

        var batches = await _ingestion.Log.ReadAsync(Some.Topic, Watermark.Zero, follow: false, Token).ToListAsync(Token);
        Encoding.UTF8.GetString(batches.Single().Records.Single().Message.Key.Span).ShouldBe("200");
    }

    async Task<IReadOnlyList<DoorAnswer>> AcceptAsync(string? key, params IEnumerable<string> rows) =>
        await _door.AcceptAsync([.. rows.Select(row => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(row))], "caller", key, Token);

    /// <summary>A good row without an id of its own.</summary>
    static string Row(int amount) => $$"""
        {"app": "DeUna", "id_ordenante": "100", "valor": {{amount}}, "producto": "Ahorros", "cuenta_ordenante": "200",
        "cuenta_beneficiario": "300", "detalle": "Pago", "timestamp": "2025-09-13T05:12:15.093369"}
        """;
}
