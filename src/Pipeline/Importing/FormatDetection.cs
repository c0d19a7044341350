using Caudal.Transactions;

namespace Caudal.Importing;

/// <summary>Tells a file's format from how it begins, and from its name where that leaves it open.</summary>
static class FormatDetection
{
    /// <exception cref="MalformedFileException">It is none that we read.</exception>
    public static ImportFormat Detect(string name, ReadOnlySpan<byte> head)
    {
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw new MalformedFileException("is UTF-16 text: save it as UTF-8");
        var named = OfName(name);
        var text = head.StartsWith(FileContent.ByteOrderMark) ? head[FileContent.ByteOrderMark.Length..] : head;
        var first = text.IndexOfAnyExcept(" \t\r\n"u8);
        if (named is ImportFormat.Ndjson or ImportFormat.Json || named is not null && first < 0)
            return named.Value;
        if (first < 0 || text.Contains((byte)0))
            throw Unknown();
        return text[first] switch
        {
            // No header begins so, whatever the file is called.
            (byte)'[' => ImportFormat.Json,
            (byte)'{' => EndsOnItsLine(text[first..]) ? ImportFormat.Ndjson : ImportFormat.Json,
            _ when named is not null => named.Value,
            _ when FirstLine(text[first..]).ContainsAny(",;\t"u8) => ImportFormat.Csv,
            _ => throw Unknown(),
        };
    }

    public static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text) =>
        text.IndexOf((byte)'\n') is >= 0 and var end ? text[..end] : text;

    static ImportFormat? OfName(string name)
    {
        if (Path.GetExtension(name).ToLowerInvariant() is ".gz" or ".zst" or ".zstd")
            name = Path.GetFileNameWithoutExtension(name);
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".ndjson" or ".jsonl" => ImportFormat.Ndjson,
            ".json" => ImportFormat.Json,
            ".csv" or ".tsv" => ImportFormat.Csv,
            _ => null,
        };
    }

    /// <summary>An object that is broken over lines is no line of NDJSON. One whose end is not in sight is taken for one line.</summary>
    static bool EndsOnItsLine(ReadOnlySpan<byte> text)
    {
        var line = FirstLine(text);
        return line.Length == text.Length || new JsonRowScanner().Scan(line, last: false).Ended;
    }

    static MalformedFileException Unknown() =>
        new("is neither JSON nor CSV as far as its name and its beginning tell: if it is, name it with --format ndjson, json or csv");
}
