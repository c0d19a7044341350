using DuckDB.NET.Data;

namespace Caudal.Engines.DuckDb;

/// <summary>A DuckDB file that cannot be used; the message says what to do.</summary>
/// <param name="isBroken">True where the file's content is at fault, so that trying again cannot help.</param>
public sealed class DuckDbFileException(string message, bool isBroken, Exception? inner = null) : IOException(message, inner)
{
    public bool IsBroken { get; } = isBroken;

    /// <summary>
    /// DuckDB tells only by its message what kept a file from opening. What names the surroundings (a lock, rights, space, memory) is
    /// not the content's fault; everything else is.
    /// </summary>
    internal static DuckDbFileException Of(string path, DuckDBException fault)
    {
        var why = fault.Message;
        if (why.Contains("Could not set lock", StringComparison.Ordinal))
            return new($"'{path}' is open in another process; end that one, or use another data folder. {why}", isBroken: false, fault);
        if (Surroundings.Any(words => why.Contains(words, StringComparison.OrdinalIgnoreCase)))
            return new($"'{path}' cannot be opened now. {why}", isBroken: false, fault);
        return new($"'{path}' does not open as a DuckDB file. {why}", isBroken: true, fault);
    }

    static readonly string[] Surroundings =
    [
        "Permission denied", "No space left", "Out of Memory", "could not allocate", "No such file or directory", "Too many open files",
        "Read-only file system", "Input/output error",
    ];
}
