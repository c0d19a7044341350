using System.Reflection;
using System.Text;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>Every class of message, whatever its fields hold, with its outcome.</summary>
public sealed class MessageDecodingTests
{
    [Fact]
    public void The_original_generators_message_is_taken_as_it_is()
    {
        var transaction = Judging.Judge(
            """
            {"app": "Banca Móvil", "id_ordenante": "4677717306", "valor": 367.6, "producto": "Corriente",
            "cuenta_ordenante": "1582464633", "cuenta_beneficiario": "3216342883", "detalle": "Transacción 3",
            "timestamp": "2025-09-13T05:12:15.093369"}
            """).ShouldBeAccepted();

        transaction.ShouldBe(Some.Digested(new()
        {
            Id = DerivedId.OfPosition(Some.Topic, Some.Position(0)),
            App = "Banca Móvil",
            DebtorId = "4677717306",
            Amount = new(36760),
            Product = "Corriente",
            DebtorAccount = "1582464633",
            CreditorAccount = "3216342883",
            Detail = "Transacción 3",
            Timestamp = Some.Start,
            Position = Some.Position(0),
            AppendedAt = Some.Origin(0).AppendedAt,
            Digest = default,
        }));
    }

    [Theory]
    [InlineData("", FaultCode.NotJson)]
    [InlineData("   ", FaultCode.NotJson)]
    [InlineData("\0", FaultCode.NotJson)]
    [InlineData("hello", FaultCode.NotJson)]
    [InlineData("{", FaultCode.NotJson)]
    [InlineData("}", FaultCode.NotJson)]
    [InlineData("{}{}", FaultCode.NotJson)]
    [InlineData("{} x", FaultCode.NotJson)]
    [InlineData("{,}", FaultCode.NotJson)]
    [InlineData("{\"a\"}", FaultCode.NotJson)]
    [InlineData("{\"a\":}", FaultCode.NotJson)]
    [InlineData("{\"a\":1,}", FaultCode.NotJson)]
    [InlineData("{\"a\":1 \"b\":2}", FaultCode.NotJson)]
    [InlineData("{'a':1}", FaultCode.NotJson)]
    [InlineData("{a:1}", FaultCode.NotJson)]
    [InlineData("{\"a\":[1,]}", FaultCode.NotJson)]
    [InlineData("{\"a\":[1 2]}", FaultCode.NotJson)]
    [InlineData("{\"a\":[1}", FaultCode.NotJson)]
    [InlineData("{\"a\":1}// comment", FaultCode.NotJson)]
    [InlineData("{\"a\":tru}", FaultCode.NotJson)]
    [InlineData("{\"a\":nul", FaultCode.NotJson)]
    [InlineData("{\"a\":True}", FaultCode.NotJson)]
    [InlineData("{\"a\":\"x}", FaultCode.NotJson)]
    [InlineData("{\"a\":\"x\ny\"}", FaultCode.NotJson)]
    [InlineData("{\"a\":\"\\x\"}", FaultCode.NotJson)]
    [InlineData("{\"a\":\"\\u12\"}", FaultCode.NotJson)]
    [InlineData("{\"a\":\"\\u12G4\"}", FaultCode.NotJson)]
    [InlineData("{\"a\":\"\\", FaultCode.NotJson)]
    [InlineData("{\"a\":01}", FaultCode.NotJson)]
    [InlineData("{\"a\":-}", FaultCode.NotJson)]
    [InlineData("{\"a\":+1}", FaultCode.NotJson)]
    [InlineData("{\"a\":.5}", FaultCode.NotJson)]
    [InlineData("{\"a\":5.}", FaultCode.NotJson)]
    [InlineData("{\"a\":1e}", FaultCode.NotJson)]
    [InlineData("{\"a\":0x1F}", FaultCode.NotJson)]
    [InlineData("{\"a\":NaN}", FaultCode.NotJson)]
    [InlineData("{\"a\":-Infinity}", FaultCode.NotJson)]
    [InlineData("[]", FaultCode.NotAnObject)]
    [InlineData("[{}]", FaultCode.NotAnObject)]
    [InlineData("null", FaultCode.NotAnObject)]
    [InlineData(" true ", FaultCode.NotAnObject)]
    [InlineData("367.6", FaultCode.NotAnObject)]
    [InlineData("\"{}\"", FaultCode.NotAnObject)]
    [InlineData("{\"a\":1,\"a\":1}", FaultCode.RepeatedKey)]
    [InlineData("{\"a\":1,\"\\u0061\":2}", FaultCode.RepeatedKey)]
    [InlineData("{\"\\u0061\":1,\"\\u0061\":2}", FaultCode.RepeatedKey)]
    [InlineData("{\"a\":{\"b\":1,\"b\":2}}", FaultCode.RepeatedKey)]
    [InlineData("{\"a\":[[{\"b\":1,\"\\u0062\":2}]]}", FaultCode.RepeatedKey)]
    [InlineData("{\"\":1,\"\":2}", FaultCode.RepeatedKey)]
    [InlineData("{\"a\":\"x\0y\"}", FaultCode.NulCharacter)]
    [InlineData("{\"a\":\"x\\u0000y\"}", FaultCode.NulCharacter)]
    [InlineData("{\"x\\u0000y\":1}", FaultCode.NulCharacter)]
    [InlineData("{\"a\":[\"\\u0000\"]}", FaultCode.NulCharacter)]
    [InlineData("{\"a\":\"\\ud83d\"}", FaultCode.LoneSurrogate)]
    [InlineData("{\"a\":\"\\ude00\"}", FaultCode.LoneSurrogate)]
    [InlineData("{\"a\":\"\\ud83dx\"}", FaultCode.LoneSurrogate)]
    [InlineData("{\"a\":\"\\ud83d\\ud83d\"}", FaultCode.LoneSurrogate)]
    [InlineData("{\"a\":\"\\ud83d\\u0041\"}", FaultCode.LoneSurrogate)]
    [InlineData("{\"\\ud83d\":1}", FaultCode.LoneSurrogate)]
    public void A_message_is_rejected_as_a_whole(string message, string code) =>
        Judging.Judge(message).ShouldBeRejected(code, field: null);

    [Theory]
    [InlineData(new byte[] { 0xED, 0xA0, 0xBD }, FaultCode.LoneSurrogate)]
    [InlineData(new byte[] { 0xED, 0xB8, 0x80 }, FaultCode.LoneSurrogate)]
    [InlineData(new byte[] { 0xFF }, FaultCode.NotUtf8)]
    [InlineData(new byte[] { 0x80 }, FaultCode.NotUtf8)]
    [InlineData(new byte[] { 0xC0, 0x80 }, FaultCode.NotUtf8)]
    [InlineData(new byte[] { 0xC3 }, FaultCode.NotUtf8)]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 }, FaultCode.NotUtf8)]
    public void Bytes_that_are_no_characters_are_rejected(byte[] bytes, string code)
    {
        var (before, after) = (Judging.With("detalle", "\"*").Split('*')[0], "\"}");

        byte[] message = [.. Encoding.UTF8.GetBytes(before), .. bytes, .. Encoding.UTF8.GetBytes(after)];

        Judging.Judge(message).ShouldBeRejected(code, field: null);
    }

    [Fact]
    public void Latin_1_and_utf_16_are_not_utf_8()
    {
        Judging.Judge(Encoding.Latin1.GetBytes(Judging.With("x", "1"))).ShouldBeRejected(FaultCode.NotUtf8, field: null);
        Judging.Judge([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{}")]).ShouldBeRejected(FaultCode.NotUtf8, field: null);
    }

    [Theory]
    [InlineData("detalle", "\"a\\u0000b\"", FaultCode.NulCharacter)]
    [InlineData("detalle", "\"\\ud83d\"", FaultCode.LoneSurrogate)]
    [InlineData("valor", "1,5", FaultCode.NotJson)]
    [InlineData("valor", "NaN", FaultCode.NotJson)]
    [InlineData("app", "[[[[[[[[1]]]]]]]]", FaultCode.TooDeep)]
    [InlineData("app", "\"x\", \"app\": \"x\"", FaultCode.RepeatedKey)]
    [InlineData("app", "\"x\", \"\\u0061pp\": \"x\"", FaultCode.RepeatedKey)]
    [InlineData("valor", "1, \"valor\": null", FaultCode.RepeatedKey)]
    public void What_is_refused_everywhere_names_the_field_that_holds_it(string field, string json, string code)
    {
        var fault = Judging.Judge(Judging.With(field, json)).Fault.ShouldNotBeNull();

        fault.Code.ShouldBe(code);
        fault.Field.ShouldBe(json == "1,5" ? null : field, "a comma ends the member");
    }

    [Fact]
    public void A_byte_order_mark_before_the_message_is_skipped_and_elsewhere_is_not()
    {
        Judging.Judge("\uFEFF" + Judging.With("x", "1")).ShouldBeAccepted().ShouldBe(Judging.Judge(Judging.With("x", "1")).Accepted);
        Judging.Judge(" \uFEFF{}").ShouldBeRejected(FaultCode.NotJson, field: null);
        Judging.Judge("\uFEFF\uFEFF{}").ShouldBeRejected(FaultCode.NotJson, field: null);
        Judging.Judge("\uFEFF").ShouldBeRejected(FaultCode.NotJson, field: null);
    }

    [Theory]
    [InlineData(Wire.MessageBytesMax - 1, null)]
    [InlineData(Wire.MessageBytesMax, null)]
    [InlineData(Wire.MessageBytesMax + 1, FaultCode.TooLarge)]
    public void A_message_has_at_most_64_KiB(int length, string? code)
    {
        var padding = length - Encoding.UTF8.GetByteCount(Judging.With("x", "\"\""));
        var message = Judging.With("x", $"\"{new string('x', padding)}\"");
        Encoding.UTF8.GetByteCount(message).ShouldBe(length);

        Judging.Judge(message).Fault?.Code.ShouldBe(code);
        (Judging.Judge(message).Fault is null).ShouldBe(code is null);
    }

    [Theory]
    [InlineData(7, null)]
    [InlineData(8, null)]
    [InlineData(9, FaultCode.TooDeep)]
    [InlineData(10_000, FaultCode.TooDeep)]
    public void A_message_is_nested_at_most_8_deep(int depth, string? code)
    {
        // The message itself is one.
        var arrays = new string('[', depth - 1) + new string(']', depth - 1);
        var objects = string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "1" + new string('}', depth - 1);

        Judging.Judge(Judging.With("x", arrays)).Fault?.Code.ShouldBe(code);
        Judging.Judge(Judging.With("x", objects)).Fault?.Code.ShouldBe(code);
        (Judging.Judge(Judging.With("x", objects)).Accepted is null).ShouldBe(code is not null);
    }

    [Fact]
    public void Thousands_of_names_are_told_apart()
    {
        var names = string.Concat(Enumerable.Range(0, 5000).Select(n => $", \"n{n}\":1"));
        var message = $"{Judging.With("x", "1")[..^1]}{names}}}";

        Judging.Judge(message).ShouldBeAccepted();
        Judging.Judge($"{message[..^1]}, \"n17\":1}}").ShouldBeRejected(FaultCode.RepeatedKey, field: null);
        Judging.Judge($"{message[..^1]}, \"\\u006e4999\":1}}").ShouldBeRejected(FaultCode.RepeatedKey, field: null);
    }

    [Fact]
    public void Other_members_are_kept_as_they_are_written_and_in_their_order()
    {
        var message = """
            { "z" : [1,  2.50] ,"timestamp":"2025-09-13T05:12:15Z", "batch_date": "2025-09-14","app":"a","id_ordenante":"b",
            "\u0061 b": null, "valor":1,"producto":"c","cuenta_ordenante":"d","cuenta_beneficiario":"e","detalle":"f",
            "@timestamp": 5, "extra" : {"x":"\n"} }
            """;

        Judging.Judge(message).ShouldBeAccepted().Extra.ToString().ShouldBe(
            """{"z" : [1,  2.50],"batch_date": "2025-09-14","\u0061 b": null,"@timestamp": 5,"extra" : {"x":"\n"}}""");
    }

    [Fact]
    public void A_message_with_nothing_else_has_no_extra() =>
        Judging.Judge(Judging.With("detalle", "\"\"")).ShouldBeAccepted().Extra.ShouldBeNull();

    [Fact]
    public void At_timestamp_stands_in_for_a_timestamp_that_is_not_there()
    {
        const string time = "\"2025-09-13T05:12:15.093369Z\"";
        var alone = Judging.With("timestamp", null);

        foreach (var rest in new[] { "", ", \"timestamp\": null" })
        {
            var transaction = Judging.Judge($"{alone[..^1]}, \"@timestamp\": {time}{rest}}}").ShouldBeAccepted();
            transaction.Timestamp.ShouldBe(Some.Start);
            transaction.Extra.ShouldBeNull();
        }
        Judging.Judge($"{alone[..^1]}, \"@timestamp\": 5}}").ShouldBeRejected(FaultCode.WrongType, "@timestamp");
    }

    [Fact]
    public void Of_several_faults_the_jsons_comes_first_and_then_the_first_fields()
    {
        Judging.Judge("{\"app\": 5, \"valor\": -1}").ShouldBeRejected(FaultCode.WrongType, "app");
        Judging.Judge("{\"app\": 5, \"valor\": -1").ShouldBeRejected(FaultCode.NotJson, field: null);
    }

    [Fact]
    public void Sentences_name_the_shape_and_never_the_value()
    {
        const string secret = "4677717306";
        string[] values =
        [
            $"\"{secret}{new string('0', 500)}\"", secret, $"-{secret}", $"{secret}.123", $"\"{secret},5\"", $"[\"{secret}\"]",
            $"\"{secret}", $"\"{secret}\\u0000\"", $"{secret}x", $"{{\"{secret}\":1,\"{secret}\":2}}", $"\"{secret}\\ud800\"",
        ];
        string[] fields = ["id", "app", "id_ordenante", "valor", "producto", "cuenta_ordenante", "detalle", "timestamp", secret];

        foreach (var (field, value) in fields.SelectMany(field => values.Select(value => (field, value))))
            Judging.Judge(Judging.With(field, value)).Fault?.Sentence.ShouldNotContain(secret);
        Judging.Judge(Judging.With(secret, "1 2")).Fault.ShouldNotBeNull().ToString().ShouldNotContain(secret);
    }

    [Fact]
    public void Each_code_that_the_decoder_gives_is_in_these_tables()
    {
        string[] judgedElsewhere = [FaultCode.IdConflict, FaultCode.StoreRefused, FaultCode.Lost, FaultCode.Declined];
        string[] testedByTheirOwn = [FaultCode.Blank, FaultCode.TooLong];
        var codes = typeof(FaultCode).GetFields().Select(field => (string)field.GetValue(null)!);
        var tables = new[] { typeof(MessageDecodingTests), typeof(FieldDecodingTests) }
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes<InlineDataAttribute>())
            .SelectMany(row => row.Data)
            .OfType<string>();

        codes.Except(tables).ShouldBe([.. testedByTheirOwn, .. judgedElsewhere], ignoreOrder: true);
    }
}
