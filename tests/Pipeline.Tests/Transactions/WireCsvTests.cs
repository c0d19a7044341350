using System.Buffers;
using System.Text;
using Caudal.Transactions;

namespace Caudal.Tests;

public sealed class WireCsvTests
{
    [Theory]
    [InlineData("Almuerzo", "Almuerzo")]
    [InlineData("", "")]
    [InlineData("a, b", "\"a, b\"")]
    [InlineData("a \"b\"", "\"a \"\"b\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\"")]
    [InlineData("a=1", "a=1")]
    public void A_senders_text_is_no_formula_and_no_row_of_its_own(string detail, string cell) =>
        Cells(Some.Transaction(1, some => some with { Detail = detail })).ShouldContain($",{cell},2025-09-13T05:12:16.093369Z,");

    [Fact]
    public void Every_row_has_the_headers_columns()
    {
        var output = new ArrayBufferWriter<byte>();
        WireCsv.WriteHeader(output);
        WireCsv.Write(output, Some.Transaction(1));

        var lines = Encoding.UTF8.GetString(output.WrittenSpan).Split("\r\n");
        lines.Length.ShouldBe(3);
        lines[0].ShouldStartWith("id,id_texto,app,id_ordenante,valor,producto,");
        lines[1].Split(',').Length.ShouldBe(lines[0].Split(',').Length);
    }

    static string Cells(Transaction transaction)
    {
        var output = new ArrayBufferWriter<byte>();
        WireCsv.Write(output, transaction);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
