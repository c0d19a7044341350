using System.Text;
using Caudal.Ingesting;
using Caudal.Log;

namespace Caudal.Tests;

/// <summary>A key belongs to the rows that came under it first: whoever asks, and whatever happened in between.</summary>
public sealed class RequestKeysTests : IAsyncLifetime
{
    static readonly string Requests = RequestKeys.TopicOf(Some.Topic);

    Ingestion _ingestion = null!;
    Door _door = null!;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ingestion = await Ingestion.OpenAsync();
        _door = _ingestion.Door();
    }

    public ValueTask DisposeAsync() => _ingestion.DisposeAsync();

    /// <summary>The bad row is dropped and the key reused: the third row would come as the second, and be paid twice.</summary>
    [Fact]
    public async Task Other_rows_under_a_key_are_refused_so_that_no_payment_is_doubled()
    {
        await AcceptAsync(_door, Row(1), "no", Row(3));

        await ShouldRefuseAsync(_door, Row(1), Row(3));
        await ShouldRefuseAsync(_door, Row(1), Row(2), Row(3));

        await ShouldHoldAsync(rows: 2, duplicates: 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_process_knows_the_key(bool knewTheTopic)
    {
        var other = _ingestion.Door();
        if (knewTheTopic)
            await AcceptAsync(other, "another key", Row(7));
        var first = await AcceptAsync(_door, Row(1), Row(2));

        await ShouldRefuseAsync(other, Row(2), Row(1));
        (await AcceptAsync(other, Row(1), Row(2))).ShouldBe(first);

        await ShouldHoldAsync(rows: knewTheTopic ? 3 : 2, duplicates: 2);
    }

    [Fact]
    public async Task A_restart_between_the_two_requests_changes_nothing()
    {
        var first = await AcceptAsync(_door, Row(1), "no", Row(3));
        await _ingestion.ReopenAsync();

        await ShouldRefuseAsync(_ingestion.Door(), Row(1), Row(3));
        (await AcceptAsync(_ingestion.Door(), Row(1), "no", Row(3))).Select(answer => answer.Id)
            .ShouldBe(first.Select(answer => answer.Id));

        await ShouldHoldAsync(rows: 2, duplicates: 2);
    }

    /// <summary>A crash at each of the moments when something is appended: before it was, and after it was but before the answer.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_request_that_was_cut_off_at_any_moment_leaves_rows_once_and_the_key_to_one_request(bool atClaim, bool before)
    {
        var crash = (string topic) =>
        {
            if (topic == (atClaim ? Requests : Some.Topic))
                throw new IOException("killed");
        };
        if (before)
            _ingestion.Log.BeforeAppend = crash;
        else
            _ingestion.Log.AfterAppend = crash;
        await Should.ThrowAsync<IOException>(() => AcceptAsync(_door, Row(1), Row(2)));
        await _ingestion.ReopenAsync();
        var restarted = _ingestion.Door();

        await AcceptAsync(restarted, Row(1), Row(2));
        await ShouldRefuseAsync(restarted, Row(2));

        await ShouldHoldAsync(rows: 2, duplicates: !atClaim && !before ? 2 : 0);
    }

    [Fact]
    public async Task Once_it_was_claimed_a_key_is_its_rows_own_though_they_never_came()
    {
        _ingestion.Log.BeforeAppend = topic =>
        {
            if (topic == Some.Topic)
                throw new IOException("killed");
        };
        await Should.ThrowAsync<IOException>(() => AcceptAsync(_door, Row(1), Row(2)));
        _ingestion.Log.BeforeAppend = _ => { };

        await ShouldRefuseAsync(_ingestion.Door(), Row(2));

        (await _ingestion.Log.DescribeAsync(Some.Topic, Token)).End.ShouldBe(Watermark.Zero);
    }

    [Fact]
    public async Task Of_requests_at_the_same_moment_one_wins_and_the_others_hear_it()
    {
        var doors = Enumerable.Range(0, 4).Select(_ => _ingestion.Door()).ToList();

        var taken = await Task.WhenAll(Enumerable.Range(0, 32).Select(async n =>
        {
            try
            {
                await Task.Yield();
                await AcceptAsync(doors[n % 4], Row(1 + n / 8), Row(100));
                return true;
            }
            catch (KeyReusedException)
            {
                return false;
            }
        }));

        taken.Count(each => each).ShouldBe(8);
        await ShouldHoldAsync(rows: 2, duplicates: 14);
    }

    [Fact]
    public async Task A_request_of_which_nothing_was_taken_leaves_its_key_free()
    {
        await AcceptAsync(_door, "no");

        (await AcceptAsync(_door, Row(1))).ShouldHaveSingleItem().Fault.ShouldBeNull();
    }

    [Fact]
    public async Task Of_more_keys_than_are_kept_the_oldest_are_forgotten_and_trimmed()
    {
        var door = _ingestion.Door(keysMax: 10);
        for (var n = 0; n < 1_010; n++)
            await AcceptAsync(door, $"key {n}", Row(1 + n));

        var topic = await _ingestion.Log.DescribeAsync(Requests, Token);
        topic.Start.Partitions.Single().Value.ShouldBe(1_000);
        await ShouldRefuseAsync(door, "key 1005", Row(1));
        await AcceptAsync(door, "key 5", Row(1));
    }

    [Fact]
    public async Task What_is_older_than_the_window_is_forgotten()
    {
        var door = _ingestion.Door(window: TimeSpan.Zero);
        await AcceptAsync(door, Row(1));
        await AcceptAsync(door, "another key", Row(2));

        await AcceptAsync(door, Row(3));
    }

    [Fact]
    public async Task A_process_that_was_idle_while_others_trimmed_goes_on()
    {
        var (idle, busy) = (_ingestion.Door(), _ingestion.Door(keysMax: 10));
        await AcceptAsync(idle, "first", Row(1));
        for (var n = 0; n < 1_010; n++)
            await AcceptAsync(busy, $"key {n}", Row(1 + n));

        await ShouldRefuseAsync(idle, "key 1005", Row(1));
    }

    [Fact]
    public async Task A_record_of_a_newer_version_is_refused_and_says_so()
    {
        await _ingestion.Log.AppendAsync(Requests, [new("\u0002"u8.ToArray(), new byte[16])], Token);

        (await Should.ThrowAsync<InvalidDataException>(() => AcceptAsync(_door, Row(1)))).Message.ShouldContain("a newer Caudal");
    }

    async Task ShouldHoldAsync(int rows, int duplicates)
    {
        await _ingestion.CatchUpAsync();
        (await _ingestion.RowsAsync()).Count.ShouldBe(rows);
        (await _ingestion.DuplicatesAsync()).Count.ShouldBe(duplicates);
        (await _ingestion.RejectionsAsync()).ShouldBeEmpty();
    }

    static async Task ShouldRefuseAsync(Door door, params string[] keyAndRows) =>
        await Should.ThrowAsync<KeyReusedException>(() => AcceptAsync(door, keyAndRows));

    /// <summary>Rows, before them a key if it is not the usual one.</summary>
    static async Task<IReadOnlyList<DoorAnswer>> AcceptAsync(Door door, params string[] keyAndRows)
    {
        var hasKey = keyAndRows[0] is not ['{', ..] and not "no";
        return await door.AcceptAsync(
            [.. keyAndRows.Skip(hasKey ? 1 : 0).Select(row => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(row))], "caller",
            hasKey ? keyAndRows[0] : "key", Token);
    }

    /// <summary>A good row without an id of its own.</summary>
    static string Row(int amount) => $$"""
        {"app": "DeUna", "id_ordenante": "100", "valor": {{amount}}, "producto": "Ahorros", "cuenta_ordenante": "200",
        "cuenta_beneficiario": "300", "detalle": "Pago", "timestamp": "2025-09-13T05:12:15.093369"}
        """;
}
