using System.Text.Json;
using Caudal.Importing;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests;

public sealed class CsvTests : IDisposable
{
    const string Header = "app,id_ordenante,valor,producto,cuenta_ordenante,cuenta_beneficiario,detalle,timestamp";
    const string Row = "DeUna,1,367.6,Ahorros,11,22,Pago,2025-09-13T05:12:15Z";

    static readonly TransactionDecoder Decoder = new(TimeZoneInfo.Utc);

    readonly ImportFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_row_becomes_a_message_that_is_accepted()
    {
        var message = (await ReadAsync($"{Header}\r\n{Row}\r\n")).ShouldHaveSingleItem();

        ImportFolder.Text(message).ShouldBe("""
            {"app": "DeUna", "id_ordenante": "1", "valor": "367.6", "producto": "Ahorros", "cuenta_ordenante": "11",
             "cuenta_beneficiario": "22", "detalle": "Pago", "timestamp": "2025-09-13T05:12:15Z"}
            """.Replace("\n", "", StringComparison.Ordinal));
        Decoder.Decode(message.Value, Some.Origin(0)).Accepted!.Amount.ShouldBe(new(36760));
        System.Text.Encoding.UTF8.GetString(message.Key.Span).ShouldBe("11");
    }

    [Fact]
    public async Task Every_row_of_a_spreadsheet_is_accepted_with_its_amount()
    {
        var messages = await ReadAsync(ImportFolder.CsvOf(200));

        messages.Select(message => Decoder.Decode(message.Value, Some.Origin(0)).Accepted!.Amount.Cents)
            .ShouldBe(Enumerable.Range(1, 200).Select(n => (long)n));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\"quoted, with comma\"", "quoted, with comma")]
    [InlineData("\"say \"\"hi\"\"\"", "say \"hi\"")]
    [InlineData("\"two\r\nlines\"", "two\r\nlines")]
    [InlineData("6\" pipe", "6\" pipe")]
    [InlineData("back\\slash\tand tab", "back\\slash\tand tab")]
    [InlineData("\"\"", "")]
    [InlineData("\"\"\"\"", "\"")]
    [InlineData(" Información ", " Información ")]
    public async Task A_cell_is_read_as_rfc_4180_has_it(string cell, string text)
    {
        var message = (await ReadAsync($"{Header}\n{Row.Replace("Pago", cell, StringComparison.Ordinal)}\n{Row}\n"))[0];

        using var document = JsonDocument.Parse(message.Value);
        document.RootElement.GetProperty("detalle").GetString().ShouldBe(text);
    }

    [Fact]
    public async Task An_empty_cell_is_a_member_that_is_not_there()
    {
        var message = (await ReadAsync($"{Header}\n{Row.Replace("Pago", "", StringComparison.Ordinal)}\n")).ShouldHaveSingleItem();

        ImportFolder.Text(message).ShouldNotContain("detalle");
        Decoder.Decode(message.Value, Some.Origin(0)).Fault.ShouldNotBeNull().Code.ShouldBe(FaultCode.MissingField);
    }

    [Theory]
    [InlineData(",")]
    [InlineData(";")]
    [InlineData("\t")]
    public async Task The_separator_is_told_by_the_header(string separator)
    {
        var text = $"{Header}\n{Row}\n".Replace(",", separator, StringComparison.Ordinal);

        var message = (await ReadAsync(text)).ShouldHaveSingleItem();

        Decoder.Decode(message.Value, Some.Origin(0)).Accepted.ShouldNotBeNull();
    }

    [Fact]
    public async Task Byte_order_mark_blank_lines_and_a_missing_last_line_end_are_tolerated() =>
        (await ReadAsync($"\uFEFF{Header}\n\n{Row}\n\n{Row}")).Count.ShouldBe(2);

    [Fact]
    public async Task Columns_that_are_no_field_are_carried_along()
    {
        var message = (await ReadAsync($"{Header},Sucursal,\n{Row},Quito,x\n")).ShouldHaveSingleItem();

        Decoder.Decode(message.Value, Some.Origin(0)).Accepted!.Extra!.Value.ToString()
            .ShouldBe("""{"Sucursal": "Quito","columna_10": "x"}""");
    }

    [Fact]
    public async Task A_map_names_columns_and_texts()
    {
        var map = ColumnMap.Parse(
            "app='Banca, Web',id_ordenante=Cliente,valor=Monto,producto=Tipo,cuenta_ordenante=Cliente,cuenta_beneficiario=A,detalle=Nota,"
            + "timestamp=Fecha");

        var message = (await ReadAsync("Fecha,Monto,Cliente,A,Nota,Tipo\n2025-09-13,5,77,88,hola,Ahorros\n", map)).ShouldHaveSingleItem();

        using var document = JsonDocument.Parse(message.Value);
        document.RootElement.EnumerateObject().Select(member => $"{member.Name}={member.Value.GetString()}").ShouldBe(
        [
            "app=Banca, Web", "id_ordenante=77", "valor=5", "producto=Ahorros", "cuenta_ordenante=77", "cuenta_beneficiario=88",
            "detalle=hola", "timestamp=2025-09-13",
        ]);
    }

    [Theory]
    [InlineData("DeUna,1,2")]
    [InlineData(Row + ",more")]
    [InlineData("\"DeUna\"x,1,367.6,Ahorros,11,22,Pago,2025-09-13T05:12:15Z")]
    public async Task A_row_that_does_not_fit_the_header_reaches_ingest_as_it_is(string row)
    {
        var messages = await ReadAsync($"{Header}\r\n{row}\r\n{Row}\r\n");

        messages.Count.ShouldBe(2);
        ImportFolder.Text(messages[0]).ShouldBe(row);
        Decoder.Decode(messages[0].Value, Some.Origin(0)).Fault!.Code.ShouldBe(FaultCode.NotJson);
        Decoder.Decode(messages[1].Value, Some.Origin(0)).Accepted.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("a,b\n1,2\n", "", "has no column for app, id_ordenante, valor")]
    [InlineData("a,b\n1,2\n", "", "its columns are 'a', 'b'")]
    [InlineData("DeUna,4677717306,12.50\n", "", "its first line does not look like a header")]
    [InlineData(Header + ",app\n", "", "has two columns of one name ('app')")]
    [InlineData(Header + "\n", "valor=Monto", "has no column 'Monto', which --map gives 'valor'")]
    [InlineData(Header + ",Monto\n", "valor=Monto", "has a column 'valor', but --map gives 'valor' something else")]
    [InlineData(Header + "\n", "app='x'", "has a column 'app', but --map")]
    [InlineData("\"a\"b,c\n", "", "has a header that cannot be read")]
    [InlineData(Header + "\n" + Row + "\n\"open" + "," + Row + "\n", "", "opens a quote in the row at line 3 that is never closed")]
    public async Task A_file_whose_columns_cannot_be_told_is_refused(string text, string map, string sentence) =>
        (await _folder.RefuseAsync(_folder.Write("a.csv", text), _folder.Options with { Map = ColumnMap.Parse(map) }))
            .ShouldContain(sentence);

    [Fact]
    public async Task A_map_for_a_file_without_columns_is_refused() =>
        (await _folder.RefuseAsync(_folder.Write("a.ndjson", "{}\n"), _folder.Options with { Map = ColumnMap.Parse("valor=Monto") }))
            .ShouldContain("has no columns to be mapped: leave out --map");

    [Theory]
    [InlineData("monto=Monto", "There is no field 'monto'; the fields are id, app, id_ordenante,")]
    [InlineData("valor", "write field=column")]
    [InlineData("valor=", "write field=column")]
    [InlineData("valor=a,valor=b", "mapped twice")]
    [InlineData("detalle='{a'", "a brace stands alone")]
    [InlineData("detalle='a}'", "a brace stands alone")]
    [InlineData("detalle='{}'", "a brace stands alone")]
    public void A_map_that_cannot_be_read_says_why(string text, string sentence) =>
        Should.Throw<FormatException>(() => ColumnMap.Parse(text)).Message.ShouldContain(sentence);

    Task<List<LogMessage>> ReadAsync(string text, ColumnMap? map = null) =>
        _folder.ReadAsync(_folder.Write("a.csv", text), _folder.Options with { Map = map ?? ColumnMap.Empty });
}
