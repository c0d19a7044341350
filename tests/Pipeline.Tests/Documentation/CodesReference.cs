using System.Globalization;
using System.Reflection;
using System.Text;
using Caudal.Dashboard.Api;
using Caudal.Host;
using Caudal.Transactions;
using Microsoft.AspNetCore.WebUtilities;

namespace Caudal.Tests.Documentation;

/// <summary>The codes that machines tell outcomes by: of processes, of rejections, of the API's problems.</summary>
static class CodesReference
{
    /// <summary>A message for each code that bytes alone can earn: what is said of it is what the decoder says.</summary>
    static readonly Dictionary<string, string> Examples = new()
    {
        [FaultCode.TooLarge] = Judging.With("detalle", $"\"{new string('x', Wire.MessageBytesMax)}\""),
        [FaultCode.NotUtf8] = "",
        [FaultCode.NotJson] = "valor=1",
        [FaultCode.NotAnObject] = "[]",
        [FaultCode.TooDeep] = Judging.With("more", new string('[', 9) + new string(']', 9)),
        [FaultCode.RepeatedKey] = """{"app": "DeUna", "app": "DeUna"}""",
        [FaultCode.NulCharacter] = Judging.With("app", "\"a\\u0000\""),
        [FaultCode.LoneSurrogate] = Judging.With("app", "\"\\ud800\""),
        [FaultCode.MissingField] = Judging.With("app", null),
        [FaultCode.WrongType] = Judging.With("app", "7"),
        [FaultCode.Blank] = Judging.With("app", "\"  \""),
        [FaultCode.TooLong] = Judging.With("cuenta_ordenante", $"\"{new string('1', 35)}\""),
        [FaultCode.AmountNotANumber] = Judging.With("valor", "\"12,50\""),
        [FaultCode.AmountNegative] = Judging.With("valor", "-1"),
        [FaultCode.AmountDecimals] = Judging.With("valor", "1.005"),
        [FaultCode.AmountTooLarge] = Judging.With("valor", "1e18"),
        [FaultCode.TimestampInvalid] = Judging.With("timestamp", "\"13/09/2025\""),
        [FaultCode.TimestampOutOfRange] = Judging.With("timestamp", "\"1969-12-31T00:00:00Z\""),
    };

    public static string Page()
    {
        var page = new StringBuilder("""
            # Codes

            Generated from the types. Codes are stable; sentences are for people and may change.

            ## Exit codes

            | code | means |
            |---|---|

            """);
        foreach (var code in Constants(typeof(ExitCode)))
            Row(page, $"{code.GetRawConstantValue()}", SourceComments.Of(typeof(ExitCode), code.Name));
        page.Append("""

            ## Rejections

            Why a message was not taken: `caudal rejections list --code CODE`, and the answer to a row at the HTTP door.

            | code | means | for example |
            |---|---|---|

            """);
        foreach (var code in Constants(typeof(FaultCode)))
            Row(page, $"`{code.GetRawConstantValue()}`", SourceComments.Of(typeof(FaultCode), code.Name), Example(code));
        page.Append("""

            ## Problems

            What the API answers where it cannot do what it was asked: problem details (RFC 9457); `type` is `urn:caudal:` and the code.

            | status | code | means |
            |---|---|---|

            """);
        foreach (var (status, code) in Problems())
            Row(page, $"{status}", $"`{code}`", ReasonPhrases.GetReasonPhrase(status));
        foreach (var code in Constants(typeof(ApiProblemException)))
            Row(page, "", $"`{code.GetRawConstantValue()}`", SourceComments.Of(typeof(ApiProblemException), code.Name));
        return page.ToString();
    }

    static string Example(FieldInfo code)
    {
        var value = (string)code.GetRawConstantValue()!;
        if (!Examples.TryGetValue(value, out var message))
            return value switch
            {
                FaultCode.IdConflict => Fault.IdConflict.Sentence,
                FaultCode.StoreRefused => Fault.StoreRefused(
                    Wire.Detail, "index financial_transactions-2025-09", "mapper_parsing_exception").Sentence,
                _ => "",
            };
        var fault = (value == FaultCode.NotUtf8 ? Judging.Judge([(byte)'"', 0xFF]) : Judging.Judge(message)).Fault;
        fault.ShouldNotBeNull(value).Code.ShouldBe(value);
        return fault.Sentence;
    }

    static IEnumerable<(int Status, string Code)> Problems() =>
        from status in Enumerable.Range(400, 200)
        let code = Dashboard.Api.Problems.CodeOf(status)
        where status == 500 || code != Dashboard.Api.Problems.CodeOf(500)
        select (status, code);

    static IEnumerable<FieldInfo> Constants(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly).Where(field => field.IsLiteral);

    static void Row(StringBuilder page, params string[] cells) =>
        page.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |\n");
}
