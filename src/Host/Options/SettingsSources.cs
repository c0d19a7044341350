using System.Collections;
using System.Text.Json;

namespace Caudal.Host.Options;

/// <summary>Where settings are given, the weakest source first: <c>caudal.json</c>, the environment, options.</summary>
static class SettingsSources
{
    public const string FileName = "caudal.json";
    public const string EnvironmentPrefix = "CAUDAL_";

    /// <summary>What tells the tests where engines are is no setting of the product.</summary>
    const string TestPrefix = "CAUDAL_TEST_";

    static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <param name="file">The file that <c>--config</c> names, which must be there; null for the working folder's, if there is one.</param>
    public static IEnumerable<GivenSetting> File(string? file)
    {
        var path = file ?? FileName;
        if (!System.IO.File.Exists(path))
            return file is null ? [] : throw new UsageException($"There is no settings file '{file}'.");
        try
        {
            using var document = JsonDocument.Parse(System.IO.File.ReadAllText(path), Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new UsageException($"'{path}' must hold one JSON object of settings.");
            return [.. Flatten(document.RootElement, "", Path.GetFileName(path))];
        }
        catch (JsonException malformed)
        {
            throw new UsageException($"'{path}' is no JSON: line {malformed.LineNumber + 1} does not parse.");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"'{path}' cannot be read: {unreadable.Message}");
        }
    }

    /// <summary><c>CAUDAL_Log__Engine</c> is <c>Log:Engine</c>.</summary>
    public static IEnumerable<GivenSetting> Environment(IDictionary variables) =>
        from DictionaryEntry variable in variables
        let name = (string)variable.Key
        where name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) && !name.StartsWith(TestPrefix, StringComparison.Ordinal)
        orderby name
        select new GivenSetting(
            name[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value ?? "",
            $"environment {name}");

    static IEnumerable<GivenSetting> Flatten(JsonElement element, string prefix, string source)
    {
        foreach (var member in element.EnumerateObject())
        {
            var key = prefix + member.Name;
            if (member.Value.ValueKind == JsonValueKind.Object)
                foreach (var inner in Flatten(member.Value, key + ":", source))
                    yield return inner;
            else if (member.Value.ValueKind != JsonValueKind.Null)
                yield return new(key, member.Value.ToString(), source);
        }
    }
}
