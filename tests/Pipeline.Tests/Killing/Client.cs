using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Caudal.Tests.Killing;

/// <summary>
/// An application that hands in transactions and never gives up: a request without an answer is sent again with the same key and bytes
/// until it has one. Now and then it repeats one that was answered, as real clients do. Some rows bring an id and some do not.
/// </summary>
sealed class Client(Ledger ledger, HttpClient http, int seed)
{
    readonly Random _random = new(seed);
    Request? _pending;
    Request? _answered;
    int _made;

    sealed record Request(string Key, byte[] Body, IReadOnlyList<long> Cents);

    /// <summary>How many requests were sent again because their answer had been lost.</summary>
    public int Repeated { get; private set; }

    /// <summary>Sends one request after another until it is told to stop or the server is gone.</summary>
    public async Task FeedAsync(CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await SendAsync(_random.Next(10) == 0 && _answered is not null && _pending is null ? _answered : _pending ?? Make(), stop);
                await Task.Delay(_random.Next(4), stop);
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or OperationCanceledException)
        {
            // The request stays pending: its outcome is unknown until it is repeated.
        }
    }

    /// <summary>As an application does that goes on where a request of it got no answer, or not in time.</summary>
    public async Task FeedOnAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
            await FeedAsync(stop);
    }

    /// <summary>Repeats what has no answer yet.</summary>
    public async Task SettleAsync(CancellationToken cancellation)
    {
        while (_pending is { } request)
            await SendAsync(request, cancellation);
    }

    async Task SendAsync(Request request, CancellationToken cancellation)
    {
        if (request == _pending)
            Repeated++;
        _pending = request;
        using var message = new HttpRequestMessage(HttpMethod.Post, "/api/transactions")
        {
            Content = new ByteArrayContent(request.Body) { Headers = { { "Content-Type", "application/x-ndjson" } } },
            Headers = { { "Idempotency-Key", request.Key } },
        };
        using var response = await http.SendAsync(message, cancellation);
        var body = await response.Content.ReadAsStringAsync(cancellation);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            return;
        if (response.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"{response.StatusCode}: {body}");
        using var reply = JsonDocument.Parse(body);
        ledger.Acknowledge(request.Cents, reply.RootElement);
        _answered = request;
        _pending = null;
    }

    Request Make()
    {
        var cents = Enumerable.Range(0, _random.Next(1, 60)).Select(_ => _random.NextInt64(1, 100_000_000)).ToArray();
        var body = string.Join('\n', cents.Select(Row));
        return new($"{seed}-{_made++}", Encoding.UTF8.GetBytes(body), cents);
    }

    string Row(long cents)
    {
        var id = _random.Next(2) == 0 ? $"\"id\":\"{new Guid(RandomBytes()):D}\"," : "";
        var amount = (cents / 100m).ToString("0.00", CultureInfo.InvariantCulture);
        return $"{{{id}\"app\":\"Banca Móvil\",\"id_ordenante\":\"{_random.Next()}\",\"valor\":{amount},\"producto\":\"Corriente\","
            + $"\"cuenta_ordenante\":\"{_random.Next()}\",\"cuenta_beneficiario\":\"{_random.Next()}\",\"detalle\":\"Transacción {_made}\","
            + $"\"timestamp\":\"2025-09-13T05:12:15.{_random.Next(1_000_000):000000}\"}}";
    }

    byte[] RandomBytes()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return bytes;
    }
}
