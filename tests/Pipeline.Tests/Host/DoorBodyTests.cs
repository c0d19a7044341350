using System.Text;
using Caudal.Dashboard.Api;

namespace Caudal.Tests;

public sealed class DoorBodyTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("{\"a\":1}", "{\"a\":1}")]
    [InlineData("{\"a\":1}\n", "{\"a\":1}")]
    [InlineData("{\"a\":1}\r\n\r\n  \n{\"b\":2}", "{\"a\":1}|{\"b\":2}")]
    [InlineData(" {\"a\":1} \nno json at all\n", " {\"a\":1}|no json at all")]
    public void Lines_are_rows_and_blank_ones_are_none(string body, string rows) => Joined(DoorBody.Lines(Bytes(body))).ShouldBe(rows);

    [Theory]
    [InlineData("", "")]
    [InlineData("  ", "")]
    [InlineData("{\"a\":1}\n", "{\"a\":1}")]
    [InlineData("no json at all", "no json at all")]
    [InlineData("[]", "")]
    [InlineData(" [ {\"a\": [1, 2]} , 7,\"x\",null ] \n", "{\"a\": [1, 2]}|7|\"x\"|null")]
    public void A_body_is_one_row_or_an_array_of_them_as_they_came(string body, string rows) =>
        Joined(DoorBody.Json(Bytes(body))!).ShouldBe(rows);

    [Theory]
    [InlineData("[")]
    [InlineData("[{\"a\":1}")]
    [InlineData("[{\"a\":1},]")]
    [InlineData("[{\"a\":1}] {}")]
    [InlineData("[{\"a\":1} {\"b\":2}]")]
    [InlineData("[{\"a\":}]")]
    public void An_array_that_is_not_well_formed_is_no_rows_at_all(string body) => DoorBody.Json(Bytes(body)).ShouldBeNull();

    [Fact]
    public void A_row_that_is_nested_too_deep_does_not_spoil_its_neighbours()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 5_000)) + string.Concat(Enumerable.Repeat("]", 5_000));

        DoorBody.Json(Bytes($"[{{}},{deep},{{}}]"))!.Count.ShouldBe(3);
    }

    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    static string Joined(IEnumerable<ReadOnlyMemory<byte>> rows) => string.Join('|', rows.Select(row => Encoding.UTF8.GetString(row.Span)));
}
