using System.Runtime.InteropServices;
using System.Text.Json;

namespace Caudal.Tests.Distributed;

/// <summary>The whole way on each combination of engines: the same verbs in the same order, and the same books at its end.</summary>
[Trait("Takes", "minutes")]
public sealed class EveryCombinationTests(KafkaServer kafka, ElasticsearchServer elasticsearch, PostgresServer postgres)
{
    const int Made = 3_000;

    [Theory]
    [InlineData("sqlite", "duckdb", "duckdb")]
    [InlineData("sqlite", "duckdb", "postgres")]
    [InlineData("sqlite", "elasticsearch", "duckdb")]
    [InlineData("sqlite", "elasticsearch", "postgres")]
    [InlineData("kafka", "duckdb", "duckdb")]
    [InlineData("kafka", "duckdb", "postgres")]
    [InlineData("kafka", "elasticsearch", "duckdb")]
    [InlineData("kafka", "elasticsearch", "postgres")]
    public async Task What_is_appended_is_found_settled_and_proven(string log, string hot, string history)
    {
        await using var stores = await SharedStores.MakeAsync(kafka, elasticsearch, postgres, log, hot, history);

        var faults = (await stores.AskAsync(
            "generate", "--count", $"{Made}", "--seed", "7", "--faults", "duplicate=0.01,conflict=0.002,late=0.02,malformed=0.005"))
            .GetProperty("faults");
        await using var ingesting = await stores.StartAsync("ingest");
        await stores.IngestedAsync();
        var taken = Made - Number(faults, "duplicate") - Number(faults, "conflict") - Number(faults, "malformed");

        Number(await stores.AskAsync("search", "--store", "hot", "--count"), "count").ShouldBe(taken);
        var asked = await stores.AskAsync("search", "--count", "app: DeUna and valor >= 10");
        Number(asked, "count").ShouldBeGreaterThan(0);
        Number(await stores.AskAsync("batch", "run"), "loaded").ShouldBe(taken);

        // Not one cent of an answer depends on the store that gives it, nor on the engine behind that.
        (await stores.AskAsync("search", "--store", "history", "--count", "app: DeUna and valor >= 10")).ToString()
            .ShouldBe(asked.ToString());
        var books = await stores.AskAsync("verify");
        books.GetProperty("reconciled").GetBoolean().ShouldBeTrue(books.ToString());
        Number(books.GetProperty("log"), "messages").ShouldBe(Made);
        Number(books.GetProperty("hot"), "count").ShouldBe(0);
        Number(books.GetProperty("history"), "count").ShouldBe(taken);
        Number(books.GetProperty("duplicates"), "count").ShouldBe(Number(faults, "duplicate"));
        Number(books.GetProperty("rejections"), "count").ShouldBe(Number(faults, "conflict") + Number(faults, "malformed"));

        ingesting.Signal(PosixSignal.SIGTERM);
        (await ingesting.EndAsync()).ExitCode.ShouldBe(0);
    }

    static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();
}
