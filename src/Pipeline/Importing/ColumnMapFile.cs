using System.Globalization;
using System.Text.Json;
using Caudal.Transactions;

namespace Caudal.Importing;

/// <summary>
/// A mapping as a JSON object: each member is a field of the messages, in their order, and its value what that is made from.
/// <code>
/// "valor": "Monto"                                    the column Monto
/// "detalle": "'{Tipo} en {Canal}'"                    a text, with columns in it
/// "cuotas": { "number": "Cuotas" }                    the column as a number, where it is one
/// "timestamp": { "time": "'{Fecha} {Hora}'", "format": "dd/MM/yyyy HH:mm:ss" }
/// "timestamp": { "start": "2025-01-01T00:00:00Z", "hours": "step", "first": 1, "spread": true }
/// "Saldo": null                                       a column that is left out
/// "*": null                                           all that are not named here, nor named as a field, are left out
/// </code>
/// Comments and trailing commas are taken.
/// </summary>
static class ColumnMapFile
{
    const string Others = "*";

    static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false,
    };

    static readonly IReadOnlyDictionary<string, TimeSpan> Units = new Dictionary<string, TimeSpan>
    {
        ["days"] = TimeSpan.FromDays(1),
        ["hours"] = TimeSpan.FromHours(1),
        ["minutes"] = TimeSpan.FromMinutes(1),
        ["seconds"] = TimeSpan.FromSeconds(1),
        ["milliseconds"] = TimeSpan.FromMilliseconds(1),
    };

    public static ColumnMap Parse(string name, ReadOnlyMemory<byte> json)
    {
        using var document = Read(name, json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new FormatException($"The mapping {name} is no JSON object; write {{ \"valor\": \"Monto\", … }}.");
        var sources = new OrderedDictionary<string, FieldSource>();
        var dropped = new List<string>();
        foreach (var member in document.RootElement.EnumerateObject())
            try
            {
                if (member.Value.ValueKind == JsonValueKind.Null)
                    dropped.Add(member.Name);
                else if (member.Name is not ("" or Others))
                    sources.Add(member.Name, Source(member.Value));
                else
                    throw new FormatException("only null may stand there, which leaves out the columns that are not named.");
            }
            catch (FormatException wrong)
            {
                throw new FormatException($"In the mapping {name}, at \"{member.Name}\": {wrong.Message}", wrong);
            }
        if (sources.Values.Count(source => source is CountedTimeSource { IsSpread: true }) > 1)
            throw new FormatException($"In the mapping {name}, two fields are to be spread; only one may be.");
        return new(name, sources, [.. dropped.Where(column => column != Others)], dropped.Contains(Others));
    }

    static JsonDocument Read(string name, ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, Lenient);
        }
        catch (JsonException malformed)
        {
            throw new FormatException($"The mapping {name} is not well-formed JSON: {malformed.Message}", malformed);
        }
    }

    static FieldSource Source(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
            return FieldSource.Parse(NotEmpty(value, "the name of a column, or a 'text'"));
        if (value.ValueKind != JsonValueKind.Object)
            throw new FormatException("write a column's name, a 'text', an object, or null to leave the column out.");
        var members = value.EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
        var source = members.Keys.FirstOrDefault(key => key is "number" or "time" or "start") switch
        {
            "number" => new ColumnSource(NotEmpty(Take("number"), "the name of a column"), IsNumber: true),
            "time" => new WrittenTimeSource(FieldSource.Parse(NotEmpty(Take("time"), "a column's name, or a 'text'")), Format()),
            "start" => Counted(),
            _ => throw new FormatException("the object needs \"number\", \"time\" with \"format\", or \"start\" with a unit."),
        };
        return members.Keys.FirstOrDefault() is not { } unknown
            ? source
            : throw new FormatException($"\"{unknown}\" means nothing there.");

        JsonElement Take(string key) =>
            members.Remove(key, out var taken) ? taken : throw new FormatException($"\"{key}\" is missing.");

        string Format()
        {
            var format = NotEmpty(Take("format"), "a format such as dd/MM/yyyy HH:mm:ss");
            return format.Length > 1 ? format : throw new FormatException("\"format\" is a format such as dd/MM/yyyy HH:mm:ss.");
        }

        FieldSource Counted()
        {
            var start = Start(Take("start"));
            var unit = members.Keys.FirstOrDefault(Units.ContainsKey)
                ?? throw new FormatException($"beside \"start\" goes one of {string.Join(", ", Units.Keys)}, which names a column.");
            var column = NotEmpty(Take(unit), "the name of a column");
            var first = !members.Remove("first", out var number) ? 0
                : number.ValueKind == JsonValueKind.Number && number.TryGetDecimal(out var read)
                    && decimal.Abs(read) <= CountedTimeSource.CountMax ? read
                : throw new FormatException("\"first\" is a number: the count at \"start\".");
            var spread = members.Remove("spread", out var flag) && (flag.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? flag.GetBoolean()
                : throw new FormatException("\"spread\" is true or false."));
            return new CountedTimeSource(column, start, Units[unit], first, spread);
        }
    }

    static string NotEmpty(JsonElement value, string what) =>
        value.ValueKind == JsonValueKind.String && value.GetString()!.Trim() is { Length: > 0 } text
            ? text
            : throw new FormatException($"here stands {what}.");

    static Instant Start(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(
            value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start)
            ? Instant.Of(start)
            : throw new FormatException("\"start\" is a time such as 2025-01-01T00:00:00Z; without an offset it is UTC.");
}
