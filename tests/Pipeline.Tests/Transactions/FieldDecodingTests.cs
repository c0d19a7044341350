using System.Globalization;
using Caudal.Transactions;

namespace Caudal.Tests;

/// <summary>Every class of value that a field may have, with its outcome.</summary>
public sealed class FieldDecodingTests
{
    [Theory]
    [InlineData("367.6", "367.60")]
    [InlineData("\"367.60\"", "367.60")]
    [InlineData("\"\\u0033.5\"", "3.50")]
    [InlineData("0", "0.00")]
    [InlineData("-0", "0.00")]
    [InlineData("-0.000", "0.00")]
    [InlineData("0e999999999999999999", "0.00")]
    [InlineData("0.01", "0.01")]
    [InlineData("1e2", "100.00")]
    [InlineData("1E+2", "100.00")]
    [InlineData("12345e-2", "123.45")]
    [InlineData("0.0000012e5", "0.12")]
    [InlineData("367.6000000000000000000000000000", "367.60")]
    [InlineData("1000e-5", "0.01")]
    [InlineData("90071992547409.93", "90071992547409.93")]
    [InlineData("9999999999999999.99", "9999999999999999.99")]
    [InlineData("9999999999999999.990", "9999999999999999.99")]
    public void An_amount_is_taken_to_the_cent(string json, string amount) =>
        Judging.Judge(Judging.With("valor", json)).ShouldBeAccepted().Amount.ToString().ShouldBe(amount);

    [Theory]
    [InlineData("367.605", FaultCode.AmountDecimals)]
    [InlineData("0.001", FaultCode.AmountDecimals)]
    [InlineData("1e-3", FaultCode.AmountDecimals)]
    [InlineData("1e-999999999999999999", FaultCode.AmountDecimals)]
    [InlineData("0.1234567890123456789", FaultCode.AmountDecimals)]
    [InlineData("10000000000000000", FaultCode.AmountTooLarge)]
    [InlineData("1e16", FaultCode.AmountTooLarge)]
    [InlineData("1e999999999999999999", FaultCode.AmountTooLarge)]
    [InlineData("123456789012345678901234567890", FaultCode.AmountTooLarge)]
    [InlineData("-0.01", FaultCode.AmountNegative)]
    [InlineData("-1e999999999", FaultCode.AmountNegative)]
    [InlineData("\"1,5\"", FaultCode.AmountNotANumber)]
    [InlineData("\"1.234,56\"", FaultCode.AmountNotANumber)]
    [InlineData("\"NaN\"", FaultCode.AmountNotANumber)]
    [InlineData("\"Infinity\"", FaultCode.AmountNotANumber)]
    [InlineData("\"$5\"", FaultCode.AmountNotANumber)]
    [InlineData("\" 5\"", FaultCode.AmountNotANumber)]
    [InlineData("\"+5\"", FaultCode.AmountNotANumber)]
    [InlineData("\"05\"", FaultCode.AmountNotANumber)]
    [InlineData("\".5\"", FaultCode.AmountNotANumber)]
    [InlineData("\"5.\"", FaultCode.AmountNotANumber)]
    [InlineData("\"5e\"", FaultCode.AmountNotANumber)]
    [InlineData("\"-\"", FaultCode.AmountNotANumber)]
    [InlineData("\"٣\"", FaultCode.AmountNotANumber)]
    [InlineData("\"\"", FaultCode.AmountNotANumber)]
    [InlineData("true", FaultCode.WrongType)]
    [InlineData("[367.6]", FaultCode.WrongType)]
    [InlineData("{}", FaultCode.WrongType)]
    [InlineData("null", FaultCode.MissingField)]
    [InlineData(null, FaultCode.MissingField)]
    public void An_amount_is_rejected(string? json, string code) =>
        Judging.Judge(Judging.With("valor", json)).ShouldBeRejected(code, "valor");

    [Theory]
    [InlineData("app", 100)]
    [InlineData("id_ordenante", 34)]
    [InlineData("producto", 100)]
    [InlineData("cuenta_ordenante", 34)]
    [InlineData("cuenta_beneficiario", 34)]
    [InlineData("detalle", 500)]
    public void A_text_is_bounded_in_code_points(string field, int lengthMax)
    {
        string Of(string character, int count) => $"\"{string.Concat(Enumerable.Repeat(character, count))}\"";

        foreach (var character in new[] { "x", "é", "😀", "\\ud83d\\ude00", "\\u0041" })
        {
            Judging.Judge(Judging.With(field, Of(character, lengthMax))).ShouldBeAccepted();
            Judging.Judge(Judging.With(field, Of(character, lengthMax + 1))).ShouldBeRejected(FaultCode.TooLong, field);
        }
    }

    [Theory]
    [InlineData("app")]
    [InlineData("id_ordenante")]
    [InlineData("producto")]
    [InlineData("cuenta_ordenante")]
    [InlineData("cuenta_beneficiario")]
    [InlineData("detalle")]
    public void A_text_must_be_there_and_be_a_string(string field)
    {
        Judging.Judge(Judging.With(field, null)).ShouldBeRejected(FaultCode.MissingField, field);
        Judging.Judge(Judging.With(field, "null")).ShouldBeRejected(FaultCode.MissingField, field);
        foreach (var json in new[] { "4677717306", "true", "[]", "{\"a\": 1}" })
            Judging.Judge(Judging.With(field, json)).ShouldBeRejected(FaultCode.WrongType, field);
    }

    [Theory]
    [InlineData("app")]
    [InlineData("id_ordenante")]
    [InlineData("producto")]
    [InlineData("cuenta_ordenante")]
    [InlineData("cuenta_beneficiario")]
    [InlineData("id")]
    public void What_names_something_is_not_blank(string field)
    {
        foreach (var json in new[] { "\"\"", "\" \"", "\"\\t\\n\"", "\"\u00A0\u3000\"", "\"\\u2003\"" })
            Judging.Judge(Judging.With(field, json)).ShouldBeRejected(FaultCode.Blank, field);
        Judging.Judge(Judging.With(field, "\" \u00A0x\"")).ShouldBeAccepted();
    }

    [Fact]
    public void A_description_may_be_empty() =>
        Judging.Judge(Judging.With("detalle", "\"\"")).ShouldBeAccepted().Detail.IsEmpty.ShouldBeTrue();

    [Theory]
    [InlineData("\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d")]
    [InlineData("\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t")]
    [InlineData("\"\\u00e9\\u20AC\\ud83d\\ude00\"", "é€😀")]
    [InlineData("\"Transacción\"", "Transacción")]
    [InlineData("\"  spaces stay  \"", "  spaces stay  ")]
    public void A_text_is_unescaped_and_otherwise_left_alone(string json, string text) =>
        Judging.Judge(Judging.With("detalle", json)).ShouldBeAccepted().Detail.ToString().ShouldBe(text);

    [Theory]
    [InlineData("2025-09-13T05:12:15.093369", "2025-09-13T05:12:15.093369Z")]
    [InlineData("2025-09-13T05:12:15.0933699999", "2025-09-13T05:12:15.093369Z")]
    [InlineData("2025-12-31T23:59:59.9999999", "2025-12-31T23:59:59.999999Z")]
    [InlineData("2025-09-13T05:12:15.5Z", "2025-09-13T05:12:15.500000Z")]
    [InlineData("2025-09-13T05:12:15,5Z", "2025-09-13T05:12:15.500000Z")]
    [InlineData("2025-09-13T05:12:15Z", "2025-09-13T05:12:15.000000Z")]
    [InlineData("2025-09-13t05:12:15z", "2025-09-13T05:12:15.000000Z")]
    [InlineData("2025-09-13 05:12:15", "2025-09-13T05:12:15.000000Z")]
    [InlineData("2025-09-13T05:12", "2025-09-13T05:12:00.000000Z")]
    [InlineData("2025-09-13T05:12-05:00", "2025-09-13T10:12:00.000000Z")]
    [InlineData("2025-09-13T05:12:15+0530", "2025-09-12T23:42:15.000000Z")]
    [InlineData("2025-09-13T05:12:15-05", "2025-09-13T10:12:15.000000Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z")]
    [InlineData("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z")]
    [InlineData("1969-12-31T19:00:00-05:00", "1970-01-01T00:00:00.000000Z")]
    [InlineData("2261-12-31T23:59:59.999999Z", "2261-12-31T23:59:59.999999Z")]
    [InlineData("2262-01-01T01:00:00+02:00", "2261-12-31T23:00:00.000000Z")]
    public void A_timestamp_is_taken_in_microseconds(string text, string instant) =>
        Judging.Judge(Judging.With("timestamp", $"\"{text}\"")).ShouldBeAccepted().Timestamp.ToString().ShouldBe(instant);

    [Theory]
    [InlineData("\"1969-12-31T23:59:59.999999Z\"", FaultCode.TimestampOutOfRange)]
    [InlineData("\"1970-01-01T00:00:00+00:01\"", FaultCode.TimestampOutOfRange)]
    [InlineData("\"2262-01-01T00:00:00Z\"", FaultCode.TimestampOutOfRange)]
    [InlineData("\"0000-02-29T00:00:00Z\"", FaultCode.TimestampOutOfRange)]
    [InlineData("\"9999-12-31T23:59:59Z\"", FaultCode.TimestampOutOfRange)]
    [InlineData("\"2025-02-29T00:00:00Z\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-13-01T00:00:00Z\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-00-01T00:00:00Z\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-09-00T00:00:00Z\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-09-13T24:00:00Z\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-09-13T05:60:00Z\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-09-13T05:12:60Z\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-09-13T05:12:15.Z\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-09-13T05:12:\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-09-13T05:12:15+24:00\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-09-13T05:12:15+05:60\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-09-13T05:12:15+5\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-09-13T05:12:15Z[UTC]\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-09-13T05:12:15 Z\"", FaultCode.TimestampInvalid)]
    [InlineData("\"2025-09-13\"", FaultCode.TimestampInvalid)]
    [InlineData("\"20250913T051215Z\"", FaultCode.TimestampInvalid)]
    [InlineData("\"13/09/2025 05:12:15\"", FaultCode.TimestampInvalid)]
    [InlineData("\"-025-09-13T05:12:15Z\"", FaultCode.TimestampInvalid)]
    [InlineData("\"２025-09-13T05:12:15Z\"", FaultCode.TimestampInvalid)]
    [InlineData("\"1757740335\"", FaultCode.TimestampInvalid)]
    [InlineData("\"\"", FaultCode.TimestampInvalid)]
    [InlineData("1757740335", FaultCode.WrongType)]
    [InlineData("null", FaultCode.MissingField)]
    [InlineData(null, FaultCode.MissingField)]
    public void A_timestamp_is_rejected(string? json, string code) =>
        Judging.Judge(Judging.With("timestamp", json)).ShouldBeRejected(code, "timestamp");

    [Theory]
    [InlineData("America/Guayaquil", "2025-09-13T05:12:15", "2025-09-13T10:12:15Z")]
    [InlineData("America/New_York", "2025-03-09T01:59:59", "2025-03-09T06:59:59Z")]
    [InlineData("America/New_York", "2025-03-09T02:30:00", "2025-03-09T07:30:00Z", "skipped")]
    [InlineData("America/New_York", "2025-03-09T03:00:00", "2025-03-09T07:00:00Z")]
    [InlineData("America/New_York", "2025-11-02T00:59:59", "2025-11-02T04:59:59Z")]
    [InlineData("America/New_York", "2025-11-02T01:30:00", "2025-11-02T05:30:00Z", "repeated")]
    [InlineData("America/New_York", "2025-11-02T02:00:00", "2025-11-02T07:00:00Z")]
    [InlineData("America/New_York", "2025-11-02T01:30:00-05:00", "2025-11-02T06:30:00Z")]
    [InlineData("Europe/Dublin", "2025-03-30T01:30:00", "2025-03-30T01:30:00Z", "skipped")]
    [InlineData("Europe/Dublin", "2025-10-26T01:30:00", "2025-10-26T00:30:00Z", "repeated")]
    [InlineData("America/Caracas", "2016-05-01T02:45:00", "2016-05-01T07:15:00Z", "skipped")]
    [InlineData("America/Caracas", "2007-12-09T02:45:00", "2007-12-09T06:45:00Z", "repeated")]
    [InlineData("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00Z", "skipped")]
    public void A_timestamp_without_offset_is_read_in_the_business_zone(string zone, string local, string instant, string? change = null)
    {
        var message = System.Text.Encoding.UTF8.GetBytes(Judging.With("timestamp", $"\"{local}\""));

        var accepted = Judging.Judge(message, TimeZoneInfo.FindSystemTimeZoneById(zone)).ShouldBeAccepted();

        accepted.Timestamp.ShouldBe(Instant.Of(DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture)), change);
    }
}
