namespace Caudal.Importing;

/// <summary>How a file's bytes become rows.</summary>
public enum ImportFormat
{
    /// <summary>One JSON object a line.</summary>
    Ndjson,

    /// <summary>One array of objects, or objects one after another, laid out as they like.</summary>
    Json,

    /// <summary>RFC 4180 with a header line; the separator is a comma, a semicolon or a tab, whichever the header has most of.</summary>
    Csv,
}

/// <summary>How to read the files of one import.</summary>
public sealed record ImportOptions
{
    /// <summary>Null: told from how the file begins, or else from its name.</summary>
    public ImportFormat? Format { get; init; }

    /// <summary>Which columns of a CSV file are which fields, where their names do not say.</summary>
    public ColumnMap Map { get; init; } = ColumnMap.Empty;

    /// <summary>Where standard input and pipes are kept while they are imported.</summary>
    public string SpoolFolder { get; init; } = Path.GetTempPath();

    /// <summary>The most rows in one append to the log.</summary>
    public int BatchRecordsMax { get; init; } = 5_000;

    /// <summary>About as many bytes of rows are appended at once at most; one row more may go beyond it.</summary>
    public int BatchBytesMax { get; init; } = 1024 * 1024;
}

/// <summary>How far one reading of a file has come.</summary>
/// <param name="Bytes">Of the file as it lies there, compressed where it is.</param>
/// <param name="Rows">Found so far.</param>
public readonly record struct ImportProgress(long Bytes, long BytesTotal, long Rows);
