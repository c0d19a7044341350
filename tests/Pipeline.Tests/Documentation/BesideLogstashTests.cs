using System.Globalization;
using System.Text;
using System.Text.Json;
using Caudal.Engines.Elasticsearch;
using Caudal.Engines.Kafka;
using Caudal.Log;

namespace Caudal.Tests.Documentation;

/// <summary>
/// The guide's page on running beside Logstash, command by command, over a topic that the original generator filled and an index as
/// Logstash makes it of the same messages. The figures that the page has compared agree.
/// </summary>
public sealed class BesideLogstashTests(KafkaServer kafka, ElasticsearchServer elasticsearch) : IAsyncLifetime
{
    const string Page = "docs/guide/real-engines/beside-logstash.md";
    const int Payments = 120;
    const decimal Negative = 7;

    static readonly string[] Apps = ["Banca Web", "DeUna", "Banca Móvil", "Otras Aplicaciones"];

    /// <summary>Neither is a transaction; Logstash makes a document of each.</summary>
    static readonly string[] Faulty = ["no JSON at all", Message(0).Replace(Amount(0), $"-{Negative}", StringComparison.Ordinal)];

    readonly TemporaryFolder _folder = new();
    readonly string _topic = $"logstash{Guid.NewGuid():N}";
    KafkaLogOptions _kafka = null!;
    ElasticsearchOptions _logstash = null!;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static IEnumerable<string> Messages => [.. Enumerable.Range(0, Payments).Select(Message), .. Faulty];

    ElasticsearchOptions Ours => _logstash with { Index = $"our{_topic}" };

    public async ValueTask InitializeAsync()
    {
        _kafka = await kafka.OptionsAsync(partitions: 1);
        _logstash = await elasticsearch.OptionsAsync(_topic);
        await using var log = await KafkaServer.OpenAsync(_kafka);
        await log.AppendAsync(_topic, [.. Messages.Select(message => new LogMessage(Encoding.UTF8.GetBytes(message)))], Cancellation);
        foreach (var message in Messages)
            await SearchServer.SendAsync(HttpMethod.Post, _logstash, $"{_topic}/_doc", Documented(message));
        await SearchServer.SendAsync(HttpMethod.Post, _logstash, $"{_topic}/_refresh");
    }

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        if (_logstash is null)
            return;
        await SearchServer.DropAsync(Ours);
        await SearchServer.SendAsync(HttpMethod.Delete, _logstash, _topic);
    }

    [Fact]
    public async Task Every_command_works_and_both_have_the_same_figures()
    {
        var page = (await File.ReadAllTextAsync(Path.Combine(TidyTests.Root, Page), Cancellation))
            .Replace("caudal_transactions", Ours.Index, StringComparison.Ordinal)
            .Replace("financial_transactions", _topic, StringComparison.Ordinal)
            .Replace("127.0.0.1:9092", _kafka.Servers, StringComparison.Ordinal)
            .Replace("http://127.0.0.1:9200", _logstash.Addresses, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder.File("caudal.json"), page.Split("```json")[1].Split("```")[0], Cancellation);
        var port = RunningCaudal.FreePort();
        await File.WriteAllTextAsync(_folder.File("page.sh"), $"""
            cd '{_folder.Path}'
            export PATH="{AppContext.BaseDirectory}:$PATH" CAUDAL_Http__Port={port}
            {PageScript.Of(page, port)}
            """, Cancellation);

        await using var shell = ChildProcess.Start("bash", _folder.File("page.sh"));
        var said = await shell.ReadToEndAsync(Cancellation);

        (await shell.WaitForExitAsync(Cancellation)).ShouldBe(0, $"{string.Join('\n', said)}\n{shell.Errors}");
        var figures = said.Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        figures.Count.ShouldBe(4, string.Join('\n', said));
        Theirs(figures[0]).ShouldBe(OfCaudal(figures[1]), ignoreOrder: true);
        var books = figures[3];
        books.GetProperty("reconciled").GetBoolean().ShouldBeTrue(books.ToString());
        (Count(books, "hot"), Count(books, "rejections"), Count(books, "duplicates")).ShouldBe((Payments, Faulty.Length, 0));
        figures[2].GetProperty("count").GetInt32().ShouldBe(Payments + Faulty.Length);
    }

    /// <summary>
    /// What each application's documents come to, less the negative one, which Logstash counts like any other.
    /// </summary>
    static List<(string App, long Count, decimal Sum)> Theirs(JsonElement answer) =>
        [.. answer.GetProperty("aggregations").GetProperty("app").GetProperty("buckets").EnumerateArray().Select(bucket =>
        {
            var app = bucket.GetProperty("key").GetString()!;
            var (count, sum) = (bucket.GetProperty("doc_count").GetInt64(), bucket.GetProperty("valor").GetProperty("value").GetDecimal());
            return app == Apps[0] ? (app, count - 1, sum + Negative) : (app, count, sum);
        })];

    static List<(string App, long Count, decimal Sum)> OfCaudal(JsonElement answer) =>
        [.. answer.GetProperty("values").EnumerateArray().Select(value => (
            value.GetProperty("value").GetString()!, value.GetProperty("count").GetInt64(),
            decimal.Parse(value.GetProperty("sum").GetString()!, CultureInfo.InvariantCulture)))];

    static long Count(JsonElement books, string place) => books.GetProperty(place).GetProperty("count").GetInt64();

    /// <summary>As the original generator writes it.</summary>
    static string Message(int n) => $$"""
        {"app": "{{Apps[n % Apps.Length]}}", "id_ordenante": "4677717306", "valor": {{Amount(n)}}, "producto": "Corriente",
        """.TrimEnd() + $$"""
         "cuenta_ordenante": "1582464633", "cuenta_beneficiario": "3216342883", "detalle": "Transacción {{n}}",
        """.TrimEnd() + $$"""
         "timestamp": "2025-09-13T05:{{n / 60:00}}:{{n % 60:00}}.093369"}
        """;

    static string Amount(int n) => (3.5m + n).ToString(CultureInfo.InvariantCulture);

    /// <summary>As Logstash hands it to Elasticsearch: fields of its own beside those of the JSON, or the text where it is none.</summary>
    static string Documented(string message)
    {
        const string Own = """{"@version": "1", "@timestamp": "2025-09-13T05:12:15.093Z", """;
        return message.StartsWith('{')
            ? message.Replace("{", Own, StringComparison.Ordinal)
            : $$"""{{Own}}"message": "{{message}}", "tags": ["_jsonparsefailure"]}""";
    }
}
