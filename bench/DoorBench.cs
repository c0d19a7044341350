using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Caudal.Log;

namespace Caudal.Bench;

/// <summary>
/// <c>POST /api/transactions</c> of the real executable, NDJSON of 1,000, each answer read to its end; ingest runs meanwhile, as in life.
/// Client and server share the machine, so what each costs is shown. Beside it stands the log's own append of the same messages.
/// </summary>
static class DoorBench
{
    const int Connections = 8;

    public static async Task RunAsync(BenchOptions options)
    {
        var rows = options.Rows ?? 1_000_000;
        var (bodies, batches) = (new List<byte[]>(), new List<IReadOnlyList<LogMessage>>());
        await foreach (var batch in Stores.Generate(rows, seed: 7))
        {
            batches.Add(batch);
            bodies.Add(Join(batch));
        }
        var (ours, floor) = (new List<Measured>(), new List<Measured>());
        var cpu = new List<decimal>();
        for (var round = 0; round < options.Rounds; round++)
        {
            await using (var stores = await Stores.OpenAsync())
                floor.Add(await Measured.OfAsync(rows, () => AppendBench.AppendAsync(stores, batches, Connections)));
            await using var data = new DataFolder();
            await using var caudal = await RunningCaudal.UpAsync(options, data.Path);
            await caudal.AuthorizeAsync(options, data.Path, "sender");
            var before = caudal.Cpu;
            ours.Add(await Measured.OfAsync(rows, () => PostAsync(caudal.Client, bodies)));
            cpu.Add((decimal)(caudal.Cpu - before).TotalSeconds / rows * 1_000_000);
        }
        Table.Rate($"POST /api/transactions, NDJSON of 1,000, {Connections} connections (CPU: the client's)", ours);
        Table.Row("… the server's CPU s per M rows, ingest's included", $"{cpu.Min():N2}");
        Table.Rate("… floor: the same messages appended to the log, no HTTP, no ingest", floor);
        Table.Ratio("POST as a share of that floor", ours, floor);
    }

    static async Task PostAsync(HttpClient client, List<byte[]> bodies)
    {
        var left = new ConcurrentQueue<byte[]>(bodies);
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            while (left.TryDequeue(out var body))
                await PostAsync(client, body);
        })));
    }

    static async Task PostAsync(HttpClient client, byte[] body)
    {
        while (true)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
            using var answer = await client.PostAsync("/api/transactions", content);
            if (answer.IsSuccessStatusCode)
            {
                await answer.Content.ReadAsByteArrayAsync();
                return;
            }
            // Back-pressure is part of what is measured.
            await Task.Delay(answer.Headers.RetryAfter?.Delta ?? throw new InvalidOperationException(
                $"The door answered {answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}"));
        }
    }

    static byte[] Join(IReadOnlyList<LogMessage> batch)
    {
        using var body = new MemoryStream();
        foreach (var message in batch)
        {
            body.Write(message.Value.Span);
            body.WriteByte((byte)'\n');
        }
        return body.ToArray();
    }
}
