using System.Text;

namespace Caudal.Tests;

/// <summary>What a person and a script are told of an import.</summary>
public sealed class ImportVerbTests : IDisposable
{
    const int WrongUsage = 2;

    const string Bank = """
        Cliente,Monto,Tipo,Desde,Hacia,Concepto,Canal,Fecha,Hora,Saldo
        1,10.00,Ahorros,11,22,Almuerzo,Web,31/01/2025,12:30:00,5
        2,10.005,Ahorros,11,22,Taxi,Web,31/01/2025,12:31:00,5
        3,20.00,Ahorros,11,22,"Dos
        líneas",Web,31/01/2025,12:32:00,5
        4,x,Ahorros,11,22,Cine,Web,31/01/2025,12:33:00,5
        5,1.234,Ahorros,11,22,Bus,Web,31/02/2025,12:34:00,5
        6,7.00,Ahorros
        """;

    const string Mapping = """
        {
          "app": "'Banca Web'", "id_ordenante": "Cliente", "valor": "Monto", "producto": "Tipo", "cuenta_ordenante": "Desde",
          "cuenta_beneficiario": "Hacia", "detalle": "'{Concepto} por {Canal}'",
          "timestamp": { "time": "'{Fecha} {Hora}'", "format": "dd/MM/yyyy HH:mm:ss" }, "*": null
        }
        """;

    const string Report = """
        {"read":6,"accepted":2,"rejected":4,"duplicates":0,"sum":"30.00","rejections":[
        {"code":"amount_decimals","field":"valor","count":2,"first":[{"file":"bank.csv.zst","line":3},{"file":"bank.csv.zst","line":7}]},
        {"code":"amount_not_a_number","field":"valor","count":1,"first":[{"file":"bank.csv.zst","line":6}]},
        {"code":"not_json","field":null,"count":1,"first":[{"file":"bank.csv.zst","line":8}]}]}
        """;

    readonly TemporaryFolder _folder = new();

    public ImportVerbTests()
    {
        File.WriteAllBytes(_folder.File("bank.csv.zst"), ImportFolder.Zstd(Encoding.UTF8.GetBytes(Bank)));
        File.WriteAllText(_folder.File("bank.json"), Mapping);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_script_is_told_what_was_rejected_why_and_where()
    {
        var said = await CaudalProcess.RunAsync(_folder, "import", "bank.csv.zst", "--map", "bank.json", "--json");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Out.TrimEnd().ShouldBe(Report.ReplaceLineEndings(""));
        (await CaudalProcess.RunAsync(_folder, "search", "--json", "--limit", "1")).Out
            .ShouldContain("\"detalle\":\"Dos\\nlíneas por Web\",\"timestamp\":\"2025-01-31T12:32:00.000000Z\"");
    }

    [Fact]
    public async Task A_person_is_shown_the_same_as_a_table_for_each_file()
    {
        File.WriteAllText(_folder.File("more.csv"), Bank);

        var said = await CaudalProcess.RunAsync(_folder, "import", "bank.csv.zst", "more.csv", "--map", "bank.json");

        said.ExitCode.ShouldBe(0, said.Error);
        said.Out.ShouldStartWith("12 rows read: ");
        said.Out.ShouldContain("line 3, 7 of bank.csv.zst");
        said.Out.ShouldContain("line 3, 7 of more.csv");
        said.Out.ShouldContain("`caudal rejections list`");
    }

    [Theory]
    [InlineData("none.json", "The mapping none.json cannot be read")]
    [InlineData("wrong.json", "In the mapping wrong.json, at \"valor\": write a column's name")]
    public async Task A_mapping_that_cannot_be_used_is_refused_before_anything_is_touched(string map, string sentence)
    {
        File.WriteAllText(_folder.File("wrong.json"), "{ \"valor\": 5 }");

        var said = await CaudalProcess.RunAsync(_folder, "import", "bank.csv.zst", "--map", map);

        said.ExitCode.ShouldBe(WrongUsage);
        said.Error.ShouldContain(sentence);
        Directory.Exists(_folder.File("data")).ShouldBeFalse();
    }
}
