using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Caudal.Host.Verbs;

/// <summary>Whole numbers on the command line. The usual error would name a type of the runtime; this one says what is wrong.</summary>
static class WholeNumber
{
    public static T Parse<T>(ArgumentResult result) where T : struct, IBinaryInteger<T> => ParseOptional<T>(result) ?? default;

    public static T? ParseOptional<T>(ArgumentResult result) where T : struct, IBinaryInteger<T>
    {
        var text = result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number;
        var name = result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;
        result.AddError($"'{text}' is no whole number for {name}.");
        return null;
    }
}
