using System.Buffers;
using System.Text;
using System.Text.Json;
using Caudal.Transactions;

namespace Caudal.Tests;

public sealed class WireJsonTests
{
    [Fact]
    public void A_transaction_is_shown_under_the_briefs_names() =>
        Write(Some.Transaction(2, some => some with { Position = default, AppendedAt = default })).ShouldBe(
            $$"""
            {"id":"00000000-0000-8000-8000-000000000002","app":"Banca Móvil","id_ordenante":"4677717308","valor":"0.03",
            "producto":"Inversiones","cuenta_ordenante":"1582464635","cuenta_beneficiario":"3216342885",
            "detalle":"Transacción 2","timestamp":"2025-09-13T05:12:17.093369Z","digest":"{{Some.Transaction(2).Digest}}"}
            """.ReplaceLineEndings(""));

    [Fact]
    public void What_the_pipeline_added_is_shown_once_it_is_known()
    {
        var json = Write(Some.Transaction(0, some => some with
        {
            IdText = "TX-0",
            BatchDate = new(2025, 9, 14),
            Extra = """{"batch_date": "mine",  "canal":1}""",
            IndexedAt = Some.Start + TimeSpan.FromSeconds(2),
        }));

        using var shown = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
        var root = shown.RootElement;
        root.EnumerateObject().Select(member => member.Name).ShouldBe(
        [
            "id", "id_texto", "app", "id_ordenante", "valor", "producto", "cuenta_ordenante", "cuenta_beneficiario", "detalle", "timestamp",
            "batch_date", "extra", "position", "appended_at", "indexed_at", "digest",
        ]);
        root.GetProperty("id_texto").GetString().ShouldBe("TX-0");
        root.GetProperty("batch_date").GetString().ShouldBe("2025-09-14");
        root.GetProperty("extra").GetRawText().ShouldBe("""{"batch_date": "mine",  "canal":1}""");
        root.GetProperty("position").GetString().ShouldBe("6e0d5f0a-4f5c-4d57-9a8e-1f2b3c4d5e6f/0/0");
        root.GetProperty("appended_at").GetString().ShouldBe("2025-09-13T05:12:16.093369Z");
        root.GetProperty("indexed_at").GetString().ShouldBe("2025-09-13T05:12:17.093369Z");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"a\":")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("1")]
    public void A_damaged_extra_still_makes_valid_json(string extra)
    {
        using var shown = JsonDocument.Parse(Write(Some.Transaction(0, some => some with { Extra = extra })));

        shown.RootElement.GetProperty("extra").GetString().ShouldBe(extra);
    }

    [Fact]
    public void Money_is_shown_exactly_where_no_float_could_hold_it()
    {
        using var shown = JsonDocument.Parse(Write(Some.Transaction(0, some => some with { Amount = Money.Max })));

        shown.RootElement.GetProperty("valor").GetString().ShouldBe("9999999999999999.99");
    }

    static string Write(Transaction transaction) => Encoding.UTF8.GetString(ToBytes(transaction).Span);

    internal static ReadOnlyMemory<byte> ToBytes(Transaction transaction)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes, WireJson.WriterOptions);
        WireJson.Write(writer, transaction);
        writer.Flush();
        return bytes.WrittenMemory;
    }
}
