using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace Caudal.Tests;

/// <summary>The main job with Kafka as the log: the same verbs, the same books.</summary>
public sealed class KafkaJourneyTests(KafkaServer server) : IAsyncLifetime
{
    const string Original =
        """
        {"app": "Banca Móvil", "id_ordenante": "4677717306", "valor": 367.6, "producto": "Corriente", "cuenta_ordenante": "1582464633",
        """
        + """
         "cuenta_beneficiario": "3216342883", "detalle": "Transacción 3", "timestamp": "2025-09-13T05:12:15.093369"}
        """;

    readonly TemporaryFolder _folder = new();
    readonly string _topic = $"journey.{Guid.NewGuid():N}";
    string _servers = "";

    public async ValueTask InitializeAsync()
    {
        _servers = await server.AddressAsync();
        KafkaServer.WriteSettings(_folder, _servers, _topic);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Generated_transactions_with_faults_end_in_history_and_every_one_is_accounted_for()
    {
        var generated = await AskAsync(
            "generate", "--count", "20000", "--seed", "7", "--faults", "duplicate=0.01,conflict=0.001,late=0.02,malformed=0.002");
        var faults = generated.GetProperty("faults");
        var taken = 20_000 - Number(faults, "duplicate") - Number(faults, "conflict") - Number(faults, "malformed");

        (await AskAsync("batch", "run")).GetProperty("purged").GetInt64().ShouldBe(taken);

        var books = await AskAsync("verify");
        books.GetProperty("reconciled").GetBoolean().ShouldBeTrue(books.ToString());
        Number(books.GetProperty("log"), "messages").ShouldBe(20_000);
        Number(books.GetProperty("history"), "count").ShouldBe(taken);
        Number(books.GetProperty("duplicates"), "count").ShouldBe(Number(faults, "duplicate"));
        Number(books.GetProperty("rejections"), "count").ShouldBe(Number(faults, "conflict") + Number(faults, "malformed"));
    }

    [Fact]
    public async Task A_file_is_imported_once_however_often_it_is_handed_in()
    {
        await AskAsync("generate", "--count", "5000", "--seed", "3", "--output", _folder.File("payments.ndjson"));
        var file = _folder.File("payments.ndjson");

        var first = await AskAsync("import", file);
        var again = await AskAsync("import", file);

        Number(first, "accepted").ShouldBe(5_000);
        (Number(again, "accepted"), Number(again, "duplicates")).ShouldBe((0, 5_000));
        Number(await AskAsync("batch", "run"), "loaded").ShouldBe(5_000);
        (await AskAsync("verify")).GetProperty("reconciled").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task What_the_original_generator_writes_is_taken_as_it_is_and_what_is_none_is_rejected_under_Connects_headers()
    {
        using (var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = _servers }).Build())
        {
            await AskAsync("generate", "--count", "1", "--seed", "1");
            foreach (var value in new[] { Original, Original, "no JSON at all" })
                await producer.ProduceAsync(_topic, new() { Value = value }, TestContext.Current.CancellationToken);
        }

        var books = await AskAsync("status");
        Number(books.GetProperty("hot"), "count").ShouldBe(3);
        Number(books.GetProperty("rejections"), "count").ShouldBe(1);
        var said = await RunAsync("search", "detalle: \"Transacción 3\"");
        said.JsonLines.Count.ShouldBe(2);
        said.JsonLines[0].GetProperty("timestamp").GetString().ShouldBe("2025-09-13T05:12:15.093369Z");
        said.JsonLines[0].GetProperty("valor").GetString().ShouldBe("367.60");
        said.JsonLines.Select(row => row.GetProperty("id").GetString()).Distinct().Count().ShouldBe(2);

        var rejected = ReadRejection();
        Encoding.UTF8.GetString(rejected.Message.Value).ShouldBe("no JSON at all");
        rejected.Message.Headers.TryGetLastBytes("__connect.errors.topic", out var origin).ShouldBeTrue();
        Encoding.UTF8.GetString(origin).ShouldBe(_topic);
        rejected.Message.Headers.TryGetLastBytes("__connect.errors.offset", out _).ShouldBeTrue();
        rejected.Message.Headers.TryGetLastBytes("__connect.errors.exception.message", out _).ShouldBeTrue();
    }

    ConsumeResult<byte[], byte[]> ReadRejection()
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = _servers, GroupId = $"{_topic}.reader", AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Subscribe($"{_topic}.rejections");
        return consumer.Consume(TimeSpan.FromSeconds(20)).ShouldNotBeNull();
    }

    async Task<JsonElement> AskAsync(params string[] verb) => (await RunAsync(verb)).Json;

    async Task<Said> RunAsync(params string[] verb)
    {
        var said = await CaudalProcess.RunAsync(_folder, [.. verb, "--json"]);
        said.ExitCode.ShouldBe(0, $"caudal {string.Join(' ', verb)}: {said.Out} {said.Error}");
        return said;
    }

    static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();
}
