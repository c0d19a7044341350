using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Caudal.Importing;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>What a mapping file makes of columns that are nobody's fields.</summary>
public sealed class MappingFileTests : IDisposable
{
    const string Sample = """
        step,type,amount,nameOrig,oldbalanceOrg,nameDest,isFraud
        1,CASH_IN,98517.93,111,40.71,94-1,0
        1,PAYMENT,10.00,222,0.00,B48-2,1
        1,DEBIT,0.47,111,-3.10,20-3,0
        27,TRANSFER,13455616.41,333,1.00,444,0
        """;

    static readonly string PaySimMap = Path.Combine(TidyTests.Root, "docs", "guide", "mappings", "paysim.json");
    static readonly string PaySim = Path.Combine(TidyTests.Root, "..", "shared", "data", "paysim");

    readonly ImportFolder _folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_guide_s_mapping_makes_of_PaySim_s_columns_what_is_asked()
    {
        var messages = await ReadAsync(Sample, File.ReadAllText(PaySimMap));

        messages.ShouldBe(
        [
            Expected("111", "98517.93", "CASH_IN", "94-1", 1, "2025-01-01T00:00:00.000000Z", 0),
            Expected("222", "10.00", "PAYMENT", "B48-2", 1, "2025-01-01T00:20:00.000000Z", 1),
            Expected("111", "0.47", "DEBIT", "20-3", 1, "2025-01-01T00:40:00.000000Z", 0),
            Expected("333", "13455616.41", "TRANSFER", "444", 27, "2025-01-02T02:00:00.000000Z", 0),
        ]);

        static string Expected(string debtor, string amount, string type, string creditor, int step, string at, int fraud) =>
            $$"""
            {"app": "PaySim", "id_ordenante": "{{debtor}}", "valor": {{amount}}, "producto": "{{type}}", "cuenta_ordenante": "{{debtor}}",
            """ + $$"""
             "cuenta_beneficiario": "{{creditor}}", "detalle": "{{type}} paso {{step}}", "timestamp": "{{at}}", "isFraud": {{fraud}}}
            """;
    }

    /// <summary>The shared data set, where it lies beside the repository: each row against what its own program makes of it.</summary>
    [Fact]
    public async Task Every_row_of_PaySim_is_byte_for_byte_what_its_own_program_writes()
    {
        Assert.SkipUnless(File.Exists(Path.Combine(PaySim, "to-wire.py")), "The PaySim data is not beside this repository.");
        var map = ColumnMap.ParseFile("paysim.json", await File.ReadAllBytesAsync(PaySimMap, Cancellation));
        using var program = Process.Start(
            new ProcessStartInfo("python3", [Path.Combine(PaySim, "to-wire.py")]) { RedirectStandardOutput = true })!;
        var decoder = new TransactionDecoder(TimeZoneInfo.Utc);
        var (count, sum) = (0, default(MoneySum));

        await using var file = await ImportFile.OpenAsync(
            Path.Combine(PaySim, "paysim.csv.gz"), _folder.Options with { Map = map }, ImportFolder.NoProgress, Cancellation);
        await foreach (var batch in file.ReadAsync(ImportFolder.NoProgress, Cancellation))
            foreach (var message in batch)
            {
                var line = await program.StandardOutput.ReadLineAsync(Cancellation);
                if (!message.Value.Span.SequenceEqual(Encoding.UTF8.GetBytes(line!)))
                    ImportFolder.Text(message).ShouldBe(line, $"row {count}");
                sum += decoder.Decode(message.Value, Some.Origin(0)).Accepted.ShouldNotBeNull().Amount;
                count++;
            }

        (await program.StandardOutput.ReadLineAsync(Cancellation)).ShouldBeNull();
        (count, sum).ShouldBe((321_107, MoneySum.Parse("47198709875.74")));
    }

    [Theory]
    [InlineData("\"Monto\"", "12.5", "\"12.5\"")]
    [InlineData("\"Monto\"", "", null)]
    [InlineData("{ \"number\": \"Monto\" }", "12.5", "12.5")]
    [InlineData("{ \"number\": \"Monto\" }", "-0.5e+3", "-0.5e+3")]
    [InlineData("{ \"number\": \"Monto\" }", "007", "\"007\"")]
    [InlineData("{ \"number\": \"Monto\" }", "1.", "\"1.\"")]
    [InlineData("{ \"number\": \"Monto\" }", "1e+-3", "\"1e+-3\"")]
    [InlineData("{ \"number\": \"Monto\" }", "NaN", "\"NaN\"")]
    [InlineData("{ \"number\": \"Monto\" }", "", null)]
    [InlineData("\"'siempre'\"", "x", "\"siempre\"")]
    [InlineData("\"'{Monto} de {{{Monto}}}'\"", "7", "\"7 de {7}\"")]
    [InlineData("\"'{Monto}'\"", "", "\"\"")]
    [InlineData("\"'{Monto}'\"", "\"say \"\"hi\"\"\"", "\"say \\\"hi\\\"\"")]
    [InlineData("{ \"time\": \"Monto\", \"format\": \"dd/MM/yyyy HH:mm\" }", "31/12/2024 23:59", "\"2024-12-31T23:59:00.000000\"")]
    [InlineData("{ \"time\": \"'{Monto} 5'\", \"format\": \"yyyyMMdd H\" }", "20241231", "\"2024-12-31T05:00:00.000000\"")]
    [InlineData("{ \"time\": \"Monto\", \"format\": \"yyyy-MM-dd HH:mm zzz\" }", "2024-12-31 20:00 -05:00",
        "\"2025-01-01T01:00:00.000000Z\"")]
    [InlineData("{ \"time\": \"Monto\", \"format\": \"dd/MM/yyyy\" }", "32/12/2024", "\"32/12/2024\"")]
    [InlineData("{ \"time\": \"Monto\", \"format\": \"dd/MM/yyyy\" }", "", null)]
    [InlineData("{ \"start\": \"1970-01-01\", \"seconds\": \"Monto\" }", "1757740335.093369", "\"2025-09-13T05:12:15.093369Z\"")]
    [InlineData("{ \"start\": \"1970-01-01\", \"milliseconds\": \"Monto\" }", "1757740335093", "\"2025-09-13T05:12:15.093000Z\"")]
    [InlineData("{ \"start\": \"1899-12-30\", \"days\": \"Monto\" }", "45658.5", "\"2025-01-01T12:00:00.000000Z\"")]
    [InlineData("{ \"start\": \"2025-01-01\", \"hours\": \"Monto\", \"first\": 1 }", "0", "\"2024-12-31T23:00:00.000000Z\"")]
    [InlineData("{ \"start\": \"2025-01-01\", \"hours\": \"Monto\" }", "x", "\"x\"")]
    [InlineData("{ \"start\": \"2025-01-01\", \"days\": \"Monto\" }", "99999999999999999999", "\"99999999999999999999\"")]
    [InlineData("{ \"start\": \"2025-01-01\", \"days\": \"Monto\", \"first\": -9e15 }", "79228162514264337593543950335",
        "\"79228162514264337593543950335\"")]
    [InlineData("{ \"start\": \"2025-01-01\", \"days\": \"Monto\" }", "-99999999", "\"-99999999\"")]
    public async Task A_member_is_made_of_its_source(string source, string cell, string? value)
    {
        var message = (await ReadAsync($"Monto,Resto\n{cell},x\n", Fields($"\"nuevo\": {source}"))).ShouldHaveSingleItem();

        using var document = JsonDocument.Parse(message);
        document.RootElement.TryGetProperty("nuevo", out var found).ShouldBe(value is not null);
        if (value is not null)
            found.GetRawText().ShouldBe(value);
    }

    [Theory]
    [InlineData("", "\"a\": \"1\", \"b\": \"2\", \"c\": \"3\"")]
    [InlineData(", \"b\": null", "\"a\": \"1\", \"c\": \"3\"")]
    [InlineData(", \"*\": null", "")]
    [InlineData(", \"x\": \"'{b}'\"", "\"x\": \"2\", \"a\": \"1\", \"c\": \"3\"")]
    [InlineData(", \"c\": { \"number\": \"c\" }, \"*\": null", "\"c\": 3")]
    public async Task Columns_that_are_not_used_are_carried_along_unless_they_are_left_out(string more, string carried)
    {
        var message = (await ReadAsync("a,b,c\n1,2,3\n", "{" + Fields("").Trim('{', '}', ' ', ',') + more + "}")).ShouldHaveSingleItem();

        message.ShouldEndWith(carried.Length > 0 ? $"\"2025-01-01\", {carried}}}" : "\"2025-01-01\"}");
    }

    [Fact]
    public async Task Rows_are_spread_over_the_hour_in_runs_and_those_that_do_not_fit_count_for_nothing()
    {
        var map = Fields("").Replace(
            "\"'2025-01-01'\"", "{ \"start\": \"2025-01-01\", \"hours\": \"h\", \"spread\": true }", StringComparison.Ordinal);

        var messages = await ReadAsync("h,x\n5,a\n5,b\nmuch,too,many\n5,\"c\"\n,none\nx,y\n5,d\n", map);

        messages.Select(TimeOf).ShouldBe(
        [
            "2025-01-01T05:00:00.000000Z", "2025-01-01T05:20:00.000000Z", null, "2025-01-01T05:40:00.000000Z", null, "x",
            "2025-01-01T05:00:00.000000Z",
        ]);

        static string? TimeOf(string message) =>
            message[0] == '{' && JsonDocument.Parse(message).RootElement.TryGetProperty("timestamp", out var time)
                ? time.GetString()
                : null;
    }

    [Theory]
    [InlineData("[]", "is no JSON object")]
    [InlineData("{ \"valor\": ", "is not well-formed JSON")]
    [InlineData("{ \"valor\": \"a\", \"valor\": \"b\" }", "valor")]
    [InlineData("{ \"valor\": 5 }", "at \"valor\": write a column's name")]
    [InlineData("{ \"valor\": \"\" }", "at \"valor\": here stands the name of a column")]
    [InlineData("{ \"valor\": {} }", "at \"valor\": the object needs \"number\"")]
    [InlineData("{ \"valor\": { \"number\": 1 } }", "at \"valor\": here stands the name of a column")]
    [InlineData("{ \"valor\": { \"number\": \"a\", \"decimals\": 2 } }", "\"decimals\" means nothing there")]
    [InlineData("{ \"timestamp\": { \"time\": \"a\" } }", "\"format\" is missing")]
    [InlineData("{ \"timestamp\": { \"start\": \"soon\", \"hours\": \"a\" } }", "\"start\" is a time such as")]
    [InlineData("{ \"timestamp\": { \"start\": \"2025-01-01\" } }", "goes one of days, hours, minutes, seconds, milliseconds")]
    [InlineData("{ \"timestamp\": { \"start\": \"2025-01-01\", \"hours\": \"a\", \"first\": \"1\" } }", "\"first\" is a number")]
    [InlineData("{ \"timestamp\": { \"start\": \"2025-01-01\", \"hours\": \"a\", \"first\": 1e28 } }", "\"first\" is a number")]
    [InlineData("{ \"timestamp\": { \"start\": \"2025-01-01\", \"hours\": \"a\", \"spread\": 1 } }", "\"spread\" is true or false")]
    [InlineData("{ \"detalle\": \"'{a'\" }", "at \"detalle\": In '{a' a brace stands alone")]
    [InlineData("{ \"*\": \"x\" }", "only null may stand there")]
    public void A_mapping_that_cannot_be_read_says_where_and_what(string json, string sentence)
    {
        var refusal = Should.Throw<FormatException>(() => ColumnMap.ParseFile("map.json", Encoding.UTF8.GetBytes(json))).Message;

        refusal.ShouldContain("map.json");
        refusal.ShouldContain(sentence);
    }

    [Theory]
    [InlineData("\"x\": \"Saldo\"", "has no column 'Saldo', which map.json gives 'x'; its columns are 'a', 'b'")]
    [InlineData("\"Saldo\": null", "has no column 'Saldo', which map.json leaves out")]
    public async Task A_column_that_is_not_there_is_named(string member, string sentence) =>
        (await _folder.RefuseAsync(_folder.Write("a.csv", "a,b\n1,2\n"), _folder.Options with
        {
            Map = ColumnMap.ParseFile("map.json", Encoding.UTF8.GetBytes(Fields(member))),
        })).ShouldContain(sentence);

    async Task<List<string>> ReadAsync(string csv, string map) =>
        [.. (await _folder.ReadAsync(_folder.Write("a.csv", csv), _folder.Options with
        {
            Map = ColumnMap.ParseFile("map.json", Encoding.UTF8.GetBytes(map)),
        })).Select(ImportFolder.Text)];

    /// <summary>A mapping in which every field that is needed is a text, and one member more.</summary>
    static string Fields(string member) => $$"""
        { "app": "'a'", "id_ordenante": "'1'", "valor": "'1'", "producto": "'p'", "cuenta_ordenante": "'1'", "cuenta_beneficiario": "'2'",
          "detalle": "'d'", "timestamp": "'2025-01-01'", {{member}} }
        """;
}
