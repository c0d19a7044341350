using System.CommandLine;
using System.Globalization;
using Caudal.Host.Options;

namespace Caudal.Host.Verbs;

/// <summary>The option of the roles that open the API's port.</summary>
static class RolePort
{
    public static Option<int?> Option() => new("--port")
    {
        Description = "The loopback port that takes transactions; 0 for a free one [default: 5600]", HelpName = "PORT",
        CustomParser = WholeNumber.ParseOptional<int>,
    };

    public static IEnumerable<GivenSetting> Given(ParseResult parse, Option<int?> port) => parse.GetValue(port) is { } number
        ? [new("Http:Port", number.ToString(CultureInfo.InvariantCulture), "--port")]
        : [];
}
