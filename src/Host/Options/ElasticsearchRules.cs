using Caudal.Engines.Elasticsearch;

namespace Caudal.Host.Options;

/// <summary>What the settings under <c>Elasticsearch</c> must be beyond their types.</summary>
static class ElasticsearchRules
{
    /// <summary>With room for the month, and for what stands before and after it in the names beside.</summary>
    const int IndexLengthMax = 200;

    /// <summary>What every cluster takes in one request unless it is told otherwise.</summary>
    const int BulkBytesMost = 100 * 1024 * 1024;

    public static IEnumerable<(SettingKey Key, string Sentence)> Broken(ElasticsearchOptions options)
    {
        var addresses = options.Addresses.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (addresses.Length == 0 || !addresses.All(IsAddress))
            yield return (Key("Addresses"), "must name nodes as https://host:9200,https://host:9200, without a user or a path's query.");
        if (options.Index.Length is 0 or > IndexLengthMax || !char.IsAsciiLetterLower(options.Index[0])
            || options.Index.Any(sign => !char.IsAsciiLetterLower(sign) && !char.IsAsciiDigit(sign) && !"._-".Contains(sign)))
            yield return (Key("Index"), "must be a name that begins with a small letter, of small letters, digits, '.', '_' and '-'.");
        if (options is { User: not null, Password: null })
            yield return (Key("User"), "must be given with Elasticsearch:Password.");
        if (options is { User: null, Password: not null })
            yield return (Key("Password"), "must be given with Elasticsearch:User.");
        if (options is { User: not null, ApiKey: not null })
            yield return (Key("ApiKey"), "takes the place of Elasticsearch:User and Elasticsearch:Password: give one or the other.");
        if (options is { AuthorityFile: not null } && addresses.Any(address => !address.StartsWith("https://", StringComparison.Ordinal)))
            yield return (Key("AuthorityFile"), "is of no use where Elasticsearch:Addresses do not begin with https://.");
        if (options.BulkBytesMax > BulkBytesMost)
            yield return (Key("BulkBytesMax"), $"must not exceed {BulkBytesMost}.");
        foreach (var (name, value) in new[] { ("RequestTimeMax", options.RequestTimeMax), ("RetryTimeMax", options.RetryTimeMax) })
            if (value < TimeSpan.FromSeconds(1) || value > TimeSpan.FromHours(1))
                yield return (Key(name), "must lie between 00:00:01 and 01:00:00.");
    }

    static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", UserInfo: "", Query: "" };

    static SettingKey Key(string name) => SettingKey.Find($"Elasticsearch:{name}")!;
}
